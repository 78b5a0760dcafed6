private import Glibc
internal import Logging
internal import StructuredData

/// Processes that an earlier life of a node left running.
///
/// A node that is killed cannot take its processes with it, so the next life ends them before it does anything else: all that
/// carry the mark of its root directory in their environment, and all that were noted as started (known by identifier and
/// start time, as identifiers are used again), with their process groups.
enum Leftovers {
    static let rootVariable = "DAS_NODE_ROOT"
    static let podVariable = "DAS_NODE_POD_UID"

    struct Process: Sendable, Hashable {
        var identifier: Int32
        var group: Int32
        /// In clock ticks since boot: tells apart two processes of one identifier.
        var startTime: UInt64
        var isZombie: Bool
    }

    /// Notes a process that was just started, on disk before it returns.
    static func note(_ identifier: Int32, _ launch: ContainerLaunch) throws {
        guard let process = process(identifier) else { return }
        let record: JSON = [
            "pid": JSON(Int(identifier)), "startTime": .string(String(process.startTime)),
            "podUID": .string(launch.podUID), "container": .string(launch.container), "attempt": JSON(launch.attempt),
        ]
        try Files.writeAtomically(record.serialized(), to: launch.recordPath, mode: 0o600)
    }

    /// Kills what an earlier life left, and returns once it is gone.
    /// - Returns: how many processes were found.
    /// - Throws: `ProcessNodeError` where one does not go within `patience` (in seconds).
    static func end(root: String, records: [String], logger: Logger, patience: Int = 10) throws -> Int {
        let own = getpid()
        let ownGroup = getpgrp()
        var found: Set<Process> = []
        var rounds = 0
        // Again until nothing is found: a process may have had a child while we looked.
        while true {
            let living = (marked(root) + noted(records)).filter { $0.identifier != own && !$0.isZombie }
            if living.isEmpty { break }
            guard rounds < patience * 100 else {
                throw ProcessNodeError(
                    .rootDirectory,
                    "processes of an earlier life of this node do not end: \(living.map(\.identifier)); end them by hand"
                )
            }
            for process in living {
                if found.insert(process).inserted {
                    logger.notice("ending process \(process.identifier), left over from an earlier life of this node")
                }
                // The group is theirs where its leader is one of them; never our own.
                if process.group != ownGroup, living.contains(where: { $0.identifier == process.group }) {
                    kill(-process.group, SIGKILL)
                }
                kill(process.identifier, SIGKILL)
            }
            usleep(10_000)
            rounds += 1
        }
        for record in records { Files.remove(record) }
        return found.count
    }

    /// Processes whose environment, as it was at their start, holds the mark.
    private static func marked(_ root: String) -> [Process] {
        let mark = Array("\(rootVariable)=\(root)".utf8)
        return Files.names(in: "/proc").compactMap { name in
            guard let identifier = Int32(name), let environment = Files.read("/proc/\(name)/environ"),
                environment.split(separator: 0).contains(where: { $0.elementsEqual(mark) })
            else { return nil }
            return process(identifier)
        }
    }

    private static func noted(_ records: [String]) -> [Process] {
        records.compactMap { path in
            guard let bytes = Files.read(path), let record = try? JSON.parse(bytes),
                let identifier = record["pid"]?.intValue.flatMap({ Int32(exactly: $0) }),
                let process = process(identifier), String(process.startTime) == record["startTime"]?.stringValue
            else { return nil }
            return process
        }
    }

    /// What /proc tells of a process; `nil` where there is none.
    static func process(_ identifier: Int32) -> Process? {
        guard let bytes = Files.read("/proc/\(identifier)/stat"),
            // The name, in parentheses, may itself hold anything.
            let end = bytes.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let fields = String(decoding: bytes[(end + 1)...], as: UTF8.self).split(separator: " ")
        guard fields.count > 19, let group = Int32(fields[2]), let startTime = UInt64(fields[19]) else { return nil }
        return Process(
            identifier: identifier, group: group, startTime: startTime, isZombie: fields[0] == "Z" || fields[0] == "X")
    }
}
