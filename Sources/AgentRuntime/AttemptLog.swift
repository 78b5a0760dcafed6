/// Which attempts an agent's log tells of one by one: all, but where there are very many in a second.
struct AttemptLog: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// Lines in one second.
    static let mostLines = 50

    private var began: Instant?
    private var lines = 0
    private var silent = 0

    /// Whether there is room for a line, and how many have had none since this was last said.
    mutating func admit(now: Instant) -> (isAdmitted: Bool, skipped: Int) {
        var skipped = 0
        if began.map({ now - $0 >= .seconds(1) }) ?? true {
            began = now
            lines = 0
            skipped = silent
            silent = 0
        }
        lines += 1
        if lines <= Self.mostLines { return (true, skipped) }
        silent += 1
        return (false, 0)
    }
}
