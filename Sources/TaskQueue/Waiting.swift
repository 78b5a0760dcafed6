/// Why a task waits: one reason, the nearest that has to go, and a sentence.
package struct Waiting: Sendable, Hashable {
    package enum Reason: String, Sendable, Hashable, CaseIterable {
        /// It was submitted to run later.
        case delayed = "Delayed"
        /// An attempt failed; the next one is to come.
        case backoff = "Backoff"
        case suspended = "Suspended"
        /// As many tasks of its key are leased as may be.
        case concurrencyLimit = "ConcurrencyLimit"
        /// Its key may start no task now.
        case rateLimit = "RateLimit"
        /// Its key's limit is 0.
        case keyStopped = "KeyStopped"
        /// The namespace has no such swarm (any more).
        case swarmUnknown = "SwarmUnknown"
        case swarmSuspended = "SwarmSuspended"
        /// The swarm does not take the task's type (any more).
        case typeNotTaken = "TypeNotTaken"
        case noAgents = "NoAgents"
        case agentsDraining = "AgentsDraining"
        /// None of the agents runs the task's type.
        case agentsLackType = "AgentsLackType"
        case agentsBusy = "AgentsBusy"
        /// An agent has room: it comes as soon as its turn does.
        case nextInOrder = "NextInOrder"
    }

    /// What the answer depends on besides the record, as far as the caller knows it.
    package struct Surroundings: Sendable {
        package var now: StoreTime
        /// The task's swarm; `nil`: there is none.
        package var swarm: CatalogueEntry?
        /// The swarm's agents that are not gone.
        package var agents: [AgentLoad]
        /// Of a ready task.
        package var position: QueuePosition?
        /// Of a task with a concurrency key.
        package var key: KeyStanding?

        package init(
            now: StoreTime, swarm: CatalogueEntry?, agents: [AgentLoad] = [], position: QueuePosition? = nil,
            key: KeyStanding? = nil
        ) {
            self.now = now
            self.swarm = swarm
            self.agents = agents
            self.position = position
            self.key = key
        }
    }

    package var reason: Reason
    package var message: String
    /// When the wait ends or the reason is looked at again, where time alone decides that.
    package var until: StoreTime?
    package var position: QueuePosition?

    package init(_ reason: Reason, _ message: String, until: StoreTime? = nil, position: QueuePosition? = nil) {
        self.reason = reason
        self.message = message
        self.until = until
        self.position = position
    }

    /// Why `record` waits; `nil`: it does not, it is leased or has ended.
    package static func explain(_ record: TaskRecord, _ surroundings: Surroundings) -> Waiting? {
        switch record.state {
        case .leased, .succeeded, .failed, .cancelled: nil
        case .delayed: delayed(record, surroundings.now)
        case .held: held(record, surroundings)
        case .ready: ready(record, surroundings)
        }
    }

    private static func delayed(_ record: TaskRecord, _ now: StoreTime) -> Waiting {
        let wait = seconds(max(record.readyAt - now, 0))
        guard record.attempts > 0 else {
            return Waiting(.delayed, "it was submitted to run later: in \(wait)", until: record.readyAt)
        }
        let failure = record.failure.map { " (\($0.code): \($0.message))" } ?? ""
        return Waiting(
            .backoff,
            "attempt \(record.attempts) of \(record.retry.attempts) failed\(failure); the next one may begin in \(wait)",
            until: record.readyAt)
    }

    private static func held(_ record: TaskRecord, _ surroundings: Surroundings) -> Waiting {
        if record.holds.contains(.suspended) {
            return Waiting(.suspended, "its owner has suspended it; it goes on when spec.suspend is taken back")
        }
        let name = record.concurrencyKey ?? ""
        guard let key = surroundings.key else {
            return Waiting(.concurrencyLimit, "the limit of its concurrency key \(name) holds it")
        }
        let others = "\(count(key.held, "task")) of the key \(key.held == 1 ? "is" : "are") held"
        if key.limit.maxConcurrent == 0 {
            return Waiting(.keyStopped, "the limit of its concurrency key \(name) is 0, which stops the key; \(others)")
        }
        if key.reason(at: surroundings.now) == .rate, let rate = key.limit.rate {
            let next = key.bucket.nextToken(rate, at: surroundings.now)
            let interval = Double(rate.intervalMicroseconds) / 1_000_000
            return Waiting(
                .rateLimit,
                "its concurrency key \(name) may start \(count(rate.burst, "task")) at once and then one every "
                    + "\(interval) s; the next may start in \(seconds(next.map { $0 - surroundings.now } ?? 0)); \(others)",
                until: next)
        }
        let most = key.limit.maxConcurrent.map { "\(key.leased) of \($0)" } ?? "\(key.leased)"
        return Waiting(
            .concurrencyLimit,
            "\(most) tasks of its concurrency key \(name) run, and \(key.ready) come before it; \(others)")
    }

    private static func ready(_ record: TaskRecord, _ surroundings: Surroundings) -> Waiting {
        func waiting(_ reason: Reason, _ message: String) -> Waiting {
            Waiting(reason, message, position: surroundings.position)
        }
        guard let swarm = surroundings.swarm else {
            return waiting(.swarmUnknown, "namespace \(record.namespace) has no swarm \(record.swarm)")
        }
        if swarm.isSuspended { return waiting(.swarmSuspended, "swarm \(record.swarm) is suspended") }
        if !swarm.capabilities.contains(record.type) {
            return waiting(.typeNotTaken, "swarm \(record.swarm) does not take task type \(record.type) any more")
        }
        if surroundings.agents.isEmpty {
            return waiting(.noAgents, "swarm \(record.swarm) has no agent yet; one is started for waiting tasks")
        }
        let active = surroundings.agents.filter { !$0.agent.isDraining }
        if active.isEmpty {
            return waiting(
                .agentsDraining,
                "\(count(surroundings.agents.count, "agent")) of swarm \(record.swarm), all of them draining")
        }
        let able = active.filter { load in
            let capabilities = load.agent.registration.capabilities
            return capabilities.isEmpty || capabilities.contains(record.type)
        }
        if able.isEmpty {
            return waiting(
                .agentsLackType,
                "none of the \(count(active.count, "agent")) of swarm \(record.swarm) runs task type \(record.type)")
        }
        let slots = able.reduce(0) { $0 + $1.agent.registration.slots }
        let free = able.reduce(0) { $0 + max($1.agent.registration.slots - $1.leased, 0) }
        let order = place(surroundings.position)
        if free == 0 {
            return waiting(
                .agentsBusy,
                "all \(count(slots, "slot")) of \(count(able.count, "agent")) of swarm \(record.swarm) are busy\(order)"
            )
        }
        return waiting(
            .nextInOrder,
            "\(count(free, "slot")) of swarm \(record.swarm) \(free == 1 ? "is" : "are") free; it is given out in its "
                + "turn\(order)")
    }

    private static func place(_ position: QueuePosition?) -> String {
        guard let position else { return "" }
        func number(_ count: Int) -> String { count >= QueuePosition.maxCounted ? "\(count) or more" : "\(count)" }
        if position.ahead == 0, position.otherSubmitters == 0 { return "; no task is before it" }
        let turns =
            position.otherSubmitters == 0
            ? "" : ", and \(number(position.otherSubmitters)) other submitters take turns with its own"
        return "; \(number(position.ahead)) of its submitter's tasks are before it\(turns)"
    }

    private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

    private static func seconds(_ milliseconds: Int64) -> String {
        milliseconds % 1000 == 0 ? "\(milliseconds / 1000) s" : "\(milliseconds) ms"
    }
}
