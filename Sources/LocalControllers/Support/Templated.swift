import KubernetesModel
import StructuredData

/// A kind whose specification holds a pod template.
protocol TemplatedKind: KubernetesResource {
    var podTemplate: PodTemplateSpec { get set }
}

extension Deployment: TemplatedKind {
    var podTemplate: PodTemplateSpec {
        get { spec.template }
        set { spec.template = newValue }
    }
}

extension ReplicaSet: TemplatedKind {
    var podTemplate: PodTemplateSpec {
        get { spec.template }
        set { spec.template = newValue }
    }
}

extension Job: TemplatedKind {
    var podTemplate: PodTemplateSpec {
        get { spec.template }
        set { spec.template = newValue }
    }
}

/// An object typed, to reason about it, and its pod template as the JSON it came in: a copy of the typed template would lack
/// the fields that the types do not model.
struct Templated<Object: TemplatedKind>: KubernetesResource {
    static var resource: ResourceType { Object.resource }

    var object: Object
    /// `spec.template`.
    var template: JSON

    var metadata: ObjectMeta {
        get { object.metadata }
        set { object.metadata = newValue }
    }

    init(_ object: Object, template: JSON) {
        self.object = object
        self.template = template
    }

    init(from decoder: any Decoder) throws {
        let json = try JSON(from: decoder)
        object = try json.decode(Object.self)
        template = json["spec"]?["template"] ?? [:]
    }

    func encode(to encoder: any Encoder) throws {
        var json = try JSON(encoding: object)
        var spec = json["spec"] ?? [:]
        spec["template"] = template
        json["spec"] = spec
        try json.encode(to: encoder)
    }

    /// What is not read twice need not be kept twice.
    mutating func dropTypedTemplate() {
        object.metadata.managedFields = nil
        object.podTemplate.spec = nil
    }

    /// The labels that the template gives to pods.
    var templateLabels: [String: String] { object.podTemplate.metadata?.labels ?? [:] }
}
