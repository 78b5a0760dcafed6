import CPidfd
import Foundation
import SystemThreads

/// The processes of this machine, from /proc.
package enum ProcessTable {
    package struct Entry: Sendable, Hashable {
        package var pid: Int32
        /// Clock ticks since boot: tells two processes with one number apart.
        package var startTime: String
        package var environment: [String: String]
        package var arguments: [String]
    }

    /// Processes whose environment or arguments hold `marker`, zombies left out.
    package static func holding(_ marker: String) -> [Entry] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap(Int32.init).compactMap { pid in
            guard pid != getpid(), let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
                let end = stat.lastIndex(of: ")")
            else { return nil }
            let fields = stat[end...].split(separator: " ")
            guard fields.count > 20, fields[1] != "Z" else { return nil }
            let environment = strings(pid, "environ")
            let arguments = strings(pid, "cmdline")
            guard
                environment.contains(where: { $0.contains(marker) })
                    || arguments.contains(where: { $0.contains(marker) })
            else { return nil }
            let pairs = environment.compactMap { entry -> (String, String)? in
                guard let equals = entry.firstIndex(of: "=") else { return nil }
                return (String(entry[..<equals]), String(entry[entry.index(after: equals)...]))
            }
            return Entry(
                pid: pid, startTime: String(fields[20]),
                environment: Dictionary(pairs, uniquingKeysWith: { _, last in last }), arguments: arguments)
        }
    }

    /// The processes that one has started.
    package static func children(of parent: Int32) -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap(Int32.init).filter { pid in
            guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
                let end = stat.lastIndex(of: ")")
            else { return false }
            return stat[end...].split(separator: " ").dropFirst(2).first.flatMap { Int32($0) } == parent
        }
    }

    /// Waits for the end of a process, which need not be a child of this one; returns at once where there is none.
    /// - Throws: `CancellationError`.
    package static func waitForEnd(of pid: Int32) async throws {
        let descriptor = das_pidfd_open(pid)
        if descriptor < 0, errno == ESRCH { return }
        guard descriptor >= 0 else { throw SystemError("watch process \(pid)") }
        for await _ in ReadableDescriptor.events(descriptor) {}
        try Task.checkCancellation()
    }

    private static func strings(_ pid: Int32, _ file: String) -> [String] {
        guard let data = FileManager.default.contents(atPath: "/proc/\(pid)/\(file)") else { return [] }
        return data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }
}
