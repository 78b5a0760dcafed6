import KubernetesModel
package import StructuredData
package import SwarmAPI
package import SwarmScaling
package import TaskQueue

/// The autoscaler's part of a swarm's status: written when the desired number or a condition changes, else at most every
/// `figuresMilliseconds`, so that a busy queue does not become load on the API server.
package struct AutoscalerStatus {
    /// The least time between a write and one that says that there is work now, or none any more: of tasks that come one by one
    /// each would be both.
    static let turnMilliseconds: Int64 = 5_000
    private static let minuteMilliseconds: Int64 = 60_000

    /// What to write; `nil`: nothing now.
    package var fields: JSON?
    /// When figures that were held back should be looked at again.
    package var recheckMilliseconds: Int64?

    /// - Parameters:
    ///   - lastWrite: when the fields were last written, in milliseconds of the store's time.
    ///   - refusal: why pods of the Deployment are not made.
    package init(
        swarm: AgentSwarm, summary: QueueSummary, inputs: ScalingInputs, decision: ScalingDecision,
        lastWrite: Int64?, figuresMilliseconds: Int64, refusal: SwarmTrouble? = nil
    ) throws {
        let now = summary.time.milliseconds
        let old = swarm.status
        let queue = AgentSwarm.Queue(
            ready: summary.ready, leased: summary.leased, oldestWaitSeconds: inputs.oldestWaitSeconds,
            arrivalsPerMinute: inputs.arrivals?.slow.count, serviceMilliseconds: inputs.service?.milliseconds)
        // Arrivals leave the last minute without any event.
        if queue.arrivalsPerMinute ?? 0 > 0 { recheckMilliseconds = Self.minuteMilliseconds }
        let busy = summary.agents.count { $0.leased > 0 }
        // A smaller number is decided anew at each look until the agents that are to go are empty.
        let isNews =
            decision.to != decision.from
            && (old?.lastDecision?.from != decision.from || old?.lastDecision?.to != decision.to
                || old?.lastDecision?.reason != decision.reason.rawValue)
        let changesNumber = isNews || old?.desiredAgents != decision.to
        let last: AgentSwarm.Decision? =
            decision.to == decision.from && old?.lastDecision != nil
            ? old?.lastDecision
            : AgentSwarm.Decision(
                time: Timestamp.text(seconds: now / 1000), from: decision.from, to: decision.to,
                reason: decision.reason.rawValue, message: decision.message, inputs: try JSON(encoding: inputs))
        let quota = refusal?.reason == "QuotaExceeded" ? refusal : nil
        var limited = old?.conditions?["ScalingLimited"].map { [$0] } ?? []
        limited.set(
            Condition(
                type: "ScalingLimited", status: decision.limited || quota != nil ? "True" : "False",
                observedGeneration: swarm.metadata.generation, lastTransitionTime: Timestamp.text(seconds: now / 1000),
                reason: quota?.reason ?? decision.limit?.rawValue ?? "WithinLimits",
                message: quota?.message
                    ?? (decision.limited ? decision.message : "the number of agents follows the work")))
        let shown = old?.conditions?["ScalingLimited"]
        let changesCondition =
            shown?.status != limited[0].status || shown?.reason != limited[0].reason
            || shown?.observedGeneration != limited[0].observedGeneration
        let differs = old?.queue != queue || old?.busyAgents != busy
        if !changesNumber, !changesCondition {
            guard differs else { return }
            // The first and the last task of a run are worth a write soon: people wait for them.
            let wasEmpty = old?.queue.map { ($0.ready ?? 0) + ($0.leased ?? 0) == 0 } ?? true
            let isEmpty = summary.ready + summary.leased == 0
            let pause =
                wasEmpty == isEmpty ? figuresMilliseconds : min(figuresMilliseconds, Self.turnMilliseconds)
            let wait = lastWrite.map { $0 + pause - now } ?? 0
            if wait > 0 {
                recheckMilliseconds = wait
                return
            }
        }
        let status = AgentSwarm.Status(
            busyAgents: busy, desiredAgents: decision.to, queue: queue, lastDecision: last, conditions: limited)
        fields = try JSON(encoding: status)
    }
}
