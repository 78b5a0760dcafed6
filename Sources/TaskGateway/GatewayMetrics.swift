import Metrics
import Synchronization
import TaskProtocol
import TaskQueue

/// The metrics of `interfaces`: labels are namespace, swarm, type and a few fixed words, never a task's name.
final class GatewayMetrics: Sendable {
    /// One series of a metric that each task has its part in: to find it by its labels takes longer than to count.
    private struct Series: Hashable {
        var label: String
        var namespace: String
        var swarm: String
        /// The task's type, or the phase of its end.
        var word: String
    }

    /// More are not remembered at once.
    private static let maxSeries = 10_000

    private let counters = Mutex<[Series: Counter]>([:])
    private let recorders = Mutex<[Series: Recorder]>([:])

    func submitted(_ record: TaskRecord) {
        counter("das_tasks_submitted_total", record.namespace, record.swarm, ("type", record.type)).increment()
    }

    private func counter(
        _ label: String, _ namespace: String, _ swarm: String, _ word: (name: String, value: String)
    ) -> Counter {
        let series = Series(label: label, namespace: namespace, swarm: swarm, word: word.value)
        return counters.withLock { counters in
            if let known = counters[series] { return known }
            if counters.count >= Self.maxSeries { counters = [:] }
            let counter = Counter(label: label, dimensions: [("namespace", namespace), ("swarm", swarm), word])
            counters[series] = counter
            return counter
        }
    }

    /// Ends are counted from the feed, which has those of the reaper and the operator too.
    func count(_ change: Change) {
        guard change.kind == .finished, let state = change.state else { return }
        counter(
            "das_tasks_finished_total", change.namespace, change.swarm, ("phase", WireMapping.phase(state).rawValue)
        ).increment()
    }

    /// From being ready to being leased.
    func leased(_ task: LeasedTask) {
        guard let lease = task.record.lease else { return }
        record("das_task_wait_seconds", milliseconds: lease.since - task.record.readyAt, task.record)
    }

    /// From being leased to the report that ended the task.
    func reported(_ record: TaskRecord) {
        guard let ended = record.ended, let lease = record.lastLease else { return }
        self.record("das_task_run_seconds", milliseconds: ended - lease.since, record)
    }

    func refused(_ refusal: ReportRefusal) {
        Counter(label: "das_reports_refused_total", dimensions: [("reason", refusal.rawValue)]).increment()
    }

    func leasesExpired(_ count: Int) {
        Counter(label: "das_leases_expired_total").increment(by: count)
    }

    func queue(_ summary: QueueSummary) {
        let place = [("namespace", summary.namespace), ("swarm", summary.swarm)]
        Gauge(label: "das_queue_ready", dimensions: place).record(summary.ready)
        Gauge(label: "das_queue_leased", dimensions: place).record(summary.leased)
        let oldest = summary.oldestReady.map { Double(max(summary.time - $0, 0)) / 1000 } ?? 0
        Gauge(label: "das_queue_oldest_seconds", dimensions: place).record(oldest)
    }

    private func record(_ label: String, milliseconds: Int64, _ record: TaskRecord) {
        let series = Series(label: label, namespace: record.namespace, swarm: record.swarm, word: record.type)
        let recorder = recorders.withLock { recorders in
            if let known = recorders[series] { return known }
            if recorders.count >= Self.maxSeries { recorders = [:] }
            let recorder = Recorder(
                label: label,
                dimensions: [("namespace", record.namespace), ("swarm", record.swarm), ("type", record.type)],
                aggregate: true)
            recorders[series] = recorder
            return recorder
        }
        recorder.record(Double(max(milliseconds, 0)) / 1000)
    }
}
