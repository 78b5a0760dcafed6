import KubernetesModel
import SwarmAPI
import TaskProtocol

/// Why a swarm has as many agents as it has, for people.
struct SwarmExplanation {
    var name: String
    var status: AgentSwarm.Status?
    var decisions: [DecisionReplay]

    var text: String {
        var lines = [summary]
        if let queue = status?.queue { lines.append(Self.figures(queue)) }
        for condition in status?.conditions ?? [] where condition.isWorthSaying {
            lines.append(
                "\(condition.type)=\(condition.status) (\(condition.reason ?? "")): \(condition.message ?? "")")
        }
        if !decisions.isEmpty {
            lines.append("\nThe last decisions:")
            var table = TextTable(["TIME", "FROM", "TO", "REASON", "WHY", "REPLAY"])
            for replay in decisions {
                let decision = replay.decision
                table.add([
                    decision.time, String(decision.from), String(decision.to), decision.reason, replay.message,
                    replay.remark,
                ])
            }
            lines.append(table.text)
        }
        return lines.joined(separator: "\n")
    }

    private static func figures(_ queue: AgentSwarm.Queue) -> String {
        var text = "Queue: \(queue.ready ?? 0) waiting, \(queue.leased ?? 0) running, the oldest has waited "
        text += "\(queue.oldestWaitSeconds ?? 0) s"
        if let arrivals = queue.arrivalsPerMinute { text += "; \(arrivals) came in the last minute" }
        if let service = queue.serviceMilliseconds { text += "; one takes about \(service) ms" }
        return text + "."
    }

    /// Why there are as many agents as there are.
    var summary: String {
        let now = status?.replicas ?? 0
        let ready = status?.readyAgents ?? 0
        let agents = "Swarm \(name) has \(now) agent\(now == 1 ? "" : "s"), \(ready) of them ready"
        guard let last = status?.lastDecision else { return "\(agents). Nothing has been decided yet." }
        return "\(agents), since at \(last.time) it was decided to go from \(last.from) to \(last.to): "
            + "\(last.message ?? last.reason)."
    }
}
