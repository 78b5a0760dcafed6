import TaskQueue
import Testing

@Suite struct WaitingTests {
    let now = Samples.now

    private func record(_ name: Samples.Name, _ change: (inout TaskRecord) -> Void = { _ in }) -> TaskRecord {
        var record = Samples.record(name)
        change(&record)
        return record
    }

    private func entry(_ change: (inout CatalogueEntry) -> Void = { _ in }) -> CatalogueEntry {
        var entry = CatalogueEntry(namespace: "ns", swarm: "s", capabilities: ["x"], serviceAccount: "a")
        change(&entry)
        return entry
    }

    private func agent(leased: Int, isDraining: Bool = false, capabilities: [String] = []) -> AgentLoad {
        AgentLoad(
            agent: AgentRecord(
                id: "a",
                registration: AgentRegistration(
                    namespace: "ns", swarm: "s", name: "a", instance: "i", slots: 2, version: "1",
                    capabilities: capabilities, serviceAccount: "a"), registered: now, lastSeen: now, lastRequest: 1,
                isDraining: isDraining, isGone: false), leased: leased)
    }

    private func explain(
        _ record: TaskRecord, _ entry: CatalogueEntry?, _ agents: [AgentLoad] = [], key: KeyStanding? = nil,
        position: QueuePosition? = nil
    ) -> Waiting? {
        Waiting.explain(
            record, Waiting.Surroundings(now: now, swarm: entry, agents: agents, position: position, key: key))
    }

    @Test(
        "A task that runs or has ended waits for nothing",
        arguments: [Samples.Name.leased, .succeeded, .failed, .cancelled])
    func notWaiting(name: Samples.Name) {
        #expect(explain(record(name), entry()) == nil)
    }

    @Test("A task that waits for a time says for which")
    func times() {
        let backoff = explain(record(.delayed) { $0.failure = Samples.failure }, entry())
        #expect(backoff?.reason == .backoff)
        #expect(backoff?.until == now + 5000)
        #expect(backoff?.message == "attempt 2 of 6 failed (X: x); the next one may begin in 5 s")
        let delayed = explain(record(.delayed) { $0.attempts = 0 }, entry())
        #expect(delayed?.reason == .delayed)
    }

    @Test("A held task says what holds it, as the key stands now")
    func holds() {
        #expect(explain(record(.held), entry())?.reason == .suspended)
        let held = record(.held) {
            $0.holds = .concurrency
            $0.concurrencyKey = "gpu"
        }
        var key = KeyStanding(limit: KeyLimit(maxConcurrent: 2), places: ["s": .init(held: 3, leased: 2)])
        #expect(
            explain(held, entry(), key: key)?.message
                == "2 of 2 tasks of its concurrency key gpu run, and 0 come before it; 3 tasks of the key are held")
        key.limit = KeyLimit(maxConcurrent: 0)
        #expect(explain(held, entry(), key: key)?.reason == .keyStopped)
        key.limit = KeyLimit(rate: RateLimit(perSecond: 2, burst: 1))
        key.bucket.fullAt = now.microseconds + 500_000
        let rate = explain(held, entry(), key: key)
        #expect(rate?.reason == .rateLimit)
        #expect(rate?.until == now + 500)
    }

    @Test("A ready task says what its swarm lacks")
    func ready() {
        let task = record(.ready)
        #expect(explain(task, nil)?.reason == .swarmUnknown)
        #expect(explain(task, entry { $0.isSuspended = true })?.reason == .swarmSuspended)
        #expect(explain(task, entry { $0.capabilities = ["y"] })?.reason == .typeNotTaken)
        #expect(explain(task, entry())?.reason == .noAgents)
        #expect(explain(task, entry(), [agent(leased: 0, isDraining: true)])?.reason == .agentsDraining)
        #expect(explain(task, entry(), [agent(leased: 0, capabilities: ["y"])])?.reason == .agentsLackType)
        let busy = explain(
            task, entry(), [agent(leased: 2), agent(leased: 2)],
            position: QueuePosition(ahead: 3, otherSubmitters: 1000))
        #expect(busy?.reason == .agentsBusy)
        #expect(
            busy?.message
                == "all 4 slots of 2 agents of swarm s are busy; 3 of its submitter's tasks are before it, and 1000 or more "
                + "other submitters take turns with its own")
        let next = explain(
            task, entry(), [agent(leased: 1)], position: QueuePosition(ahead: 0, otherSubmitters: 0))
        #expect(next?.reason == .nextInOrder)
        #expect(next?.message == "1 slot of swarm s is free; it is given out in its turn; no task is before it")
    }
}
