import KubernetesModel
import StructuredData
import SwarmAPI

/// The ConfigMap `das-gateway-ca`, by which the agents of a namespace know the gateway.
///
/// All swarms of a namespace share it, so that none of them is its controller: the operator makes it with the first and deletes it
/// with the last. A label tells it from someone else's of the same name.
enum GatewayAuthorities {
    static func body(namespace: String, authorities: String) -> JSON {
        [
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": [
                "name": .string(SwarmNames.gatewayAuthorities), "namespace": .string(namespace),
                "labels": [
                    SwarmNames.partOfLabel: "dynamic-agent-swarms", SwarmNames.managedByLabel: "das-operator",
                ],
            ],
            "data": .object([SwarmNames.gatewayAuthoritiesKey: .string(authorities)]),
        ]
    }

    static func areOurs(_ metadata: ObjectMeta) -> Bool {
        metadata.labels?[SwarmNames.managedByLabel] == "das-operator"
    }
}
