private import Glibc

/// What processes use, from /proc. It blocks.
struct ProcessUsage: Sendable, Hashable {
    /// Time on processors, with that of children that have been waited for.
    var cpuNanoseconds: Int64 = 0
    var residentBytes: Int64 = 0

    static func + (left: ProcessUsage, right: ProcessUsage) -> ProcessUsage {
        ProcessUsage(
            cpuNanoseconds: left.cpuNanoseconds + right.cpuNanoseconds,
            residentBytes: left.residentBytes + right.residentBytes)
    }

    /// By process group.
    static func read() -> [Int32: ProcessUsage] {
        let nanosecondsPerTick = 1_000_000_000 / Int64(max(sysconf(Int32(_SC_CLK_TCK)), 1))
        let pageSize = Int64(sysconf(Int32(_SC_PAGESIZE)))
        var groups: [Int32: ProcessUsage] = [:]
        for name in Files.names(in: "/proc") where Int32(name) != nil {
            guard let bytes = Files.read("/proc/\(name)/stat"),
                let (group, ticks, pages) = parse(bytes)
            else { continue }
            let usage = ProcessUsage(cpuNanoseconds: ticks * nanosecondsPerTick, residentBytes: pages * pageSize)
            groups[group, default: ProcessUsage()] = groups[group, default: ProcessUsage()] + usage
        }
        return groups
    }

    /// The process group, the ticks and the resident pages in the line of `/proc/PID/stat`.
    static func parse(_ bytes: [UInt8]) -> (group: Int32, ticks: Int64, pages: Int64)? {
        // The name, in parentheses, may itself hold anything.
        guard let end = bytes.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = String(decoding: bytes[(end + 1)...], as: UTF8.self).split(separator: " ")
        guard fields.count > 21, let group = Int32(fields[2]), let pages = Int64(fields[21]) else { return nil }
        return (group, fields[11...14].reduce(0) { $0 + (Int64($1) ?? 0) }, pages)
    }
}
