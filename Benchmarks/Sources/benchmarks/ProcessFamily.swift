import BenchmarkSupport
import Foundation

/// A process and those that came from it, by what they do.
struct ProcessFamily {
    /// Proportional set sizes, in bytes: memory that processes share is counted once, in parts.
    struct Memory {
        var root = 0
        /// The largest of the agents.
        var agent = 0
        /// The largest of the agents' children.
        var worker = 0
    }

    let root: Int32

    /// The most of each that `body` sees, looked at as often as `interval` says.
    func peak<Value>(
        every interval: Duration = .milliseconds(200), during body: () async throws -> Value
    ) async throws -> (value: Value, memory: Memory) {
        let watch = Task {
            var peak = memory()
            while !Task.isCancelled {
                try? await Task.sleep(for: interval)
                let now = memory()
                peak.root = max(peak.root, now.root)
                peak.agent = max(peak.agent, now.agent)
                peak.worker = max(peak.worker, now.worker)
            }
            return peak
        }
        defer { watch.cancel() }
        let value = try await body()
        watch.cancel()
        return (value, await watch.value)
    }

    func memory() -> Memory {
        var memory = Memory()
        memory.root = Self.proportionalSetSize(of: root)
        for (process, arguments) in descendants() where arguments.first?.hasSuffix("agent-runner") == true {
            let size = Self.proportionalSetSize(of: process)
            if arguments.count > 1 {
                memory.worker = max(memory.worker, size)
            } else {
                memory.agent = max(memory.agent, size)
            }
        }
        return memory
    }

    private func descendants() -> [(process: Int32, arguments: [String])] {
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap(Int32.init) ?? []
        var parents: [Int32: Int32] = [:]
        for process in processes { parents[process] = Self.parent(of: process) }
        return processes.filter { process in
            var next = parents[process]
            while let parent = next, parent > 1 {
                if parent == root { return true }
                next = parents[parent]
            }
            return false
        }.map { process in
            let line = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") ?? Data()
            return (process, line.split(separator: 0).map { String(decoding: $0, as: UTF8.self) })
        }
    }

    private static func parent(of process: Int32) -> Int32? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            // The name, in parentheses, may hold anything.
            let end = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        return fields.count > 1 ? Int32(fields[1]) : nil
    }

    private static func proportionalSetSize(of process: Int32) -> Int {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/smaps_rollup", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("Pss:") }),
            let kibibytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { return 0 }
        return kibibytes << 10
    }
}
