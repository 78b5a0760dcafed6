import StructuredData
import TaskQueue

/// A store with one swarm and what scenarios do to it all the time.
struct Workbench {
    static let namespace = "ns"
    static let swarm = "argus"
    static let type = "market-analysis"

    let clock: ManualClock
    let policy: QueuePolicy
    var subject: StoreUnderTest
    var store: any TaskStore { subject.store }

    init(_ factory: StoreFactory, policy: QueuePolicy = QueuePolicy()) async throws {
        clock = ManualClock()
        self.policy = policy
        subject = try await factory.make(clock, policy)
        try await store.putCatalogue(Self.entry())
    }

    static func entry(_ swarm: String = swarm, isSuspended: Bool = false) -> CatalogueEntry {
        CatalogueEntry(
            namespace: namespace, swarm: swarm, uid: "uid-\(swarm)", generation: 1, capabilities: [type, "echo"],
            taskTypes: [TaskTypeEntry(name: type, inputSchema: ["type": "object"], timeoutMs: 60_000)],
            serviceAccount: "agents", slots: 2, isSuspended: isSuspended)
    }

    func submission(_ id: TaskID, _ change: (inout Submission) -> Void = { _ in }) -> Submission {
        var submission = Submission(
            id: id, namespace: Self.namespace, type: Self.type, swarm: Self.swarm,
            origin: .http(submitter: "tester"), input: Array(#"{"of":"\#(id)"}"#.utf8))
        change(&submission)
        return submission
    }

    @discardableResult
    func submit(_ id: TaskID, _ change: (inout Submission) -> Void = { _ in }) async throws -> TaskRecord {
        let verdicts = try await store.submit([submission(id, change)])
        return try require(verdicts.first?.record, "record of submission \(id)")
    }

    func agent(
        _ name: String, swarm: String = swarm, instance: String? = nil, slots: Int = 4, capabilities: [String] = []
    ) async throws -> AgentID {
        try await store.register(
            AgentRegistration(
                namespace: Self.namespace, swarm: swarm, name: name, podUID: "uid-\(name)",
                instance: instance ?? "instance-\(name)", slots: slots, version: "1", capabilities: capabilities,
                serviceAccount: "agents")
        ).id
    }

    func offer(_ agent: AgentID, _ request: Int64, slots: Int = 1) async throws -> LeaseOffer {
        let verdict = try await store.lease(LeaseCall(agent: agent, request: request, slots: slots))
        guard case .answered(let offer) = verdict else {
            throw ConformanceFailure("lease request \(request) of \(agent): \(verdict)")
        }
        return offer
    }

    func lease(_ agent: AgentID, _ request: Int64) async throws -> LeasedTask {
        try require(try await offer(agent, request).tasks.first, "leased task for \(agent)")
    }

    func beat(
        _ agent: AgentID, _ task: LeasedTask, progress: Progress? = nil, checkpoint: [UInt8]? = nil,
        output: String? = nil
    ) async throws -> BeatVerdict {
        let answer = try await store.heartbeat(
            agent,
            [
                Beat(
                    task: task.record.id, key: task.key, progress: progress, checkpoint: checkpoint,
                    output: output.map { Array($0.utf8) })
            ])
        return try require(answer.verdicts.first, "verdict on a heartbeat")
    }

    func report(_ agent: AgentID, _ task: LeasedTask, _ content: AttemptReport.Content) async throws -> ReportOutcome {
        let outcomes = try await store.report(
            agent, [AttemptReport(task: task.record.id, key: task.key, content: content)], next: nil
        ).outcomes
        return try require(outcomes.first, "outcome of a report")
    }

    func complete(_ agent: AgentID, _ task: LeasedTask, _ result: String = "{}") async throws -> ReportOutcome {
        try await report(agent, task, .complete(result: Array(result.utf8)))
    }

    func record(_ id: TaskID) async throws -> TaskRecord {
        try require(try await store.task(id), "task \(id)")
    }

    /// Lets `milliseconds` pass and does what is due then.
    @discardableResult
    func pass(_ milliseconds: Int64) async throws -> ReapResult {
        clock.advance(milliseconds)
        return try await store.reap(limit: 1000)
    }

    func changes() async throws -> [Change] { try await store.changes(after: 0, limit: 10_000).changes }
}

func isAccepted(_ outcome: ReportOutcome) -> Bool { if case .accepted = outcome { true } else { false } }
