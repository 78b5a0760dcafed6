package import KubernetesModel

/// What is wrong with a swarm, or with what it owns.
package struct SwarmTrouble: Sendable, Equatable {
    /// One CamelCase word, as conditions and Events have it.
    package var reason: String
    package var message: String
    /// Whether it stays until somebody changes something. What passes by itself is no reason to stop waiting.
    package var isLasting: Bool

    package init(reason: String, message: String, isLasting: Bool = true) {
        self.reason = reason
        self.message = message
        self.isLasting = isLasting
    }

    static func invalidTemplate(_ error: InvalidTemplate) -> SwarmTrouble {
        SwarmTrouble(reason: "InvalidTemplate", message: "\(error)")
    }

    static func nameConflict(_ conflict: NameConflict) -> SwarmTrouble {
        if conflict.isPredecessors {
            return SwarmTrouble(
                reason: "PredecessorRemains",
                message: "\(conflict.kind) \(conflict.name) of a deleted swarm of this name has not gone yet",
                isLasting: false)
        }
        return SwarmTrouble(
            reason: "NameConflict",
            message:
                "\(conflict.kind) \(conflict.name) exists and is not this swarm's; delete or rename it, or rename the swarm"
        )
    }

    /// The API server does not take one of the objects.
    static func refused(_ status: KubernetesStatus) -> SwarmTrouble? {
        if status.isInvalid || status.isBadRequest {
            return SwarmTrouble(reason: "InvalidTemplate", message: status.message)
        }
        if status.isForbidden { return SwarmTrouble(reason: "Forbidden", message: status.message) }
        return nil
    }

    /// Why the Deployment does not come to the number of pods that it is to have, if it says so.
    package static func of(_ deployment: Deployment) -> SwarmTrouble? {
        let conditions = deployment.status?.conditions ?? []
        if let failure = conditions.first(where: { $0.type == "ReplicaFailure" && $0.status == "True" }) {
            let message = failure.message ?? failure.reason ?? "pods cannot be created"
            guard isQuota(message) else { return SwarmTrouble(reason: "PodsRefused", message: message) }
            // A replica set tries again by itself, so that agents come as soon as there is room.
            return SwarmTrouble(reason: "QuotaExceeded", message: message, isLasting: false)
        }
        let progress = conditions.first { $0.type == "Progressing" && $0.status == "False" }
        guard let progress, progress.reason == "ProgressDeadlineExceeded" else { return nil }
        return SwarmTrouble(
            reason: "ProgressDeadlineExceeded", message: progress.message ?? "the new agents do not become ready")
    }

    /// Whether a refusal is a quota's: "exceeded quota: NAME, …", or "failed quota: NAME: must specify …".
    private static func isQuota(_ message: String) -> Bool {
        message.contains("exceeded quota") || message.contains("failed quota")
    }
}
