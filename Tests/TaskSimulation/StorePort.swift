import TaskQueue
import TaskStoreTesting

/// The store cannot be reached.
struct StoreAway: Error {}

/// The one way to the store: every answer passes the history, and a crash may come between a commit and its answer.
final class StorePort {
    private unowned let world: Simulation
    private var subject: StoreUnderTest
    private var isUp = true
    /// Since when it has been there without a break.
    private(set) var upSince: Int64? = 0
    /// After so many calls more, the store ends before it answers.
    private var callsBeforeCrash: Int?
    private var keys = KeyWatch()

    init(_ world: Simulation, _ subject: StoreUnderTest) {
        self.world = world
        self.subject = subject
    }

    var history: History { world.history }

    // MARK: Its life

    func close() async { await subject.close() }

    func crash() {
        guard isUp else { return }
        world.note("the store ends")
        isUp = false
        upSince = nil
        callsBeforeCrash = nil
    }

    func crash(afterCalls calls: Int) { callsBeforeCrash = calls }

    func start() async throws {
        callsBeforeCrash = nil
        guard !isUp else { return }
        subject.store = try await subject.reopen()
        isUp = true
        upSince = world.now
        history.opened(at: world.time)
        world.note("the store is back")
        tellOfChanges()
    }

    /// The store itself, for looking only.
    func peek() throws -> any TaskStore {
        guard isUp else { throw StoreAway() }
        return subject.store
    }

    private func call<Value>(
        _ body: (any TaskStore) async throws -> Value, _ record: (Value) throws -> Void,
        isChange: (Value) -> Bool = { _ in true }
    ) async throws -> Value {
        guard isUp else { throw StoreAway() }
        let value = try await body(subject.store)
        try record(value)
        if isChange(value) { tellOfChanges() }
        if let left = callsBeforeCrash {
            callsBeforeCrash = left - 1
            if left <= 0 {
                crash()
                throw StoreAway()
            }
        }
        return value
    }

    private func tellOfChanges() {
        for gateway in world.gateways { gateway.hint() }
    }

    // MARK: Calls

    func put(_ swarm: String, isSuspended: Bool) async throws {
        let entry = CatalogueEntry(
            namespace: Simulation.namespace, swarm: swarm, uid: "uid-\(swarm)", generation: 1,
            capabilities: Simulation.types, serviceAccount: "agents", slots: 2, isSuspended: isSuspended)
        try await call({ try await $0.putCatalogue(entry) }, { _ in })
    }

    func submit(_ submissions: [Submission]) async throws -> [SubmitVerdict] {
        try await call({ try await $0.submit(submissions) }, { try history.submitted(submissions, $0) })
    }

    func cancel(_ task: TaskID, _ order: CancelOrder) async throws {
        _ = try await call({ try await $0.cancel(task, order) }, { try history.saw($0) })
    }

    func amend(_ task: TaskID, _ amendment: TaskAmendment) async throws {
        _ = try await call({ try await $0.amend(task, amendment) }, { try history.saw($0) })
    }

    func register(_ registration: AgentRegistration) async throws -> AgentRecord {
        try await call({ try await $0.register(registration) }, { history.registered(registration, as: $0.id) })
    }

    func endAgents(_ podUIDs: [String]) async throws {
        try await call({ try await $0.endAgents(podUIDs: podUIDs) }, { history.ended(podUIDs: podUIDs) })
    }

    func setDraining(_ agent: AgentID, _ isDraining: Bool) async throws {
        try await call({ try await $0.setDraining([agent], isDraining) }, { _ in })
    }

    /// - Parameter limit: `nil`: the key has none of its own any more.
    func setLimit(_ limit: KeyLimit?, of key: String) async throws {
        try await call(
            { store in
                if let limit {
                    try await store.putLimit(limit, namespace: Simulation.namespace, key: key)
                } else {
                    _ = try await store.removeLimit(namespace: Simulation.namespace, key: key)
                }
            }, { keys.set(limit, of: key) })
    }

    func lease(_ call: LeaseCall) async throws -> LeaseVerdict {
        try await self.call(
            { store in
                let verdict = try await store.lease(call)
                try await watchKeys(history.granted(by: verdict), store)
                return verdict
            }, { try history.answered($0, to: call) })
    }

    private func watchKeys(_ granted: [TaskRecord], _ store: any TaskStore) async throws {
        guard granted.contains(where: { $0.concurrencyKey != nil }) else { return }
        let leased = try await store.tasks(
            TaskQuery(namespace: Simulation.namespace, states: [.leased], limit: 1000)
        ).tasks
        for record in granted {
            guard let key = record.concurrencyKey else { continue }
            try keys.granted(
                record.id, key, leased: leased.count { $0.concurrencyKey == key }, at: world.time)
        }
    }

    func heartbeat(_ agent: AgentID, _ beats: [Beat]) async throws -> BeatAnswer {
        try await call({ try await $0.heartbeat(agent, beats) }, { try history.answered($0, to: beats) })
    }

    func report(
        _ agent: AgentID, _ reports: [AttemptReport], next: LeaseCall?
    ) async throws -> (outcomes: [ReportOutcome], next: LeaseVerdict?) {
        try await call { store in
            let answer = try await store.report(agent, reports, next: next)
            if let verdict = answer.next { try await watchKeys(history.granted(by: verdict), store) }
            return answer
        } _: { answer in
            for (report, outcome) in zip(reports, answer.outcomes) { try history.answered(outcome, to: report) }
            if let next, let verdict = answer.next { try history.answered(verdict, to: next) }
        }
    }

    func reap() async throws -> ReapResult {
        try await call({ try await $0.reap(limit: 200) }, { _ in }, isChange: { $0.changed > 0 })
    }

    func acknowledge(_ consumer: String, through cursor: Int64, outcomesOf tasks: [TaskID]) async throws {
        try await call(
            {
                try await $0.acknowledge(consumer: consumer, through: cursor)
                try await $0.acknowledgeOutcomes(of: tasks)
            }, { _ in })
    }
}
