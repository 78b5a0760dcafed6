/// Names that manifests, selectors and dashboards depend on.
package enum SwarmNames {
    package static let group = "das.brashlabs.io"
    package static let version = "v1alpha1"

    /// Label on everything that belongs to a swarm; its value is the swarm's name.
    package static let swarmLabel = "das.brashlabs.io/swarm"
    package static let componentLabel = "app.kubernetes.io/component"
    package static let nameLabel = "app.kubernetes.io/name"
    package static let instanceLabel = "app.kubernetes.io/instance"
    package static let managedByLabel = "app.kubernetes.io/managed-by"
    package static let partOfLabel = "app.kubernetes.io/part-of"
    package static let versionLabel = "app.kubernetes.io/version"

    package static let swarmController = "das-swarm-controller"
    package static let taskController = "das-task-controller"
    package static let autoscaler = "das-autoscaler"

    /// The ConfigMap in a swarm's namespace that holds the authorities of the gateway's certificate.
    package static let gatewayAuthorities = "das-gateway-ca"
    package static let gatewayAuthoritiesKey = "ca.crt"
    /// The audience of agents' tokens.
    package static let gatewayAudience = "das-gateway"

    /// The longest name of a swarm, so that the names of what it owns stay valid.
    package static let longestSwarmName = 50
}
