internal import Metrics

/// The metrics of one controller, under the names that dashboards for controller-runtime know.
struct ControllerMetrics: Sendable {
    private let success: Counter
    private let error: Counter
    private let requeueAfter: Counter
    private let terminal: Counter
    private let errors: Counter
    private let terminalErrors: Counter
    private let timeouts: Counter
    private let duration: Timer
    let active: Gauge
    let maximum: Gauge
    let hotLoops: Counter
    /// Reconciles that go on although they were cancelled.
    let stuck: Gauge

    init(controller: String) {
        func total(_ result: String) -> Counter {
            Counter(
                label: "controller_runtime_reconcile_total",
                dimensions: [("controller", controller), ("result", result)])
        }
        let dimensions = [("controller", controller)]
        success = total("success")
        error = total("error")
        requeueAfter = total("requeue_after")
        terminal = total("terminal")
        errors = Counter(label: "controller_runtime_reconcile_errors_total", dimensions: dimensions)
        terminalErrors = Counter(label: "controller_runtime_terminal_reconcile_errors_total", dimensions: dimensions)
        timeouts = Counter(label: "controller_runtime_reconcile_timeouts_total", dimensions: dimensions)
        duration = Timer(label: "controller_runtime_reconcile_time_seconds", dimensions: dimensions)
        active = Gauge(label: "controller_runtime_active_workers", dimensions: dimensions)
        maximum = Gauge(label: "controller_runtime_max_concurrent_reconciles", dimensions: dimensions)
        stuck = Gauge(label: "controller_runtime_stuck_reconciles", dimensions: dimensions)
        hotLoops = Counter(label: "controller_runtime_hot_loops_total", dimensions: dimensions)
    }

    func ended(_ result: Result<ReconcileResult, any Error>, took: Duration) {
        duration.recordNanoseconds(took.nanoseconds)
        switch result {
        case .success(.done): success.increment()
        case .success(.requeue): requeueAfter.increment()
        case .success(.terminal):
            terminal.increment()
            errors.increment()
            terminalErrors.increment()
        case .failure(let failure):
            error.increment()
            errors.increment()
            if failure is ReconcileDeadlineExceeded { timeouts.increment() }
        }
    }
}

/// The metrics of one work queue.
struct WorkQueueMetrics: Sendable {
    let depth: Gauge
    let adds: Counter
    let retries: Counter
    private let queueDuration: Timer
    private let workDuration: Timer

    init(name: String) {
        let dimensions = [("name", name), ("controller", name)]
        depth = Gauge(label: "workqueue_depth", dimensions: dimensions)
        adds = Counter(label: "workqueue_adds_total", dimensions: dimensions)
        retries = Counter(label: "workqueue_retries_total", dimensions: dimensions)
        queueDuration = Timer(label: "workqueue_queue_duration_seconds", dimensions: dimensions)
        workDuration = Timer(label: "workqueue_work_duration_seconds", dimensions: dimensions)
    }

    func handedOut(after waited: Duration) { queueDuration.recordNanoseconds(waited.nanoseconds) }
    func worked(for duration: Duration) { workDuration.recordNanoseconds(duration.nanoseconds) }
}

extension Duration {
    /// For metrics; longer than 292 years is cut.
    var nanoseconds: Int64 {
        let nanoseconds = seconds * 1e9
        return nanoseconds < 9e18 ? Int64(nanoseconds) : .max
    }
}
