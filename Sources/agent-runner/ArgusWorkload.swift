import AgentRuntime
import Argus
import Glibc
import ProgramSupport
import StructuredData

/// One of Argus's task types as a workload.
struct ArgusWorkload: Workload {
    var task: ArgusTaskType
    /// The directory that a `"file"` input is relative to; `nil`: such inputs are refused, as in every agent.
    var files: String?

    var type: String { task.name }
    var inputSchema: JSON { task.inputSchema }
    var outputSchema: JSON { task.outputSchema }

    func run(_ input: JSON, context: WorkloadContext) throws -> JSON {
        try context.checkCancelled()
        return task.answer(input, environment: Self.environment(files: files))
    }

    func rejection(of answer: JSON) -> WorkloadError? {
        guard let message = ArgusAnswer.rejection(of: answer) else { return nil }
        let code = answer["warnings"]?[0]?["code"]?.stringValue ?? "REJECTED"
        return .permanent(WorkloadError.Code(rawValue: code), "\(code): \(message)")
    }

    /// - Parameter files: the directory that a `"file"` input is relative to; `nil`: such inputs are refused.
    static func environment(files: String?) -> ArgusEnvironment {
        var environment = ArgusEnvironment(
            cpuMilliseconds: {
                var time = timespec()
                clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
                return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1_000_000
            },
            peakBytes: {
                var usage = rusage()
                getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
                return usage.ru_maxrss << 10
            })
        if let files {
            environment.readFile = { path in
                try InputFile.read(path.hasPrefix("/") ? path : "\(files)/\(path)")
            }
        }
        return environment
    }
}
