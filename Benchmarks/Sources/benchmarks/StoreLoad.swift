import BenchmarkSupport
import Synchronization
import TaskQueue

/// What submitters and agents do to a store in one process.
struct StoreLoad: Sendable {
    /// How long the whole took, and each call of it.
    struct Times: Sendable {
        var took = Duration.zero
        var calls = Durations()
    }

    /// A number that many count up.
    private final class Counter: Sendable {
        private let value = Atomic(0)

        var now: Int { value.load(ordering: .relaxed) }

        /// - Returns: what it was before.
        @discardableResult
        func add(_ number: Int) -> Int { value.add(number, ordering: .relaxed).oldValue }
    }

    private static let namespace = "default"
    private static let swarm = "bench"
    private static let type = "echo"
    private static let payload = Array(#"{"text":"\#(String(repeating: "a", count: 245))"}"#.utf8)
    /// How long an agent that found nothing waits; a gateway would be woken by the feed.
    private static let pause = Duration.milliseconds(2)

    let store: any TaskStore
    let submitters: Int
    let batch: Int
    let callers: Int

    func prepare() async throws {
        try await store.putCatalogue(
            CatalogueEntry(
                namespace: Self.namespace, swarm: Self.swarm, capabilities: [Self.type], serviceAccount: Self.swarm))
    }

    // MARK: Submitting

    func submit(_ count: Int, name: String) async throws -> Times {
        let next = Counter()
        let began = ContinuousClock.now
        var times = Times()
        times.calls = try await withThrowingTaskGroup(of: Durations.self) { group in
            for _ in 0..<callers {
                group.addTask {
                    var calls = Durations()
                    while true {
                        let first = next.add(batch)
                        if first >= count { return calls }
                        let range = first..<min(first + batch, count)
                        let submissions = range.map { submission("\(name)-\($0)", $0) }
                        let verdicts = try await calls.measure { try await store.submit(submissions) }
                        for case .refused(let refusal) in verdicts { throw BenchmarkFailure("refused: \(refusal)") }
                    }
                }
            }
            return try await group.reduce(into: Durations()) { $0.add(contentsOf: $1) }
        }
        times.took = began.duration(to: .now)
        return times
    }

    private func submission(_ id: String, _ number: Int) -> Submission {
        Submission(
            id: TaskID(id), namespace: Self.namespace, type: Self.type, swarm: Self.swarm,
            origin: .http(submitter: "bench"), input: Self.payload, fairnessKey: "submitter-\(number % submitters)")
    }

    // MARK: Agents

    private func register(_ name: String, slots: Int) async throws -> AgentID {
        try await store.register(
            AgentRegistration(
                namespace: Self.namespace, swarm: Self.swarm, name: name, instance: name, slots: slots, version: "1",
                capabilities: [], serviceAccount: Self.swarm)
        ).id
    }

    /// Submits tasks and has agents complete them: all that they hold with one call, which asks for more.
    /// - Parameter isReady: whether the tasks are submitted before anything is measured.
    func complete(
        _ count: Int, agents: Int, slots: Int, name: String, isReady: Bool = false
    ) async throws -> Times {
        if isReady { _ = try await submit(count, name: name) }
        var ids: [AgentID] = []
        for number in 0..<agents { ids.append(try await register("\(name)-agent-\(number)", slots: slots)) }
        let done = Counter()
        let began = ContinuousClock.now
        return try await withThrowingTaskGroup(of: Durations?.self) { group in
            if !isReady {
                group.addTask {
                    _ = try await submit(count, name: name)
                    return nil
                }
            }
            for id in ids { group.addTask { try await work(as: id, slots, until: count, done) } }
            let follower = Task { try await follow() }
            let reaper = Task { try await keepTime() }
            defer {
                follower.cancel()
                reaper.cancel()
            }
            var times = Times()
            for try await calls in group { if let calls { times.calls.add(contentsOf: calls) } }
            times.took = began.duration(to: .now)
            return times
        }
    }

    private func work(
        as agent: AgentID, _ slots: Int, until count: Int, _ done: Counter
    ) async throws -> Durations {
        var calls = Durations()
        var held: [LeasedTask] = []
        var request: Int64 = 0
        while done.now < count {
            request += 1
            let call = LeaseCall(agent: agent, request: request, slots: slots)
            let reports = held.map { task in
                AttemptReport(task: task.record.id, key: task.key, content: .complete(result: Self.payload))
            }
            let verdict: LeaseVerdict
            if reports.isEmpty {
                verdict = try await store.lease(call)
            } else {
                let answer = try await calls.measure { try await store.report(agent, reports, next: call) }
                for outcome in answer.outcomes {
                    guard case .accepted = outcome else { throw BenchmarkFailure("a report was refused: \(outcome)") }
                }
                done.add(reports.count)
                guard let next = answer.next else { throw BenchmarkFailure("the report's lease was not answered") }
                verdict = next
            }
            guard case .answered(let offer) = verdict else { throw BenchmarkFailure("no lease: \(verdict)") }
            held = offer.tasks
            if held.isEmpty { try await Task.sleep(for: Self.pause) }
        }
        return calls
    }

    /// Reads what the feed tells, as a gateway does.
    private func follow() async throws {
        var cursor = try await store.changeCursor()
        for await _ in store.changeHints() {
            while true {
                let page = try await store.changes(after: cursor, limit: 1000)
                if page.changes.isEmpty { break }
                cursor = page.cursor
            }
        }
    }

    private func keepTime() async throws {
        while !Task.isCancelled {
            _ = try await store.reap(limit: 200)
            try await Task.sleep(for: .seconds(1))
        }
    }

    // MARK: With a backlog

    /// Leases one task at a time, and completes it.
    func leases(_ count: Int, name: String) async throws -> Durations {
        let agent = try await register("\(name)-single", slots: 1)
        var calls = Durations()
        for request in 1...Int64(count) {
            let verdict = try await calls.measure {
                try await store.lease(LeaseCall(agent: agent, request: request, slots: 1))
            }
            guard case .answered(let offer) = verdict, let task = offer.tasks.first else {
                throw BenchmarkFailure("no lease: \(verdict)")
            }
            let report = AttemptReport(task: task.record.id, key: task.key, content: .complete(result: Self.payload))
            _ = try await store.report(agent, [report], next: nil)
        }
        return calls
    }

    func summaries(_ count: Int) async throws -> Durations {
        var calls = Durations()
        for _ in 0..<count {
            _ = try await calls.measure { try await store.summary(namespace: Self.namespace, swarm: Self.swarm) }
        }
        return calls
    }
}
