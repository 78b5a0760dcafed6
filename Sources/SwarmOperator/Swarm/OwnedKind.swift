package import KubernetesModel

/// The kinds of objects that a swarm is the controller of.
package enum OwnedKind: String, Sendable, CaseIterable {
    case deployment = "Deployment"
    case serviceAccount = "ServiceAccount"
    case disruptionBudget = "PodDisruptionBudget"
    case networkPolicy = "NetworkPolicy"

    package var resource: ResourceType {
        switch self {
        case .deployment: Deployment.resource
        case .serviceAccount: ServiceAccount.resource
        case .disruptionBudget: PodDisruptionBudget.resource
        case .networkPolicy: NetworkPolicy.resource
        }
    }

    /// What the swarm's object of this kind is called.
    package func name(swarm: String) -> String {
        self == .serviceAccount ? swarm : SwarmObjects.deploymentName(swarm)
    }
}
