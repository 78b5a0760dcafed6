import TaskQueue
import TaskStoreTesting

/// Somebody with a valid registration who keeps to no rule: forges keys, repeats and contradicts itself, leases and forgets.
final class BadAgent {
    private unowned let world: Simulation
    private let submitters: Submitters
    private var random: SeededGenerator
    private var id: AgentID?
    private var request: Int64 = 0
    /// Leases that it got, whatever became of them.
    private var leases: [(task: TaskID, key: LeaseKey)] = []
    private var reports = 0

    init(_ world: Simulation, _ submitters: Submitters) {
        self.world = world
        self.submitters = submitters
        random = world.random("bad agent")
    }

    func start() {
        world.plan(after: Int64.random(in: 100...3_000, using: &random)) { [self] in
            guard world.isChaotic else { return }
            try await world.attempt { try await act() }
            start()
        }
    }

    private func act() async throws {
        guard let id else { return try await register() }
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<3: try await lease(id)
        case 3..<5: try await beat(id)
        case 5..<9: try await report(id)
        default: try await register()
        }
    }

    private func register() async throws {
        let registration = AgentRegistration(
            namespace: Simulation.namespace, swarm: random.pick(world.swarms) ?? "", name: "bad", podUID: "uid-bad",
            instance: "instance \(Int.random(in: 0...2, using: &random))", slots: 2, version: "0", capabilities: [],
            serviceAccount: "agents")
        id = try await world.store.register(registration).id
    }

    private func lease(_ id: AgentID) async throws {
        request += Int64.random(in: -1...2, using: &random)
        let call = LeaseCall(agent: id, request: request, slots: random.chance(30) ? 1_000_000 : 1)
        guard case .answered(let offer) = try await world.store.lease(call) else { return }
        leases += offer.tasks.map { ($0.record.id, $0.key) }
    }

    /// A lease of its own, one that somebody else has or had, or one that never was.
    private func anyLease() -> (task: TaskID, key: LeaseKey)? {
        var lease = random.chance(60) ? random.pick(leases) : nil
        if lease == nil, let task = random.pick(submitters.tasks) {
            // Overheard.
            let key = random.pick(world.history.lives[task]?.grants ?? [])?.key
            lease = (task, key ?? LeaseKey(epoch: 1, token: LeaseToken(high: 1, low: 1)))
        }
        if random.chance(10) { lease?.key.epoch += random.chance(50) ? 1 : -1 }
        if random.chance(10) { lease?.key.token = LeaseToken(high: random.next(), low: random.next()) }
        return lease
    }

    private func beat(_ id: AgentID) async throws {
        let beats = (0..<3).compactMap { _ in anyLease() }.map { Beat(task: $0.task, key: $0.key) }
        _ = try await world.store.heartbeat(id, beats)
    }

    private func report(_ id: AgentID) async throws {
        guard let lease = anyLease() else { return }
        reports += 1
        let content: AttemptReport.Content =
            switch Int.random(in: 0..<7, using: &random) {
            case 6: .completeWithBlob(sha256: String(repeating: "ab", count: 32), bytes: 3)
            case 0..<4: .complete(result: Array("\(random.chance(50) ? 0 : reports)".utf8))
            case 4: .fail(Failure(code: "BAD", message: ""), isRetryable: random.chance(50))
            default: .release(checkpoint: nil)
            }
        let report = AttemptReport(task: lease.task, key: lease.key, content: content)
        let answer = try await world.store.report(id, random.chance(30) ? [report, report] : [report], next: nil)
        world.note("the bad agent's report of \(lease.task)#\(lease.key.epoch): \(answer.outcomes[0].word)")
    }
}
