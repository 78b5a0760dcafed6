/// What a key's limit does to its tasks: the pure rules that every store carries out.
///
/// A task counts for its key where it is leased, ready, or held for the key alone. The *allowance* of a key is how many tasks
/// more could be leased now: the lesser of the places left and the tokens there are. The ready order of each swarm has no more
/// of a key's tasks than its allowance, so that a lease finds only what it can give out, however many wait behind; the others
/// are held. Swarms do not count each other's ready tasks: one without agents stands in nobody's way.
///
/// A store keeps the counts and, with each transition of a task that has a key:
/// 1. asks `take` what becomes of it: a task that would become ready is held instead if the key has no room for it, or if others
///    are held before it;
/// 2. stores that, and then carries out `nextMove` until there is none: a slot or token that has become free goes to the held
///    task that is first in order (rank, then age), and ready tasks too many are held, the last in order first;
/// 3. notes `due`: the reaper comes back to the key then, for the tokens that have come in.
///
/// Each lease or end thus moves about one task in each swarm that has tasks of the key, whatever their number. A limit that is
/// raised by far frees at most `maxMoves` at once, and the reaper does the rest.
///
/// Moving keeps a task's ready time, so that the tasks of a key go in their order, as those of one lane do.
package struct KeyStanding: Sendable, Hashable {
    /// The tasks of a key in one swarm.
    package struct Places: Sendable, Hashable {
        package var ready: Int
        /// Those that nothing but the key's limit holds.
        package var held: Int
        package var leased: Int

        package init(ready: Int = 0, held: Int = 0, leased: Int = 0) {
            self.ready = ready
            self.held = held
            self.leased = leased
        }
    }

    /// One task to be moved; which one, only the store knows.
    package struct Move: Sendable, Hashable {
        package var swarm: String
        /// Hold the swarm's last ready task of the key for this reason; `nil`: release its first held one.
        package var hold: HoldReasons?

        package init(swarm: String, hold: HoldReasons?) {
            self.swarm = swarm
            self.hold = hold
        }
    }

    /// Tasks moved after one event.
    package static let maxMoves = 256

    package var limit: KeyLimit
    package var bucket: TokenBucket
    /// By swarm.
    package var places: [String: Places]

    package init(limit: KeyLimit = .standard, bucket: TokenBucket = TokenBucket(), places: [String: Places] = [:]) {
        self.limit = limit
        self.bucket = bucket
        self.places = places
    }

    package var leased: Int { places.values.reduce(0) { $0 + $1.leased } }
    package var held: Int { places.values.reduce(0) { $0 + $1.held } }
    package var ready: Int { places.values.reduce(0) { $0 + $1.ready } }

    /// Whether a transition changes what is counted.
    package static func isConcerned(_ before: TaskRecord, _ after: TaskRecord) -> Bool {
        before.concurrencyKey != nil
            && (before.state != after.state || before.swarm != after.swarm || before.holds != after.holds)
    }

    /// No task counts for the key, and its bucket is full: the store needs no record of it.
    package func isIdle(at now: StoreTime) -> Bool {
        bucket.fullAt <= now.microseconds && places.values.allSatisfy { $0 == Places() }
    }

    private var free: Int { limit.maxConcurrent.map { max($0 - leased, 0) } ?? .max }

    private func tokens(at now: StoreTime) -> Int { limit.rate.map { bucket.tokens($0, at: now) } ?? .max }

    /// How many tasks more could be leased now.
    package func allowance(at now: StoreTime) -> Int { min(free, tokens(at: now)) }

    /// What bounds the allowance.
    package func reason(at now: StoreTime) -> HoldReasons { tokens(at: now) < free ? .rate : .concurrency }

    /// What becomes of a transition under the key's limit; counts it.
    /// - Parameter before: the task before; `nil`: it is new.
    package mutating func take(
        _ before: TaskRecord?, _ transition: TaskTransition, at now: StoreTime
    ) -> TaskTransition {
        if let before { count(before, -1) }
        var transition = transition
        let after = transition.record
        if after.state == .ready, before?.state != .ready || before?.swarm != after.swarm {
            let here = places[after.swarm] ?? Places()
            if here.held > 0 || here.ready >= allowance(at: now) { transition.hold(for: reason(at: now)) }
        }
        count(transition.record, 1)
        if before?.state == .ready, after.state == .leased, let rate = limit.rate { bucket.take(rate, at: now) }
        return transition
    }

    /// Counts a move that was carried out, or a ready task that a lease found the key to have no room for.
    package mutating func note(_ before: TaskRecord, _ after: TaskRecord) {
        count(before, -1)
        count(after, 1)
    }

    /// What is to be done for the ready order to hold what it should; swarms in the order of their names.
    package func nextMove(at now: StoreTime) -> Move? {
        let allowance = allowance(at: now)
        // In most cases there is one.
        for (swarm, here) in places.count > 1 ? places.sorted(by: { $0.key < $1.key }) : Array(places) {
            if here.ready > allowance { return Move(swarm: swarm, hold: reason(at: now)) }
            if here.ready < allowance, here.held > 0 { return Move(swarm: swarm, hold: nil) }
        }
        return nil
    }

    /// When the reaper is to look at the key again; `nil`: whatever frees a task next is an event.
    package func due(at now: StoreTime) -> StoreTime? {
        if nextMove(at: now) != nil { return now }
        guard let rate = limit.rate, held > 0, tokens(at: now) < free else { return nil }
        return bucket.nextToken(rate, at: now)
    }

    /// Puts another limit in force.
    package mutating func set(_ newLimit: KeyLimit, at now: StoreTime) {
        if newLimit.rate != limit.rate { bucket = bucket.under(newLimit.rate, at: now) }
        limit = newLimit
    }

    private mutating func count(_ record: TaskRecord, _ number: Int) {
        var here = places[record.swarm] ?? Places()
        switch record.state {
        case .ready: here.ready += number
        case .leased: here.leased += number
        case .held where record.holds.isSubset(of: .keyLimits): here.held += number
        case .held, .delayed, .succeeded, .failed, .cancelled: return
        }
        places[record.swarm] = here == Places() ? nil : here
    }
}

extension TaskTransition {
    /// Holds the task that this transition would have made ready.
    mutating func hold(for reasons: HoldReasons) {
        record.state = .held
        record.holds = reasons
        // A new task has not been anything else: its submission says it all.
        changes = changes.compactMap { $0 != .ready ? $0 : changes.contains(.submitted) ? nil : .waiting }
    }
}
