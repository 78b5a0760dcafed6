import StructuredData
import TaskQueue
import TaskStoreTesting

/// One run: tasks, agents, gateways and a store in a time of their own, and what goes wrong with them.
///
/// Flow: for a while tasks are submitted and things go wrong; then nothing more does, and every task must end. All that the
/// store answers goes through `History`, which knows what it must not answer.
///
/// The run is a function of its case, as far as the store's answers are.
final class Simulation {
    static let namespace = "ns"
    static let allSwarms = ["one", "two"]
    static let keys = ["lock", "pool"]
    static let types = ["echo", "analysis"]
    /// By when all tasks must have ended once nothing goes wrong any more.
    private static let longestCalmMs: Int64 = 1_800_000
    /// What a gateway may take to act on what is due: until it has read the feed, and tried again where the store was away.
    static let sweepMs: Int64 = 2_000

    let options: SimulationCase
    private let isTraced: Bool
    let policy: QueuePolicy
    let clock = ManualClock()
    let history: History
    private(set) var network: Network!
    private(set) var gateways: [SimulatedGateway] = []
    private(set) var agents: [SimulatedAgent] = []
    private(set) var store: StorePort!
    /// Milliseconds since the start.
    private(set) var now: Int64 = 0
    /// Whether things still go wrong.
    private(set) var isChaotic = true
    private(set) var trace: [String] = []
    private(set) var failure: SimulationFailure?
    private var agenda = Agenda()
    private let start: StoreTime
    private var isDone = false

    /// Throws only where the store itself does; what the run shows to be wrong is its `failure`.
    /// - Parameter isTraced: whether it keeps what happens.
    static func run(
        _ options: SimulationCase, on factory: StoreFactory, isTraced: Bool = false
    ) async throws -> Simulation {
        var policy = QueuePolicy()
        policy.retentionMs = .max / 4
        policy.failedRetentionMs = .max / 4
        let simulation = Simulation(options, policy, isTraced)
        let port = StorePort(simulation, try await factory.open(clock: simulation.clock, policy: policy))
        simulation.store = port
        do {
            try await simulation.run()
        } catch let failure as SimulationFailure {
            simulation.failure = failure
        }
        await port.close()
        return simulation
    }

    private init(_ options: SimulationCase, _ policy: QueuePolicy, _ isTraced: Bool) {
        self.options = options
        self.isTraced = isTraced
        self.policy = policy
        start = clock.now()
        history = History(policy: policy)
    }

    /// Those that have agents.
    var swarms: [String] { Array(Self.allSwarms.prefix(options.agents)) }

    func has(_ fault: SimulatedFault) -> Bool { isChaotic && options.faults.contains(fault) }

    /// Chance of its own for each of those who act, so that leaving one out leaves the others as they are.
    func random(_ name: String) -> SeededGenerator {
        var hash = options.seed ^ 0xcbf2_9ce4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return SeededGenerator(seed: hash)
    }

    var time: StoreTime { start + now }

    func note(_ line: @autoclosure () -> String) { if isTraced { trace.append("\(now) \(line())") } }

    func plan(after delay: Int64, _ action: @escaping Agenda.Action) {
        agenda.plan(at: now + max(delay, 0), action)
    }

    /// Since when somebody has been there without a break to act on what is due.
    var servedSince: Int64? {
        guard let store = store.upSince, let gateway = gateways.filter(\.isUp).map(\.upSince).min() else { return nil }
        return max(store, gateway)
    }

    /// Does `action`, unless the store is away.
    func attempt(_ action: () async throws -> Void) async throws {
        do { try await action() } catch is StoreAway {}
    }

    /// Does `action` when the store is there.
    func insist(after delay: Int64, _ action: @escaping Agenda.Action) {
        plan(after: delay) { [self] in
            do { try await action() } catch is StoreAway { insist(after: 500, action) }
        }
    }

    /// Ends the run where it stands.
    func finish() { isDone = true }

    private func run() async throws {
        network = Network(self)
        gateways = (0..<options.gateways).map { SimulatedGateway($0, self) }
        agents = (0..<options.agents).map { SimulatedAgent($0, self) }
        let submitters = Submitters(self)
        let reader = FeedReader(self)
        let auditor = Auditor(self, submitters)
        for swarm in swarms { try await store.put(swarm, isSuspended: false) }
        for gateway in gateways { gateway.start() }
        for agent in agents { agent.start() }
        submitters.start()
        reader.start()
        auditor.start()
        Mishaps(self, submitters).start()
        if options.faults.contains(.badAgent) { BadAgent(self, submitters).start() }
        let chaosMs = Int64(options.seconds) * 1000
        plan(after: chaosMs) { [self] in try await calmDown() }
        while !isDone, let item = agenda.next() {
            now = item.time
            clock.set(time)
            if now > chaosMs + Self.longestCalmMs {
                throw SimulationFailure("tasks that never end: \(try await auditor.describeOpenTasks())")
            }
            try await item.action()
        }
        try await reader.readAll()
        try await history.check(against: try store.peek(), submitters.accepted, feed: reader.entries)
        agenda = Agenda()
    }

    private func calmDown() async throws {
        note("nothing goes wrong any more")
        isChaotic = false
        try await store.start()
        for gateway in gateways where !gateway.isUp { gateway.start() }
        for agent in agents { agent.recover() }
        for key in Self.keys { try await store.setLimit(nil, of: key) }
        for swarm in swarms { try await store.put(swarm, isSuspended: false) }
    }
}
