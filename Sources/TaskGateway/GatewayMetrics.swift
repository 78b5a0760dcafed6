import Metrics
import TaskProtocol
import TaskQueue

/// The metrics of `interfaces`: labels are namespace, swarm, type and a few fixed words, never a task's name.
struct GatewayMetrics: Sendable {
    func submitted(_ record: TaskRecord) {
        Counter(
            label: "das_tasks_submitted_total",
            dimensions: [("namespace", record.namespace), ("swarm", record.swarm), ("type", record.type)]
        ).increment()
    }

    /// Ends are counted from the feed, which has those of the reaper and the operator too.
    func count(_ change: Change) {
        guard change.kind == .finished, let state = change.state else { return }
        Counter(
            label: "das_tasks_finished_total",
            dimensions: [
                ("namespace", change.namespace), ("swarm", change.swarm), ("phase", WireMapping.phase(state).rawValue),
            ]
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
        Recorder(
            label: label,
            dimensions: [("namespace", record.namespace), ("swarm", record.swarm), ("type", record.type)],
            aggregate: true
        ).record(Double(max(milliseconds, 0)) / 1000)
    }
}
