package import KubernetesModel
package import SwarmAPI

/// The swarm controller's part of a swarm's status, from what is observed.
package struct SwarmObservation: Sendable {
    package var swarm: AgentSwarm
    package var deployment: Deployment?
    /// Why pods of the swarm are not ready, if they tell.
    package var podTrouble: SwarmTrouble?
    /// Why the swarm's objects could not be made as it says.
    package var trouble: SwarmTrouble?

    package init(
        swarm: AgentSwarm, deployment: Deployment?, podTrouble: SwarmTrouble? = nil, trouble: SwarmTrouble? = nil
    ) {
        self.swarm = swarm
        self.deployment = deployment
        self.podTrouble = podTrouble
        self.trouble = trouble
    }

    /// - Parameter now: RFC 3339.
    package func status(now: String) -> AgentSwarm.Status {
        let verdict = verdict
        var conditions = (swarm.status?.conditions ?? []).filter { Self.types.contains($0.type) }
        for (type, isTrue) in [
            ("Ready", verdict.state == .ready), ("Reconciling", verdict.state == .reconciling),
            ("Stalled", verdict.state == .stalled),
        ] {
            conditions.set(
                Condition(
                    type: type, status: isTrue ? "True" : "False", observedGeneration: swarm.metadata.generation,
                    lastTransitionTime: now, reason: verdict.reason, message: verdict.message))
        }
        return AgentSwarm.Status(
            observedGeneration: swarm.metadata.generation, replicas: deployment?.status?.replicas ?? 0,
            readyAgents: deployment?.status?.readyReplicas ?? 0,
            selector: SwarmObjects.selector(swarm.metadata.name ?? ""), conditions: conditions)
    }

    static let types: Set<String> = ["Ready", "Reconciling", "Stalled"]

    /// One of the three is true at any time, as kstatus reads them.
    package enum State: Sendable {
        case ready, reconciling, stalled
    }

    package struct Verdict: Sendable, Equatable {
        package var state: State
        package var reason: String
        package var message: String
        /// Whether people should hear of it.
        package var isTrouble: Bool

        init(_ state: State, _ reason: String, _ message: String, isTrouble: Bool = false) {
            self.state = state
            self.reason = reason
            self.message = message
            self.isTrouble = isTrouble
        }

        init(_ trouble: SwarmTrouble) {
            self.init(
                trouble.isLasting ? .stalled : .reconciling, trouble.reason, trouble.message, isTrouble: true)
        }
    }

    package var verdict: Verdict {
        if let trouble { return Verdict(trouble) }
        guard let deployment else {
            return Verdict(.reconciling, "CreatingDeployment", "the agents' Deployment is being made")
        }
        let wanted = deployment.spec.replicas ?? 1
        let status = deployment.status
        let ready = status?.readyReplicas ?? 0
        let isCurrent = status?.observedGeneration == deployment.metadata.generation
        let isGone = isCurrent && (status?.replicas ?? 0) == 0
        if swarm.isSuspended {
            return wanted == 0 && isGone
                ? Verdict(.ready, "Suspended", "the swarm is suspended: no agents, no new tasks")
                : Verdict(
                    .reconciling, "Suspending", "no more tasks are given out; the agents go when theirs have ended")
        }
        if wanted == 0, isGone {
            return Verdict(.ready, "ScaledToZero", "no agents; the first task brings one")
        }
        if isCurrent, ready >= wanted, (status?.updatedReplicas ?? 0) >= wanted {
            return Verdict(.ready, "AgentsReady", "\(ready) of \(wanted) agents are ready")
        }
        if let trouble = podTrouble.flatMap({ $0.isLasting ? $0 : nil }) ?? SwarmTrouble.of(deployment) ?? podTrouble {
            return Verdict(trouble)
        }
        if isCurrent, ready >= wanted {
            return Verdict(.reconciling, "RollingOut", "agents of the new form take the place of the others")
        }
        return Verdict(.reconciling, "AgentsStarting", "\(ready) of \(wanted) agents are ready")
    }
}
