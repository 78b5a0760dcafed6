import KubernetesModel
import StructuredData

/// Asks for a ConfigMap of the same name that greets each of the names.
struct Greeting: KubernetesResource {
    static let resource = ResourceType(
        group: "example.com", version: "v1", kind: "Greeting", plural: "greetings", namespaced: true)

    private(set) var apiVersion = APIVersionField<Greeting>()
    private(set) var kind = KindField<Greeting>()
    var metadata: ObjectMeta
    var spec: Spec
    var status: Status?

    struct Spec: Codable, Sendable, Equatable { var names: [String] }
    struct Status: Codable, Sendable, Equatable {
        var observedGeneration: Int64?
        var conditions: [Condition] = []
    }

    static let definition = CustomResourceDefinition(
        defining: resource,
        schema: [
            "type": "object", "required": ["spec"],
            "properties": [
                "spec": [
                    "type": "object", "required": ["names"],
                    "properties": ["names": ["type": "array", "maxItems": 100, "items": ["type": "string"]]],
                ],
                "status": ["type": "object", "x-kubernetes-preserve-unknown-fields": true],
            ],
        ])
}
