import AgentRuntime
import Glibc
import StructuredData
import SystemThreads

/// Tasks of one type as runs of a command: the input on standard input, the result on standard output.
struct ExecWorkload: Workload {
    /// The same input would fail again (`EX_DATAERR` of sysexits.h).
    private static let permanentExitCode: Int32 = 65

    let type: String
    let command: [String]
    /// How long a command may go on after SIGTERM.
    let grace: Duration

    var inputSchema: JSON { true }
    var outputSchema: JSON { true }

    func run(_ input: JSON, context: WorkloadContext) throws -> JSON {
        try context.checkCancelled()
        // A command that does not read its input is no reason to die.
        signal(SIGPIPE, SIG_IGN)
        let run = CommandRun(
            words: command, environment: environment(of: context), input: input.serialized() + [UInt8(ascii: "\n")],
            checkpoint: context.lastCheckpoint?.serialized(), maxOutputBytes: WorkloadLimits.resultBytes, grace: grace)
        var lines = ErrorLines()
        let end: CommandRun.End
        let output: [UInt8]
        do {
            (end, output) = try run.run(onCancel: context.onCancel) { bytes in
                for line in lines.append(bytes) { Self.pass(line, to: context) }
            }
        } catch {
            throw WorkloadError.retryable("EXEC_FAILED", "\(error) (DAS_EXEC)")
        }
        for line in lines.end() { Self.pass(line, to: context) }
        return try Self.result(of: end, output: output, tail: lines.tail, isCancelled: context.isCancelled)
    }

    private func environment(of context: WorkloadContext) -> [String] {
        var variables = Environment.current
        variables["DAS_TASK"] = context.task
        variables["DAS_TASK_TYPE"] = type
        variables["DAS_ATTEMPT"] = String(context.attempt)
        variables["DAS_TIMEOUT_MS"] = context.deadline.map { String(Int(max($0 - .now, .zero) / .milliseconds(1))) }
        variables["DAS_CHECKPOINT_FILE"] = context.lastCheckpoint.map { _ in CommandRun.checkpointFile }
        variables["DAS_TRACEPARENT"] = context.traceparent
        return variables.map { "\($0)=\($1)" }
    }

    private static func pass(_ line: ErrorLines.Line, to context: WorkloadContext) {
        switch line {
        case .progress(let done, let total, let message):
            context.progress(done: done, total: total, message: message)
        case .checkpoint(let checkpoint): context.saveCheckpoint(checkpoint)
        case .text(let text):
            Program.writeError("\(context.task): \(text)")
            context.output(text + "\n")
        }
    }

    /// What the end of a command means.
    /// - Parameter tail: the last of what it said on standard error.
    static func result(
        of end: CommandRun.End, output: [UInt8], tail: String, isCancelled: Bool
    ) throws(WorkloadError) -> JSON {
        switch end {
        case .tooMuchOutput:
            throw .permanent(
                .resultTooLarge,
                "the command wrote more than \(WorkloadLimits.resultBytes >> 20) MiB to standard output")
        case .ended(.exited(0)):
            if output.allSatisfy({ " \t\r\n".utf8.contains($0) }) {
                // Asked to stop, it left with nothing to show: that is no result.
                if isCancelled { throw .cancelled }
                return .null
            }
            do {
                return try JSON.parse(output)
            } catch {
                throw .permanent(
                    "BAD_OUTPUT",
                    "the command's standard output is not JSON (its log belongs on standard error): \(error)")
            }
        case .ended(let end):
            if isCancelled { throw .cancelled }
            let said = (try? JSON.parse(output)) ?? .null
            let kind: WorkloadError.Kind = end == .exited(permanentExitCode) ? .permanent : .retryable
            throw WorkloadError(
                kind, code: said["code"]?.stringValue.map { WorkloadError.Code(rawValue: $0) } ?? code(of: end),
                message: said["message"]?.stringValue
                    ?? "the command \(end)" + (tail.isEmpty ? "" : "; it said last:\n\(tail)"))
        }
    }

    private static func code(of end: ChildEnd) -> WorkloadError.Code {
        switch end {
        case .exited(let code): WorkloadError.Code(rawValue: "EXIT_\(code)")
        case .signalled(let signal): WorkloadError.Code(rawValue: "SIGNAL_\(signal)")
        }
    }
}
