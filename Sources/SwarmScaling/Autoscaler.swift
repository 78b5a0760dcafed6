/// Decides how many agents a swarm should have: enough for the tasks in hand, within the limits, up at once and down only
/// when nothing runs, to `minAgents` after `idleSeconds` of quiet.
package enum Autoscaler {
    package static func decide(_ inputs: ScalingInputs) -> ScalingDecision {
        if inputs.suspended { return suspended(inputs) }
        if inputs.strategy == .external { return external(inputs) }
        let tasks = inputs.readyTasks + inputs.leasedTasks
        let needed = agents(for: tasks, concurrency: inputs.concurrency)
        let ceiling = max(inputs.minAgents, inputs.maxAgents)
        let wanted = min(max(needed, inputs.minAgents), ceiling)
        let limited = needed > ceiling

        if wanted > inputs.currentAgents {
            return ScalingDecision(
                from: inputs.currentAgents, to: wanted, reason: reasonForMore(inputs, needed: needed),
                message: sentence(inputs, tasks: tasks, needed: needed, wanted: wanted), limited: limited)
        }
        if wanted == inputs.currentAgents {
            return ScalingDecision(
                from: wanted, to: wanted, reason: .enough,
                message: sentence(inputs, tasks: tasks, needed: needed, wanted: wanted), limited: limited)
        }
        return fewer(inputs, tasks: tasks, wanted: wanted, limited: limited)
    }

    /// ⌈tasks / slots⌉.
    private static func agents(for tasks: Int, concurrency: Int) -> Int {
        (tasks + concurrency - 1) / max(concurrency, 1)
    }

    private static func reasonForMore(_ inputs: ScalingInputs, needed: Int) -> ScalingDecision.Reason {
        if needed <= inputs.currentAgents { return .belowMinimum }
        return inputs.currentAgents == 0 ? .firstTask : .moreWork
    }

    private static func fewer(
        _ inputs: ScalingInputs, tasks: Int, wanted: Int, limited: Bool
    ) -> ScalingDecision {
        let current = inputs.currentAgents
        if tasks > 0 {
            return ScalingDecision(
                from: current, to: current, reason: .workInHand,
                message:
                    "\(count(wanted, "agent")) would do for \(count(tasks, "task")), but \(current) stay until no task runs",
                limited: limited)
        }
        if inputs.quietSeconds < inputs.idleSeconds {
            let left = inputs.idleSeconds - inputs.quietSeconds
            return ScalingDecision(
                from: current, to: current, reason: .recentWork,
                message:
                    "no task for \(inputs.quietSeconds) s; \(count(current, "agent")) stay until it is \(inputs.idleSeconds) s",
                limited: limited, recheckAfterSeconds: left)
        }
        return ScalingDecision(
            from: current, to: wanted, reason: .idle,
            message: "no task for \(inputs.quietSeconds) s (idleSeconds \(inputs.idleSeconds)): down to minAgents",
            limited: limited)
    }

    private static func suspended(_ inputs: ScalingInputs) -> ScalingDecision {
        let current = inputs.currentAgents
        let message =
            current > 0 && inputs.leasedTasks > 0
            ? "suspended; agents stay until the \(count(inputs.leasedTasks, "task")) that run have ended"
            : "suspended: no agents"
        return ScalingDecision(from: current, to: 0, reason: .suspended, message: message, limited: false)
    }

    private static func external(_ inputs: ScalingInputs) -> ScalingDecision {
        let current = inputs.currentAgents
        let asked = inputs.externalAgents ?? inputs.minAgents
        let wanted = min(max(asked, inputs.minAgents), max(inputs.minAgents, inputs.maxAgents))
        return ScalingDecision(
            from: current, to: wanted, reason: .external,
            message: "\(count(asked, "agent")) asked for through spec.replicas", limited: asked > wanted)
    }

    private static func sentence(_ inputs: ScalingInputs, tasks: Int, needed: Int, wanted: Int) -> String {
        if tasks == 0 { return "no tasks; minAgents is \(inputs.minAgents)" }
        let need =
            "\(count(inputs.readyTasks, "task")) waiting and \(inputs.leasedTasks) running need \(count(needed, "agent")) of \(inputs.concurrency) slots"
        if needed > wanted { return "\(need); maxAgents allows \(wanted)" }
        if needed < wanted { return "\(need); minAgents keeps \(wanted)" }
        return need
    }

    private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}
