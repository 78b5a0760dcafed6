/// When the watchers of a resource that many watch are woken: in turns, some of them at a time.
///
/// Waking one costs more than telling it of another change, so each is woken once a round at most, however often something changes.
/// All of them at once would keep the threads of the connections busy for milliseconds, and hold up the answers to the very writes
/// that they are told of; so each has one turn of a round, by its number.
///
/// A plain value: the store guards it with a lock. Times are in seconds since 1970.
struct CrowdTurns {
    static let roundSeconds = 0.010
    static let turnsPerRound: UInt64 = 10

    private static let turnSeconds = roundSeconds / Double(turnsPerRound)

    /// The last turn that was taken.
    private var taken: Int64 = 0
    /// The last turn that each resource still takes: by then all who watch it have been woken since it changed.
    private var last: [String: Int64] = [:]

    /// Has those who watch a resource woken, each at its next turn.
    mutating func add(_ resource: String, at time: Double) {
        setBack(to: time)
        last[resource] = max(Self.turn(at: time), taken + 1) + Int64(Self.turnsPerRound) - 1
    }

    /// How long until the next turn; `nil`: nobody is to be woken.
    func secondsToNext(at time: Double) -> Double? {
        if last.isEmpty { return nil }
        // A clock that is set back makes nobody wait for longer.
        return min(max(Double(taken + 1) * Self.turnSeconds - time, 0), Self.turnSeconds)
    }

    /// Takes the turns that have come, those that were missed included.
    ///
    /// - Returns: the resources that take them, and which watchers are woken, by the remainder of their numbers.
    mutating func take(at time: Double) -> (resources: [String], remainders: Set<UInt64>) {
        setBack(to: time)
        let now = Self.turn(at: time)
        guard now > taken else { return ([], []) }
        let first = max(taken + 1, now - Int64(Self.turnsPerRound) + 1)
        let remainders = Set((first...now).map { UInt64($0) % Self.turnsPerRound })
        let resources = Array(last.keys)
        taken = now
        last = last.filter { $0.value > now }
        return (resources, remainders)
    }

    private mutating func setBack(to time: Double) {
        let now = Self.turn(at: time)
        guard now < taken - 1 else { return }
        taken = now - 1
        last = last.mapValues { _ in now + Int64(Self.turnsPerRound) - 1 }
    }

    private static func turn(at time: Double) -> Int64 { Int64(max(time, 0) / turnSeconds) }
}
