import BenchmarkSupport
import TaskQueue

/// An agent that brings its own work: it submits a task, leases one, and reports it, again and again.
struct QueueWorker {
    struct Times: Sendable {
        var submit = Durations()
        var lease = Durations()
        var report = Durations()
        /// All three.
        var path = Durations()

        mutating func add(contentsOf other: Times) {
            submit.add(contentsOf: other.submit)
            lease.add(contentsOf: other.lease)
            report.add(contentsOf: other.report)
            path.add(contentsOf: other.path)
        }
    }

    static let namespace = "default"
    static let swarm = "bench"
    static let type = "echo"
    /// As large as the peer's row.
    private static let payload = Array(#"{"text":"\#(String(repeating: "a", count: RawSQLite.rowBytes - 11))"}"#.utf8)

    let store: any TaskStore
    let name: String
    private let agent: AgentID

    /// Registers the agent.
    init(_ name: String, store: any TaskStore) async throws {
        self.name = name
        self.store = store
        agent = try await store.register(
            AgentRegistration(
                namespace: Self.namespace, swarm: Self.swarm, name: name, instance: name, slots: 1, version: "1",
                capabilities: [Self.type], serviceAccount: Self.swarm)
        ).id
    }

    static func prepare(_ store: any TaskStore) async throws {
        try await store.putCatalogue(
            CatalogueEntry(namespace: namespace, swarm: swarm, capabilities: [type], serviceAccount: swarm))
    }

    func run(tasks: Range<Int>) async throws -> Times {
        var times = Times()
        for number in tasks {
            let begin = ContinuousClock.now
            try await times.submit.measure {
                let verdicts = try await store.submit([submission(number)])
                guard case .created = verdicts.first else {
                    throw BenchmarkFailure("task \(number) of \(name) was not taken: \(verdicts)")
                }
            }
            // There is one for each who asks: everybody submits before asking.
            let task = try await times.lease.measure {
                let verdict = try await store.lease(LeaseCall(agent: agent, request: Int64(number + 1), slots: 1))
                guard case .answered(let offer) = verdict, let task = offer.tasks.first else {
                    throw BenchmarkFailure("\(name) got no lease: \(verdict)")
                }
                return task
            }
            try await times.report.measure {
                let report = AttemptReport(
                    task: task.record.id, key: task.key, content: .complete(result: Self.payload))
                let outcomes = try await store.report(agent, [report], next: nil).outcomes
                guard case .accepted = outcomes.first else {
                    throw BenchmarkFailure("the report of \(name) was refused: \(outcomes)")
                }
            }
            times.path.add(begin.duration(to: .now))
        }
        return times
    }

    private func submission(_ number: Int) -> Submission {
        Submission(
            id: TaskID("\(name)-\(number)"), namespace: Self.namespace, type: Self.type, swarm: Self.swarm,
            origin: .http(submitter: "bench"), input: Self.payload)
    }
}
