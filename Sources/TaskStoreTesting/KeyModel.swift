import TaskQueue

/// The keys of the model store.
struct KeyModel {
    private var standings: [String: KeyStanding] = [:]
    private var due: [String: StoreTime] = [:]
    private var moves = 0

    var dues: [StoreTime] { Array(due.values) }

    func due(at now: StoreTime) -> [String] {
        due.filter { $0.value <= now }.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map(\.key)
    }

    func allowance(of key: String, at now: StoreTime) -> Int { (standings[key] ?? KeyStanding()).allowance(at: now) }

    /// A store may have forgotten a bucket that has filled up meanwhile.
    func standing(of key: String, at now: StoreTime, like found: KeyStanding) -> KeyStanding {
        var standing = standings[key] ?? KeyStanding()
        if standing.bucket.fullAt <= now.microseconds, found.bucket == TokenBucket() { standing.bucket = TokenBucket() }
        return standing
    }

    mutating func set(_ limit: KeyLimit?, of key: String, at now: StoreTime) {
        change(key, at: now) { $0.set(limit ?? .standard, at: now) }
        moves = 0
    }

    mutating func take(
        _ key: String, _ before: TaskRecord?, _ transition: TaskTransition, at now: StoreTime
    ) -> TaskTransition {
        moves = 0
        return change(key, at: now) { $0.take(before, transition, at: now) }
    }

    mutating func nextMove(of key: String, at now: StoreTime) -> KeyStanding.Move? {
        guard moves < KeyStanding.maxMoves, let move = (standings[key] ?? KeyStanding()).nextMove(at: now) else {
            moves = 0
            change(key, at: now) { _ in }
            return nil
        }
        moves += 1
        return move
    }

    mutating func move(
        _ record: TaskRecord, _ move: KeyStanding.Move, _ machine: TaskMachine, at now: StoreTime
    ) -> TaskTransition {
        let event = move.hold.map { TaskEvent.hold($0) } ?? .unhold(.keyLimits)
        let transition = machine.apply(event, to: record, at: now)
        change(record.concurrencyKey ?? "", at: now) { $0.note(record, transition.record) }
        return transition
    }

    mutating func hold(_ record: TaskRecord, _ machine: TaskMachine, at now: StoreTime) -> TaskTransition {
        let key = record.concurrencyKey ?? ""
        let reason = (standings[key] ?? KeyStanding()).reason(at: now)
        let transition = machine.apply(.hold(reason), to: record, at: now)
        change(key, at: now) { $0.note(record, transition.record) }
        return transition
    }

    @discardableResult
    private mutating func change<Value>(
        _ key: String, at now: StoreTime, _ body: (inout KeyStanding) -> Value
    ) -> Value {
        var standing = standings[key] ?? KeyStanding()
        let value = body(&standing)
        standings[key] = standing
        due[key] = standing.due(at: now)
        return value
    }
}
