/// To which target of a Service the next connection goes: to each in turn, or to the one that the client had before. Pure.
struct TargetChoice: Sendable {
    /// How many clients are remembered; of more, those whose time is over first go, then any.
    static let clientLimit = 10_000

    private struct Habit {
        var target: SocketTarget
        var until: Duration
    }

    var backend: ServiceBackend {
        didSet { habits = habits.filter { backend.targets.contains($0.value.target) } }
    }
    private var next = 0
    private var habits: [String: Habit] = [:]

    init(_ backend: ServiceBackend) { self.backend = backend }

    /// - Parameters:
    ///   - client: its address.
    ///   - isRetry: the target that was given last did not take the connection.
    mutating func target(for client: String, isRetry: Bool = false, now: Duration) -> SocketTarget? {
        guard !backend.targets.isEmpty else { return nil }
        guard let affinity = backend.affinity else { return inTurn() }
        if !isRetry, let habit = habits[client], habit.until > now {
            habits[client]?.until = now + affinity
            return habit.target
        }
        if habits.count >= Self.clientLimit, habits[client] == nil { forget(now) }
        let target = inTurn()
        habits[client] = Habit(target: target, until: now + affinity)
        return target
    }

    private mutating func inTurn() -> SocketTarget {
        next = (next + 1) % backend.targets.count
        return backend.targets[(next + backend.targets.count - 1) % backend.targets.count]
    }

    private mutating func forget(_ now: Duration) {
        habits = habits.filter { $0.value.until > now }
        if habits.count >= Self.clientLimit, let any = habits.first { habits[any.key] = nil }
    }
}
