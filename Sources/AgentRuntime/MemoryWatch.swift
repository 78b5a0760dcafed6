import Glibc

/// What the processes of a worker use together, looked at again and again at little cost.
struct MemoryWatch: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// Finding a session's members means to look at every process there is, so that is done less often than reading what
    /// those use that are known.
    private static let searchInterval = Duration.milliseconds(500)

    private let session: ProcessSession
    private let limit: Int
    /// The sizes of the leader, which is asked after each attempt: kept open, they take a fifth of the time. `nil`: there was no
    /// descriptor left for that.
    private let leader: OpenProcFile?
    private var members: [pid_t]
    private var nextSearch: Instant

    init(_ session: ProcessSession, limit: Int, now: Instant) {
        self.session = session
        self.limit = limit
        leader = OpenProcFile("/proc/\(session.leader)/statm")
        members = [session.leader]
        nextSearch = now
    }

    /// What the session uses, in bytes, where that is more than the limit; `nil`: it is not.
    ///
    /// What several processes share is counted in part for each (the proportional set size). That costs a walk through
    /// their page tables, and so is asked only where their resident sets, which are cheap to read and never smaller, are
    /// beyond the limit.
    /// - Parameter isBrief: asks only those that are known, where they are below the limit.
    mutating func excess(now: Instant, isBrief: Bool = false) -> Int? {
        if !isBrief, nextSearch <= now { search(now) }
        guard members.reduce(0, { $0 + residentBytes($1) }) > limit else { return nil }
        // One that has ended may have lent its number to a stranger meanwhile.
        search(now)
        let bytes = members.reduce(0) { $0 + (Self.proportionalBytes($1) ?? residentBytes($1)) }
        return bytes > limit ? bytes : nil
    }

    private mutating func search(_ now: Instant) {
        members = session.members()
        nextSearch = now + Self.searchInterval
    }

    private func residentBytes(_ pid: pid_t) -> Int {
        let text =
            if pid == session.leader, let leader { leader.text } else { ProcFile.text("/proc/\(pid)/statm") }
        let fields = text?.split(separator: " ", maxSplits: 2) ?? []
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(getpagesize()) : 0
    }

    private static func proportionalBytes(_ pid: pid_t) -> Int? {
        guard let text = ProcFile.text("/proc/\(pid)/smaps_rollup"),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("Pss:") })
        else { return nil }
        return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
    }
}
