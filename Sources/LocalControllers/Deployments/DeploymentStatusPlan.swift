import KubernetesModel

/// What a deployment's status says, from its replica sets.
struct DeploymentStatusPlan {
    /// What the rollout has come to.
    enum Progress: Sendable, Hashable {
        case createdSet(String)
        case failedToCreateSet(String)
        case underWay
        /// Nothing has moved for `progressDeadlineSeconds`.
        case stuck
    }

    private let deployment: Deployment
    private let rollout: Rollout
    private let now: String

    /// - Parameter now: RFC 3339, for the conditions' times.
    init(_ deployment: Deployment, now: String) {
        self.deployment = deployment
        rollout = Rollout(deployment.spec)
        self.now = now
    }

    /// The counts without conditions.
    static func counts(_ deployment: Deployment, newest: ReplicaSet?, all: [ReplicaSet]) -> DeploymentStatus {
        let available = all.reduce(0) { $0 + $1.available }
        let desired = all.reduce(0) { $0 + $1.desired }
        return DeploymentStatus(
            observedGeneration: deployment.metadata.generation, replicas: all.reduce(0) { $0 + $1.actual },
            updatedReplicas: newest?.actual ?? 0, readyReplicas: all.reduce(0) { $0 + $1.ready },
            availableReplicas: available, unavailableReplicas: max(desired - available, 0),
            collisionCount: deployment.status?.collisionCount)
    }

    static func isComplete(_ counts: DeploymentStatus, _ rollout: Rollout) -> Bool {
        counts.updatedReplicas == rollout.replicas && counts.replicas == rollout.replicas
            && counts.availableReplicas == rollout.replicas
    }

    func status(newest: ReplicaSet?, all: [ReplicaSet], progress: Progress) -> DeploymentStatus {
        var status = Self.counts(deployment, newest: newest, all: all)
        var conditions = deployment.status?.conditions ?? []
        set(available(status), in: &conditions)
        if let condition = progressing(status, newest, progress, conditions) {
            set(condition, in: &conditions)
        } else {
            conditions.removeAll { $0.type == "Progressing" }
        }
        let failure = all.lazy.compactMap { $0.status?.conditions?["ReplicaFailure"] }.first { $0.isTrue }
        if let failure {
            set(
                DeploymentCondition(
                    type: "ReplicaFailure", status: "True", reason: failure.reason, message: failure.message),
                in: &conditions)
        } else if case .failedToCreateSet(let message) = progress {
            set(
                DeploymentCondition(
                    type: "ReplicaFailure", status: "True", reason: "FailedCreate", message: message), in: &conditions)
        } else {
            conditions.removeAll { $0.type == "ReplicaFailure" }
        }
        status.conditions = conditions.isEmpty ? nil : conditions
        return status
    }

    private func available(_ status: DeploymentStatus) -> DeploymentCondition {
        if (status.availableReplicas ?? 0) >= rollout.minAvailable {
            return DeploymentCondition(
                type: "Available", status: "True", reason: "MinimumReplicasAvailable",
                message: "Deployment has minimum availability.")
        }
        return DeploymentCondition(
            type: "Available", status: "False", reason: "MinimumReplicasUnavailable",
            message: "Deployment does not have minimum availability.")
    }

    private func progressing(
        _ status: DeploymentStatus, _ newest: ReplicaSet?, _ progress: Progress, _ conditions: [DeploymentCondition]
    ) -> DeploymentCondition? {
        let subject = newest.map { "ReplicaSet \"\($0.name)\"" } ?? "Deployment \"\(deployment.metadata.name ?? "")\""
        func condition(_ status: String, _ reason: String, _ message: String) -> DeploymentCondition {
            DeploymentCondition(type: "Progressing", status: status, reason: reason, message: message)
        }
        guard let deadline = deployment.spec.progressDeadlineSeconds, deadline < Int(Int32.max) else { return nil }
        if case .failedToCreateSet(let message) = progress {
            return condition("False", "ReplicaSetCreateError", message)
        }
        if deployment.spec.paused == true {
            return condition("Unknown", "DeploymentPaused", "Deployment is paused")
        }
        if newest != nil, Self.isComplete(status, rollout) {
            return condition("True", "NewReplicaSetAvailable", "\(subject) has successfully progressed.")
        }
        let current = conditions.first { $0.type == "Progressing" }
        // Once complete, only a new template starts it again: that a pod is replaced later is no rollout.
        if current?.reason == "NewReplicaSetAvailable", status.replicas == status.updatedReplicas {
            return current
        }
        switch progress {
        case .createdSet(let name):
            return condition("True", "NewReplicaSetCreated", "Created new replica set \"\(name)\"")
        case .stuck: return condition("False", "ProgressDeadlineExceeded", "\(subject) has timed out progressing.")
        default: return condition("True", "ReplicaSetUpdated", "\(subject) is progressing.")
        }
    }

    private func set(_ condition: DeploymentCondition, in conditions: inout [DeploymentCondition]) {
        var new = condition
        guard let index = conditions.firstIndex(where: { $0.type == new.type }) else {
            new.lastUpdateTime = now
            new.lastTransitionTime = now
            conditions.append(new)
            return
        }
        let old = conditions[index]
        let differs = old.status != new.status || old.reason != new.reason || old.message != new.message
        new.lastUpdateTime = differs ? now : old.lastUpdateTime
        new.lastTransitionTime = old.status == new.status ? old.lastTransitionTime : now
        conditions[index] = new
    }
}
