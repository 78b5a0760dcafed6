import TaskQueue

/// Which of several gateways on one store wakes a poll for a task that is ready: one of them does.
///
/// Each tells the others for which swarms polls wait there. Of those, all choose the same one for a task, without asking: that for
/// which a hash of task and gateway is the highest (rendezvous hashing; Thaler and Ravishankar 1998, "Using name-based mappings to
/// increase hit rates", IEEE/ACM Trans. Networking 6). One that is chosen and has no poll left passes: it says so, and is chosen no
/// more. Who takes a task for another's work holds it, and wakes a poll after all where it hears of no lease in time: messages may be
/// lost, and a gateway may end.
///
/// A plain value; time is passed in.
struct WakeUpShare {
    typealias SwarmKey = LeaseBroker.SwarmKey
    typealias Instant = ContinuousClock.Instant

    /// What gateways tell each other.
    enum Message: Equatable {
        /// Polls of the swarm wait there.
        case waits(SwarmKey)
        /// No poll of the swarm is left there.
        case passes(SwarmKey)
        /// It has begun, and knows nobody: who has polls says so.
        case arrives
        case leaves
    }

    enum Decision: Equatable {
        /// A poll is to be woken here.
        case wake
        /// Another gateway does, or nobody waits.
        case leave
        /// The others, who may believe that polls wait here, are to be told that none do.
        case pass
    }

    struct ReadyTask: Equatable {
        var id: TaskID
        var swarm: SwarmKey
    }

    /// How often others are told again that polls wait here.
    static let refresh = Duration.seconds(10)
    /// For how long one that has passed is silent: where few agents are busy all the time, every task would be worth two messages.
    static let silence = Duration.seconds(1)
    /// How long what another has said holds.
    static let trust = Duration.seconds(25)
    /// More tasks than these are not left to others: to look once too often is better than to hold them all.
    static let mostHeld = 10_000

    private struct Held {
        var swarm: SwarmKey
        var until: Instant
    }

    /// What the others know of this gateway's polls.
    private struct Standing {
        /// When they were last told that polls wait here; `nil`: never, or this gateway has passed since.
        var told: Instant?
        var silentUntil: Instant?
    }

    /// This gateway.
    let name: String
    /// How long a task is left to another gateway.
    let patience: Duration
    /// Where polls wait, and until when that is believed.
    private var others: [SwarmKey: [String: Instant]] = [:]
    private var standings: [SwarmKey: Standing] = [:]
    private var held: [TaskID: Held] = [:]

    /// - Parameter name: another one for each gateway.
    init(name: String, patience: Duration) {
        self.name = name
        self.patience = patience
    }

    // MARK: Tasks

    /// - Parameter hasPoll: whether a poll of the swarm waits here.
    mutating func isReady(_ task: ReadyTask, hasPoll: Bool, at now: Instant) -> Decision {
        held[task.id] = nil
        guard hasPoll else {
            guard standings[task.swarm]?.told != nil else { return .leave }
            standings[task.swarm] = Standing(silentUntil: now + Self.silence)
            return .pass
        }
        let believed = others[task.swarm, default: [:]].filter { $0.value > now }
        others[task.swarm] = believed.isEmpty ? nil : believed
        if believed.isEmpty || held.count >= Self.mostHeld { return .wake }
        // The others do not choose one that they do not know of.
        if standings[task.swarm]?.told != nil {
            let weight = Self.weight(task.id, name)
            let isChosen = believed.keys.allSatisfy { other in
                let theirs = Self.weight(task.id, other)
                return theirs == weight ? other < name : theirs < weight
            }
            if isChosen { return .wake }
        }
        held[task.id] = Held(swarm: task.swarm, until: now + patience)
        return .leave
    }

    /// It has been leased, or is not ready any more.
    mutating func isOver(_ task: TaskID) { held[task] = nil }

    /// The tasks that were left to others for long enough, in no order.
    mutating func overdue(at now: Instant) -> [ReadyTask] { release { $0.until <= now } }

    /// How many are left to others.
    var heldTasks: Int { held.count }

    /// When a task is next overdue.
    var nextOverdue: Instant? { held.values.map(\.until).min() }

    /// What happened to the tasks that are held is not known: whoever waits looks for itself.
    mutating func forgetTasks() { held = [:] }

    private mutating func release(_ condition: (Held) -> Bool) -> [ReadyTask] {
        let released = held.filter { condition($0.value) }
        for task in released.keys { held[task] = nil }
        return released.map { ReadyTask(id: $0.key, swarm: $0.value.swarm) }
    }

    // MARK: Gateways

    /// A poll of the swarm waits here.
    /// - Returns: whether the others are to be told.
    mutating func pollWaits(_ swarm: SwarmKey, at now: Instant) -> Bool {
        let standing = standings[swarm, default: Standing()]
        if let last = standing.told, now - last < Self.refresh { return false }
        if let end = standing.silentUntil, now < end { return false }
        standings[swarm] = Standing(told: now)
        return true
    }

    /// - Returns: tasks to decide on anew.
    mutating func hear(_ message: Message, from other: String, at now: Instant) -> [ReadyTask] {
        if other == name { return [] }
        switch message {
        case .waits(let swarm):
            others[swarm, default: [:]][other] = now + Self.trust
            return []
        case .passes(let swarm):
            guard others[swarm]?.removeValue(forKey: other) != nil else { return [] }
            return release { $0.swarm == swarm }
        case .arrives:
            // It is told with the next refresh.
            for swarm in standings.keys where standings[swarm]?.told != nil {
                standings[swarm]?.told = now - Self.refresh
            }
            return []
        case .leaves:
            let swarms = others.keys.filter { others[$0]?.removeValue(forKey: other) != nil }
            return release { swarms.contains($0.swarm) }
        }
    }

    /// The swarms that the others are to be told of again. Forgets those for which nobody has waited for long.
    /// - Parameter isWaitedFor: whether polls of a swarm wait here still.
    mutating func refreshed(at now: Instant, _ isWaitedFor: (SwarmKey) -> Bool) -> [SwarmKey] {
        let due = standings.filter { _, standing in
            if let last = standing.told { return now - last >= Self.refresh }
            return now >= standing.silentUntil ?? now
        }
        for swarm in due.keys { standings[swarm] = isWaitedFor(swarm) ? Standing(told: now) : nil }
        return due.keys.filter { standings[$0] != nil }
    }

    /// FNV-1a over both names, and the end of SplitMix64: equal on all machines, and even for names that are much alike.
    private static func weight(_ task: TaskID, _ gateway: String) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in [Array(task.text.utf8), [0], Array(gateway.utf8)].joined() {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        hash = (hash ^ (hash >> 30)) &* 0xbf58_476d_1ce4_e5b9
        hash = (hash ^ (hash >> 27)) &* 0x94d0_49bb_1331_11eb
        return hash ^ (hash >> 31)
    }
}
