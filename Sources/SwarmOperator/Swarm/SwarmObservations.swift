package import KubernetesModel
import SwarmAPI
package import SwarmScaling
import Synchronization
package import TaskQueue

/// What the operator has seen of each swarm's tasks and agents, and what its last decision left: the inputs of the next one that
/// neither the store nor the API server tells.
///
/// Guarantees: all times are the store's. Caveat: begins empty at each start of the operator. The change feed is read again from
/// where it begins, and until there is more, the store's own counts stand in.
package final class SwarmObservations: Sendable {
    private struct Observed {
        var arrivals: ArrivalTracker
        var services = ServiceTracker<TaskID>()
        var work = WorkTracker<TaskID>()
        var starts = StartTracker()
        var memory: (value: ScalingMemory, time: StoreTime)?
    }

    private let swarms = Mutex<[ObjectKey: Observed]>([:])
    /// When this began to see everything.
    private let start: StoreTime

    package init(start: StoreTime) { self.start = start }

    // MARK: What is seen

    package func note(_ changes: [Change]) {
        swarms.withLock { swarms in
            for change in changes where !change.swarm.isEmpty {
                guard let task = change.task else { continue }
                let key = ObjectKey(namespace: change.namespace, name: change.swarm)
                let milliseconds = change.time.milliseconds
                note(change, of: task, at: milliseconds, on: &swarms[key])
                switch change.kind {
                case .ready:
                    // An attempt may end by the task's being ready again.
                    swarms[key, default: begin()].services.ended(task, at: milliseconds)
                    swarms[key, default: begin()].arrivals.note(at: milliseconds)
                case .leased: swarms[key, default: begin()].services.began(task, at: milliseconds)
                case .waiting, .finished: swarms[key]?.services.ended(task, at: milliseconds)
                default: break
                }
            }
        }
    }

    private func note(_ change: Change, of task: TaskID, at milliseconds: Int64, on observed: inout Observed?) {
        let kind = change.work.map { WorkClass(type: $0.type, inputBytes: $0.inputBytes) }
        switch (change.kind, kind) {
        case (.ready, let kind?):
            observed = observed ?? begin()
            observed?.work.becameReady(task, kind, at: milliseconds)
        case (.leased, let kind?):
            observed = observed ?? begin()
            observed?.work.began(task, kind, at: milliseconds)
        case (.waiting, let kind?): observed?.work.waits(task, kind, at: milliseconds)
        case (.finished, _), (.waiting, nil), (.ready, nil): observed?.work.ended(task, at: milliseconds)
        default: break
        }
    }

    /// Changes were missed.
    package func loseTrack() {
        swarms.withLock { swarms in
            for key in swarms.keys {
                swarms[key]?.services.loseTrack()
                swarms[key]?.work.loseTrack()
            }
        }
    }

    /// - Parameter isGone: the pod was deleted.
    package func note(_ pod: Pod, isGone: Bool, at time: StoreTime) {
        guard let name = pod.metadata.labels?[SwarmNames.swarmLabel], let uid = pod.metadata.uid else { return }
        let key = ObjectKey(namespace: pod.metadata.namespace ?? "", name: name)
        swarms.withLock { swarms in
            if isGone || pod.metadata.deletionTimestamp != nil {
                swarms[key]?.starts.forget(uid)
            } else {
                let isReady = pod.status?.conditions?.contains { $0.type == "Ready" && $0.status == "True" } ?? false
                swarms[key, default: begin()].starts.observe(uid, isReady: isReady, at: time.milliseconds)
            }
        }
    }

    package func forget(_ key: ObjectKey) { swarms.withLock { $0[key] = nil } }

    private func begin() -> Observed { Observed(arrivals: ArrivalTracker(start: start.milliseconds)) }

    // MARK: What it amounts to

    /// What a decision on the swarm needs beside its objects, at the moment of the summary.
    package struct Figures: Sendable, Equatable {
        package var arrivals: ArrivalWindows
        package var service: ServiceTime?
        package var work: WorkMix?
        package var start: AgentStart?
        package var memory: ScalingMemory?

        package init(
            arrivals: ArrivalWindows, service: ServiceTime? = nil, work: WorkMix? = nil,
            start: AgentStart? = nil, memory: ScalingMemory? = nil
        ) {
            self.arrivals = arrivals
            self.service = service
            self.work = work
            self.start = start
            self.memory = memory
        }
    }

    package func figures(for key: ObjectKey, _ summary: QueueSummary) -> Figures {
        let now = summary.time.milliseconds
        // Those that wait for time or for their key's limit are no arrivals yet.
        let arrivals = max(summary.arrivalsLastMinute - summary.delayed - summary.held, 0)
        return swarms.withLock { swarms in
            var observed = swarms[key] ?? begin()
            defer { swarms[key] = observed }
            return Figures(
                arrivals: observed.arrivals.windows(now: now, arrivalsBefore: arrivals),
                service: observed.services.time(
                    now: now, meanBefore: summary.serviceMilliseconds.map { Int(clamping: $0) }),
                work: observed.work.mix(now: now, noneIsReady: summary.ready == 0),
                start: observed.starts.start(now: now),
                memory: observed.memory.map { $0.value.aged(by: summary.time - $0.time) })
        }
    }

    /// Keeps what the decision leaves for the next one.
    package func remember(_ memory: ScalingMemory?, for key: ObjectKey, at time: StoreTime) {
        swarms.withLock { $0[key]?.memory = memory.map { ($0, time) } }
    }
}
