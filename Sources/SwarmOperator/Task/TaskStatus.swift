import KubernetesModel
package import StructuredData
package import SwarmAPI
package import TaskQueue

/// The status of a SwarmTask, as the queue's record says it should be.
package enum TaskStatus {
    /// - Parameters:
    ///   - result: where there is one that fits the object.
    ///   - resultDigest: the SHA-256 of one that does not, and does not lie apart.
    ///   - standing: whether the swarm of a task that waits can run it.
    package static func of(
        _ task: SwarmTask, record: TaskRecord, result: JSON?, resultDigest: String? = nil, gatewayPath: String,
        standing: SwarmStanding = .able
    ) -> SwarmTask.Status {
        let phase = phase(of: record)
        var status = SwarmTask.Status(
            observedGeneration: task.metadata.generation, phase: phase, swarm: record.swarm, agent: record.agent,
            attempts: record.attempts > 0 ? record.attempts : nil, queuedTime: text(record.created),
            startTime: (record.lease?.since ?? record.firstLeased).map(text), completionTime: record.ended.map(text))
        if let progress = record.progress, !phase.isFinal {
            status.progress = SwarmTask.Progress(
                done: Int(clamping: progress.done), total: progress.total.map(Int.init(clamping:)),
                message: progress.message)
        }
        if phase == .succeeded {
            if let result {
                status.result = result
            } else if let bytes = record.resultBytes {
                status.resultRef = SwarmTask.ResultReference(
                    uri: gatewayPath, sha256: record.resultBlob?.sha256 ?? resultDigest, bytes: bytes)
            }
        }
        status.message = hindrance(record, standing)?.message ?? message(of: record)
        status.conditions = conditions(
            of: task, phase: phase, reason: hindrance(record, standing)?.reason ?? reason(of: record),
            message: status.message ?? "",
            time: text(record.ended ?? record.lease?.since ?? record.created))
        return status
    }

    /// A task that is not in the queue: it waits for something, or can never go there.
    package static func outside(
        _ task: SwarmTask, phase: SwarmTask.Phase, reason: String, message: String, now: StoreTime
    ) -> SwarmTask.Status {
        SwarmTask.Status(
            observedGeneration: task.metadata.generation, phase: phase,
            conditions: conditions(of: task, phase: phase, reason: reason, message: message, time: text(now)),
            completionTime: phase.isFinal ? task.status?.completionTime ?? text(now) : nil, message: message)
    }

    package static func phase(of record: TaskRecord) -> SwarmTask.Phase {
        switch record.state {
        case .delayed, .held, .ready: .queued
        case .leased: .running
        case .succeeded: .succeeded
        case .failed: .failed
        case .cancelled: .cancelled
        }
    }

    /// Why no agent will take a task that waits.
    private static func hindrance(_ record: TaskRecord, _ standing: SwarmStanding) -> (reason: String, message: String)?
    {
        guard record.state.isWaiting, !record.holds.contains(.suspended) else { return nil }
        let others = record.isPinned ? "the task is pinned to it" : "no other swarm takes the task"
        switch standing {
        case .able: return nil
        case .suspended: return ("SwarmSuspended", "swarm \(record.swarm) is suspended, and \(others)")
        case .lacksType:
            return (
                "SwarmLacksType", "swarm \(record.swarm) does not take task type \(record.type) any more, and \(others)"
            )
        case .absent: return ("SwarmNotFound", "swarm \(record.swarm) does not exist any more, and \(others)")
        }
    }

    private static func reason(of record: TaskRecord) -> String {
        switch record.state {
        case .delayed: record.attempts > 0 ? "WaitingToRetry" : "Delayed"
        case .held: record.holds.contains(.suspended) ? "Suspended" : "Held"
        case .ready: "WaitingForAgent"
        case .leased: record.cancellation == nil ? "Running" : "Cancelling"
        case .succeeded: "Succeeded"
        case .failed: record.failure.map { camelCase($0.code) } ?? "Failed"
        case .cancelled: "Cancelled"
        }
    }

    private static func message(of record: TaskRecord) -> String? {
        switch record.state {
        case .delayed, .ready, .failed:
            record.failure.map { failure in
                record.state == .failed ? failure.message : "attempt \(record.attempts) failed: \(failure.message)"
            }
        case .cancelled: record.failure?.message ?? record.cancellation?.reason
        case .held, .leased, .succeeded: nil
        }
    }

    private static func conditions(
        of task: SwarmTask, phase: SwarmTask.Phase, reason: String, message: String, time: String
    ) -> [Condition] {
        var conditions = task.status?.conditions ?? []
        // kstatus reads `Ready` as success and `Stalled` as failure.
        let values = [
            ("Ready", phase == .succeeded), ("Stalled", phase == .failed || phase == .cancelled),
            ("Complete", phase.isFinal),
        ]
        for (type, isTrue) in values {
            conditions.set(
                Condition(
                    type: type, status: isTrue ? "True" : "False", observedGeneration: task.metadata.generation,
                    lastTransitionTime: time, reason: reason, message: message))
        }
        return conditions
    }

    /// `LEASE_EXPIRED` → `LeaseExpired`.
    static func camelCase(_ code: String) -> String {
        let words = code.split { !$0.isLetter && !$0.isNumber }
        let joined = words.map { $0.prefix(1).uppercased() + $0.dropFirst().lowercased() }.joined()
        return joined.first?.isLetter == true ? joined : "Failed"
    }

    private static func text(_ time: StoreTime) -> String { Timestamp.text(seconds: time.milliseconds / 1000) }
}
