package import KubernetesModel
package import SwarmAPI

/// What is wrong with a swarm, or with what it owns.
package struct SwarmTrouble: Sendable, Equatable {
    package var reason: String
    package var message: String

    package init(reason: String, message: String) {
        self.reason = reason
        self.message = message
    }

    static func invalidTemplate(_ error: InvalidTemplate) -> SwarmTrouble {
        SwarmTrouble(reason: "InvalidTemplate", message: "\(error)")
    }

    static func nameConflict(kind: String, name: String) -> SwarmTrouble {
        SwarmTrouble(
            reason: "NameConflict",
            message: "\(kind) \(name) exists and is not this swarm's; delete or rename it, or rename the swarm")
    }
}

/// The swarm controller's part of a swarm's status, from what is observed.
package struct SwarmObservation: Sendable {
    package var swarm: AgentSwarm
    package var deployment: Deployment?
    /// Why pods of the swarm do not start, if any does not.
    package var podTrouble: SwarmTrouble?
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
        let replicas = deployment?.status?.replicas ?? 0
        let ready = deployment?.status?.readyReplicas ?? 0
        var conditions = (swarm.status?.conditions ?? []).filter { Self.types.contains($0.type) }
        for condition in self.conditions(ready: ready) {
            var stamped = condition
            stamped.lastTransitionTime = now
            stamped.observedGeneration = swarm.metadata.generation
            conditions.set(stamped)
        }
        return AgentSwarm.Status(
            observedGeneration: swarm.metadata.generation, replicas: replicas, readyAgents: ready,
            selector: SwarmObjects.selector(swarm.metadata.name ?? ""), conditions: conditions)
    }

    static let types: Set<String> = ["Ready", "Reconciling", "Stalled"]

    private func conditions(ready: Int) -> [Condition] {
        func all(_ isReady: Bool, _ isReconciling: Bool, _ isStalled: Bool, _ reason: String, _ message: String)
            -> [Condition]
        {
            [("Ready", isReady), ("Reconciling", isReconciling), ("Stalled", isStalled)].map { type, isTrue in
                Condition(type: type, status: isTrue ? "True" : "False", reason: reason, message: message)
            }
        }
        if let trouble { return all(false, false, true, trouble.reason, trouble.message) }
        guard let deployment else {
            return all(false, true, false, "CreatingDeployment", "the agents' Deployment is being made")
        }
        let wanted = deployment.spec.replicas ?? 1
        let isCurrent = deployment.status?.observedGeneration == deployment.metadata.generation
        if swarm.isSuspended, wanted == 0 {
            return all(true, false, false, "Suspended", "the swarm is suspended: no agents, no new tasks")
        }
        if isCurrent, wanted == 0, ready == 0 {
            return all(true, false, false, "ScaledToZero", "no agents; the first task brings one")
        }
        if isCurrent, ready >= wanted {
            return all(true, false, false, "AgentsReady", "\(ready) of \(wanted) agents are ready")
        }
        if let podTrouble { return all(false, true, false, podTrouble.reason, podTrouble.message) }
        return all(false, true, false, "AgentsStarting", "\(ready) of \(wanted) agents are ready")
    }
}

extension SwarmTrouble {
    /// Why a container of one of `pods` does not run, if one tells a reason that does not pass by itself.
    package static func first(in pods: [Pod]) -> SwarmTrouble? {
        let lasting: Set = [
            "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "CrashLoopBackOff",
            "CreateContainerConfigError", "CreateContainerError", "RunContainerError",
        ]
        for pod in pods.sorted(by: { ($0.metadata.name ?? "") < ($1.metadata.name ?? "") }) {
            let statuses = (pod.status?.initContainerStatuses ?? []) + (pod.status?.containerStatuses ?? [])
            for status in statuses {
                guard let waiting = status.state?.waiting, let reason = waiting.reason, lasting.contains(reason) else {
                    continue
                }
                let detail = waiting.message.map { ": \($0)" } ?? ""
                return SwarmTrouble(
                    reason: reason, message: "pod \(pod.metadata.name ?? "") does not start (\(reason))\(detail)")
            }
        }
        return nil
    }
}
