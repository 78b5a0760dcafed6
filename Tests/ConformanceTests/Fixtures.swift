import KubernetesClient
import KubernetesModel
import StructuredData
import Testing

/// The status with which the server refuses what `body` asks.
func refusal(
    _ sourceLocation: SourceLocation = #_sourceLocation, of body: () async throws -> Void
) async throws -> KubernetesStatus {
    do {
        try await body()
    } catch let status as KubernetesStatus {
        return status
    }
    Issue.record("it was not refused", sourceLocation: sourceLocation)
    throw NotRefused()
}

struct NotRefused: Error {}

func configMap(
    _ name: String, _ data: [String: String] = [:], labels: [String: String]? = nil, finalizers: [String]? = nil
) -> ConfigMap {
    ConfigMap(metadata: ObjectMeta(name: name, labels: labels, finalizers: finalizers), data: data)
}

extension ConformanceCluster {
    func widget(_ name: String, _ spec: JSON = ["size": 1]) -> JSON {
        [
            "apiVersion": .string(widgets.apiVersion), "kind": "Widget", "metadata": ["name": .string(name)],
            "spec": spec,
        ]
    }

    /// A deployment that no controller has a reason to run anything for.
    func deployment(_ name: String) -> JSON {
        [
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": .string(name)],
            "spec": [
                "replicas": 0, "paused": true, "selector": ["matchLabels": ["app": .string(name)]],
                "template": [
                    "metadata": ["labels": ["app": .string(name)]],
                    "spec": [
                        "containers": [
                            ["name": "one", "image": "registry.invalid/one"],
                            ["name": "two", "image": "registry.invalid/two"],
                        ]
                    ],
                ],
            ],
        ]
    }
}

extension JSON {
    subscript(path path: String...) -> JSON? {
        path.reduce(self as JSON?) { $0?[$1] }
    }

    var name: String? { self["metadata"]?["name"]?.stringValue }
    var version: String? { self["metadata"]?["resourceVersion"]?.stringValue }
}
