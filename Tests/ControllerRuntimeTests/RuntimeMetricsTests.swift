import ControllerRuntime
import KubernetesModel
import Logging
import Telemetry
import Testing

/// The names by which dashboards for controller-runtime find the figures. The metrics system can be set once a process, so each of
/// these is a process of its own.
@Suite struct RuntimeMetricsTests {
    /// The lines of the metrics that begin with one of these.
    private static func lines(_ registry: PrometheusRegistry, _ prefixes: String...) -> Set<String> {
        Set(
            registry.text().split(separator: "\n").map(String.init).filter { line in
                prefixes.contains { line.hasPrefix($0) }
            })
    }

    @Test func `reconciles, their ends and their queue are counted under controller-runtime's names`() async {
        await #expect(processExitsWith: .success) {
            struct Failure: Error {}
            let registry = Telemetry.bootstrap(level: .critical)
            let calls = Tally()
            let controller = Controller(
                name: "widgets",
                reconciler: ReconcileFunction { key in
                    calls.add()
                    switch key.name {
                    case "fails": throw Failure()
                    case "again": return .requeue(after: .seconds(60))
                    case "wrong": return .terminal(reason: "wrong")
                    default: return .done
                    }
                }, configuration: .init(concurrency: 3), time: TimeSource(ManualClock()))
            let run = Task { await controller.run() }
            for name in ["fails", "again", "wrong", "fine"] {
                controller.enqueue(ObjectKey(namespace: "n", name: name))
            }
            await calls.reaches(4)
            run.cancel()
            await run.value
            let found = Self.lines(registry, "controller_runtime_", "workqueue_")
            for line in [
                #"controller_runtime_reconcile_total{controller="widgets",result="success"} 1"#,
                #"controller_runtime_reconcile_total{controller="widgets",result="error"} 1"#,
                #"controller_runtime_reconcile_total{controller="widgets",result="requeue_after"} 1"#,
                #"controller_runtime_reconcile_errors_total{controller="widgets"} 2"#,
                #"controller_runtime_terminal_reconcile_errors_total{controller="widgets"} 1"#,
                #"controller_runtime_reconcile_time_seconds_count{controller="widgets"} 4"#,
                #"controller_runtime_max_concurrent_reconciles{controller="widgets"} 3"#,
                #"controller_runtime_active_workers{controller="widgets"} 0"#,
                #"workqueue_adds_total{controller="widgets",name="widgets"} 5"#,
                #"workqueue_retries_total{controller="widgets",name="widgets"} 1"#,
                #"workqueue_depth{controller="widgets",name="widgets"} 2"#,
                #"workqueue_queue_duration_seconds_count{controller="widgets",name="widgets"} 4"#,
                #"workqueue_work_duration_seconds_count{controller="widgets",name="widgets"} 4"#,
            ] {
                #expect(found.contains(line), "\(line) is not among \(found.sorted())")
            }
        }
    }

    @Test func `who leads says so`() async {
        await #expect(processExitsWith: .success) {
            let registry = Telemetry.bootstrap(level: .critical)
            let elector = LeaderElector(name: "test", identity: "us", store: Leases())
            try await elector.run {
                #expect(Self.lines(registry, "leader_") == [#"leader_election_master_status{name="test"} 1"#])
            }
            #expect(Self.lines(registry, "leader_") == [#"leader_election_master_status{name="test"} 0"#])
        }
    }
}
