import TaskQueue

/// Random operations on a store, each compared with what the pure machine says it must do.
///
/// The run is a function of its seed. What a store draws for itself (tokens) is checked to be possible
/// and then taken over.
package struct RandomTrace {
    /// One of each swarm takes all types, one has a few of its own.
    private static let agentTypes: KeyValuePairs<String, [String]> = [
        "one": [], "two": ["echo"], "three": ["probe", "echo"], "four": [], "five": ["probe", Workbench.type],
    ]
    private static let swarms = [Workbench.swarm, "second"]
    private static let types = [Workbench.type, "echo", "probe"]
    private static let keys = ["gpu", "vendor", "account"]
    private static let submitters = ["ann", "bob", "eve"]
    private static let groups: [TaskID] = ["few", "many"]

    let seed: UInt64
    private var random: SeededGenerator
    private var bench: Workbench
    private var model: TraceModel
    private var agents: [AgentID] = []
    private var requests: [AgentID: Int64] = [:]
    /// Every lease that was ever given out.
    private var leases: [LeasedTask] = []
    private var submitted = 0
    private var items: [TaskID: Int] = [:]
    private var oracle = LimitOracle()

    /// Runs `steps` random operations.
    /// - Throws: `ConformanceFailure` that names the seed and the step.
    package static func run(seed: UInt64, steps: Int, _ factory: StoreFactory) async throws {
        var trace = try await RandomTrace(seed: seed, factory)
        for step in 0..<steps {
            do {
                try await trace.step()
                try await trace.compare()
            } catch {
                throw ConformanceFailure("seed \(seed), step \(step): \(error)")
            }
        }
        do { try await trace.compareHistory() } catch { throw ConformanceFailure("seed \(seed), at the end: \(error)") }
    }

    private init(seed: UInt64, _ factory: StoreFactory) async throws {
        self.seed = seed
        random = SeededGenerator(seed: seed)
        var policy = QueuePolicy()
        policy.retentionMs = .max / 4
        policy.failedRetentionMs = .max / 4
        bench = try await Workbench(factory, policy: policy)
        model = TraceModel(machine: TaskMachine(policy: policy))
        // The second swarm does not take the last type: what is of it waits there until it is bound to the first.
        for (swarm, types) in zip(Self.swarms, [Self.types, Self.types.dropLast()]) {
            var entry = Workbench.entry(swarm)
            entry.capabilities = types
            try await bench.store.putCatalogue(entry)
            model.swarms[swarm] = types
        }
        for (index, agent) in Self.agentTypes.enumerated() {
            let known = TraceModel.Agent(
                name: agent.key, swarm: Self.swarms[index % 2], slots: 3, capabilities: agent.value)
            agents.append(try await register(known))
        }
    }

    private mutating func register(_ agent: TraceModel.Agent) async throws -> AgentID {
        let id = try await bench.agent(
            agent.name, swarm: agent.swarm, slots: agent.slots, capabilities: agent.capabilities)
        model.agents[id] = agent
        return id
    }

    private var now: StoreTime { bench.clock.now() }

    private mutating func step() async throws {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<18: try await submit()
        case 18..<42: try await lease()
        case 42..<54: try await beat()
        case 54..<76: try await report()
        case 76..<82: try await cancel()
        case 82..<86: try await amend()
        case 86..<89: try await setLimit()
        case 89..<97: try await pass()
        case 97: try await endAgent()
        case 98: try await drain()
        default: try await reopen()
        }
    }

    // MARK: Operations

    private mutating func submit() async throws {
        let submissions = (0..<Int.random(in: 1...3, using: &random)).map { _ -> Submission in
            submitted += 1
            return bench.submission(nextID()) {
                $0.type = random.pick(Self.types) ?? Workbench.type
                $0.swarm = random.pick(Self.swarms) ?? Workbench.swarm
                $0.isPinned = random.chance(30)
                $0.priority = Int.random(in: -2...2, using: &random)
                $0.delayMs = random.chance(20) ? Int64.random(in: 1...20_000, using: &random) : 0
                $0.deadlineMs = random.chance(20) ? Int64.random(in: 1...60_000, using: &random) : nil
                $0.timeoutMs = Int64.random(in: 1000...40_000, using: &random)
                $0.retry = RetryPolicy(
                    limit: Int.random(in: 0...3, using: &random), backoffSeconds: random.chance(50) ? 3 : 0,
                    retryOn: random.chance(20) ? ["X*", Failure.leaseExpired] : [],
                    giveUpOn: random.chance(20) ? [random.pick(["XX", Failure.timedOut, "LEASE*"]) ?? ""] : [])
                $0.isSuspended = random.chance(10)
                $0.concurrencyKey = random.chance(50) ? random.pick(Self.keys) : nil
                $0.fairnessKey = random.pick(Self.submitters) ?? ""
                if random.chance(30) { $0.origin = .object(name: "object-\(submitted)") }
            }
        }
        let verdicts = try await bench.store.submit(submissions)
        for (submission, verdict) in zip(submissions, verdicts) {
            let record = try model.add(model.machine.admit(submission, at: now), at: now)
            try expectEqual(verdict, .created(record), "submission")
        }
    }

    /// Now and then an item, the next one of its group.
    private mutating func nextID() -> TaskID {
        guard random.chance(40), let group = random.pick(Self.groups) else { return TaskID("t\(submitted)") }
        defer { items[group, default: 0] += 1 }
        return TaskID(item: items[group] ?? 0, of: group)
    }

    private mutating func lease() async throws {
        guard let agent = random.pick(agents), let known = model.agents[agent] else { return }
        requests[agent, default: 0] += 1
        let slots = Int.random(in: 1...3, using: &random)
        let call = LeaseCall(agent: agent, request: requests[agent] ?? 1, slots: slots)
        let verdict = try await bench.store.lease(call)
        if known.isGone { return try expectEqual(verdict, .unknownAgent, "verdict for an agent that is gone") }
        guard case .answered(let offer) = verdict else { throw ConformanceFailure("lease: \(verdict)") }
        let expected = known.isDraining ? [] : try model.grant(call, to: known, at: now)
        try expectEqual(offer.tasks.map(\.record.id), expected, "tasks leased")
        for task in offer.tasks { try oracle.noteLease(of: task.record, at: now) }
        for task in offer.tasks {
            try expect(!leases.contains { $0.key.token == task.key.token }, "a token is used once")
            model.take(token: task.key.token, of: task.record.id)
        }
        leases += offer.tasks
    }

    /// A lease to speak of: mostly a late one, sometimes an old one, sometimes with a token that is none.
    private mutating func someLease() -> LeasedTask? {
        guard var lease = random.chance(80) ? leases.suffix(6).randomElement(using: &random) : random.pick(leases)
        else { return nil }
        if random.chance(5) { lease.key.token = LeaseToken(high: random.next(), low: random.next()) }
        if random.chance(5) { lease.key.epoch += random.chance(50) ? 1 : -1 }
        return lease
    }

    private mutating func beat() async throws {
        guard let agent = random.pick(agents), let lease = someLease() else { return }
        let progress = random.chance(50) ? Progress(done: Int64.random(in: 0...3, using: &random), total: 3) : nil
        let output = random.chance(30) ? output() : nil
        let beat = Beat(task: lease.record.id, key: lease.key, progress: progress, output: output)
        let verdict = try require(
            try await bench.store.heartbeat(agent, [beat]).verdicts.first, "verdict on a heartbeat")
        let expected = try model.beat(beat, at: now)
        switch (verdict, expected) {
        case (.alive, .alive), (.lost, .lost): break
        case (.cancelRequested(let a), .cancelRequested(let b)) where a == b: break
        default: throw ConformanceFailure("heartbeat: expected \(expected), found \(verdict)")
        }
    }

    /// Seldom so much that the first of it goes.
    private mutating func output() -> [UInt8] {
        let length = random.chance(10) ? Int.random(in: 1...TaskOutput.maxBytes, using: &random) : 5
        return [UInt8](repeating: UInt8.random(in: 0x61...0x7A, using: &random), count: length)
    }

    private mutating func report() async throws {
        guard let agent = random.pick(agents), let lease = someLease() else { return }
        let code = random.pick(["X", "XX", "Y"]) ?? ""
        let failure = Failure(code: code, message: "\(Int.random(in: 0...1, using: &random))")
        let content: AttemptReport.Content =
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5: .complete(result: [UInt8.random(in: 0x30...0x31, using: &random)])
            case 5, 6: .fail(failure, isRetryable: true)
            case 7: .fail(failure, isRetryable: false)
            default: .release(checkpoint: nil)
            }
        let report = AttemptReport(task: lease.record.id, key: lease.key, content: content)
        let outcome = try await bench.report(agent, lease, content)
        let expected = try model.apply(.report(lease.key, report.report), to: lease.record.id, at: now)
        switch (outcome, expected) {
        case (.accepted, .accepted), (.duplicate, .duplicate): break
        case (.refused(let a), .refused(let b)) where a == b: break
        default: throw ConformanceFailure("report: expected \(expected), found \(outcome)")
        }
    }

    private mutating func cancel() async throws {
        guard let id = random.pick(model.order) else { return }
        let order = CancelOrder(
            mode: random.chance(60) ? .cooperative : .force,
            graceMs: random.chance(50) ? Int64.random(in: 0...10_000, using: &random) : nil, reason: "chance")
        _ = try await bench.store.cancel(id, order)
        _ = try model.apply(.cancel(order), to: id, at: now)
    }

    private mutating func amend() async throws {
        guard let id = random.pick(model.order) else { return }
        switch Int.random(in: 0..<3, using: &random) {
        case 0:
            let priority = Int.random(in: -3...3, using: &random)
            _ = try await bench.store.amend(id, TaskAmendment(priority: priority))
            _ = try model.apply(.prioritise(priority), to: id, at: now)
        case 1:
            let isSuspended = random.chance(40)
            _ = try await bench.store.amend(id, TaskAmendment(isSuspended: isSuspended))
            _ = try model.apply(isSuspended ? .hold(.suspended) : .unhold(.suspended), to: id, at: now)
        default:
            let swarm = random.pick(Self.swarms) ?? Workbench.swarm
            _ = try await bench.store.amend(id, TaskAmendment(swarm: swarm))
            _ = try model.apply(.bind(swarm: swarm), to: id, at: now)
        }
    }

    private mutating func setLimit() async throws {
        guard let key = random.pick(Self.keys) else { return }
        if random.chance(25) {
            _ = try await bench.store.removeLimit(namespace: Workbench.namespace, key: key)
            oracle.set(.standard, of: key, at: now)
            return try model.set(nil, of: key, at: now)
        }
        let rate = RateLimit(
            intervalMicroseconds: Int64.random(in: 1...9_000_000, using: &random),
            burst: Int.random(in: 1...3, using: &random))
        let limit = KeyLimit(
            maxConcurrent: random.chance(70) ? Int.random(in: 0...3, using: &random) : nil,
            rate: random.chance(50) ? rate : nil)
        try await bench.store.putLimit(limit, namespace: Workbench.namespace, key: key)
        oracle.set(limit, of: key, at: now)
        try model.set(limit, of: key, at: now)
    }

    private mutating func pass() async throws {
        bench.clock.advance(Int64.random(in: 0...9000, using: &random))
        if random.chance(20) { return }
        let result = try await bench.store.reap(limit: 10_000)
        try expectEqual(result.changed, try model.reap(at: now), "tasks that time changed")
        try oracle.checkTokens(model.order.compactMap { model.records[$0] }, at: now)
    }

    private mutating func endAgent() async throws {
        guard let index = agents.indices.randomElement(using: &random), let known = model.agents[agents[index]]
        else { return }
        try await bench.store.endAgents(podUIDs: ["uid-\(known.name)"])
        for id in model.leased(by: agents[index]) {
            _ = try model.apply(.agentGone(agents[index]), to: id, at: now)
        }
        model.agents[agents[index]]?.isGone = true
        // Another process of another pod takes its place.
        agents[index] = try await register(
            TraceModel.Agent(
                name: known.name + "'", swarm: known.swarm, slots: known.slots, capabilities: known.capabilities))
    }

    private mutating func drain() async throws {
        guard let agent = random.pick(agents) else { return }
        let isDraining = random.chance(30)
        try await bench.store.setDraining([agent], isDraining)
        model.agents[agent]?.isDraining = isDraining
    }

    private mutating func reopen() async throws {
        bench.subject.store = try await bench.subject.reopen()
        for id in model.order { _ = try model.apply(.recover, to: id, at: now) }
    }

    // MARK: Comparison

    /// Every record of the store is the model's.
    private mutating func compare() async throws {
        var query = TaskQuery(namespace: Workbench.namespace, limit: 1000)
        var found: [TaskRecord] = []
        repeat {
            let page = try await bench.store.tasks(query)
            found += page.tasks
            query.cursor = page.cursor
        } while query.cursor != nil
        try expectEqual(found.map(\.id), model.order.reversed(), "tasks")
        for record in found { try model.reconcile(record, at: now) }
        try oracle.check(found)
        for key in Self.keys {
            let standing = try await bench.store.keyStanding(namespace: Workbench.namespace, key: key)
            try expectEqual(standing, model.keys.standing(of: key, at: now, like: standing), "standing of \(key)")
        }
        try expectEqual(try await bench.store.nextDue(), model.nextDue, "when time is needed next")
        try await compareGroups()
        if let id = random.pick(found.filter { $0.state == .ready }.map(\.id)) {
            try expectEqual(try await bench.store.position(of: id), model.position(of: id), "position of \(id)")
        }
        let swarm = random.pick(Self.swarms) ?? Workbench.swarm
        let summary = try await bench.store.summary(namespace: Workbench.namespace, swarm: swarm)
        let counts = TraceModel.Counts(
            ready: summary.ready, leased: summary.leased, delayed: summary.delayed, held: summary.held,
            oldestReady: summary.oldestReady, nextDelayed: summary.nextDelayed)
        try expectEqual(counts, model.counts(of: swarm), "counts of \(swarm)")
    }

    private mutating func compareGroups() async throws {
        guard let group = random.pick(Self.groups) else { return }
        try expectEqual(try await bench.store.group(group), model.group(group), "group \(group)")
        var query = TaskQuery(namespace: Workbench.namespace, group: group, limit: 7)
        query.cursor = random.chance(50) ? items[group].map { Int64($0 / 2) } : nil
        let listed = try await bench.store.tasks(query)
        let below = model.items(of: group).reversed().filter { item in query.cursor.map { item.index < $0 } ?? true }
        try expectEqual(listed.tasks, below.prefix(7).map(\.record), "items of \(group)")
        try expectEqual(listed.cursor, below.count > 7 ? Int64(below[6].index) : nil, "cursor in \(group)")
        let live = Self.groups.filter { model.group($0).map { $0.counts.live > 0 } ?? false }
        try expectEqual(Set(try await bench.store.liveGroups()), Set(live), "groups that go on")
    }

    /// Ledger and feed of every task are the model's.
    private func compareHistory() async throws {
        let feed = Dictionary(grouping: try await bench.changes().filter { $0.task != nil }, by: { $0.task })
        for id in model.order {
            try expectEqual(
                feed[id]?.map { TraceModel.Told(kind: $0.kind, state: $0.state) } ?? [], model.told[id] ?? [],
                "feed of \(id)")
            let attempts = try await bench.store.attempts(of: id)
            try expectEqual(attempts, model.attempts[id] ?? [], "attempts of \(id)")
            let output = try await bench.store.output(of: id)
            try expect(
                output == model.outputs[id], "output of \(id): the \(output?.end ?? 0) bytes are not the model's")
        }
        for swarm in Self.swarms {
            let outcomes = try await bench.store.outcomes(namespace: Workbench.namespace, swarm: swarm, limit: 1000)
            let expected = model.outcomes.filter { $0.swarm == swarm }
            try expectEqual(Set(outcomes), Set(expected), "outcomes of \(swarm)")
            try expectEqual(outcomes.count, Set(outcomes.map(\.task)).count, "each task ends once")
        }
    }
}
