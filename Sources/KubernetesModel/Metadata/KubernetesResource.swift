public import StructuredData

/// A typed Kubernetes object.
///
/// Typed objects hold the fields that this library models, and drop the others when they are decoded. Whoever changes an
/// object that others also write therefore applies or patches what it means to change, and does not write a decoded object
/// back whole.
///
/// A conforming type stores `apiVersion` and `kind` as fields, so that its synthesized coding writes them:
///
///     public struct Widget: KubernetesResource {
///         public static let resource = ResourceType(
///             group: "example.com", version: "v1", kind: "Widget", plural: "widgets", namespaced: true)
///         public private(set) var apiVersion = APIVersionField<Widget>()
///         public private(set) var kind = KindField<Widget>()
///         public var metadata: ObjectMeta
///         public var spec: Spec
///     }
public protocol KubernetesResource: Codable, Sendable, Equatable {
    static var resource: ResourceType { get }
    var metadata: ObjectMeta { get set }
}

extension KubernetesResource {
    /// The object's namespace and name; both empty where the metadata has none.
    public var key: ObjectKey { ObjectKey(namespace: metadata.namespace ?? "", name: metadata.name ?? "") }

    /// A reference that makes this object the controller, or another owner, of a dependent one.
    ///
    /// `nil` while the object has no name or UID, which the server gives it.
    public func ownerReference(controller: Bool = true, blockOwnerDeletion: Bool = true) -> OwnerReference? {
        guard let name = metadata.name, let uid = metadata.uid else { return nil }
        return OwnerReference(
            apiVersion: Self.resource.apiVersion, kind: Self.resource.kind, name: name, uid: uid,
            controller: controller ? true : nil, blockOwnerDeletion: blockOwnerDeletion ? true : nil)
    }

    /// A reference to this object, as Events and conditions hold it.
    public var objectReference: ObjectReference {
        ObjectReference(
            apiVersion: Self.resource.apiVersion, kind: Self.resource.kind, name: metadata.name,
            namespace: metadata.namespace, resourceVersion: metadata.resourceVersion, uid: metadata.uid)
    }

    /// The object as JSON.
    public func json() throws -> JSON { try JSON(encoding: self) }
}

/// The `apiVersion` field of a typed object: it has no state, writes its kind's `apiVersion`, and refuses another one.
public struct APIVersionField<Object: KubernetesResource>: Codable, Hashable, Sendable, CustomStringConvertible {
    public init() {}

    public init(from decoder: any Decoder) throws {
        try expect(Object.resource.apiVersion, from: decoder)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(Object.resource.apiVersion)
    }

    public var description: String { Object.resource.apiVersion }
}

/// The `kind` field of a typed object: it has no state, writes its kind, and refuses another one.
public struct KindField<Object: KubernetesResource>: Codable, Hashable, Sendable, CustomStringConvertible {
    public init() {}

    public init(from decoder: any Decoder) throws {
        try expect(Object.resource.kind, from: decoder)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(Object.resource.kind)
    }

    public var description: String { Object.resource.kind }
}

private func expect(_ expected: String, from decoder: any Decoder) throws {
    let found = try decoder.singleValueContainer().decode(String.self)
    guard found.isEmpty || found == expected else {
        throw DecodingError.dataCorrupted(
            DecodingError.Context(
                codingPath: decoder.codingPath, debugDescription: "expected \"\(expected)\", found \"\(found)\""))
    }
}

// A synthesized `init(from:)` prefers these to the general `decode`: the items of a built-in kind's list carry neither
// `apiVersion` nor `kind`, and some objects carry no metadata.
extension KeyedDecodingContainer {
    public func decode<Object>(_ type: APIVersionField<Object>.Type, forKey key: Key) throws -> APIVersionField<Object>
    {
        try decodeIfPresent(type, forKey: key) ?? APIVersionField()
    }

    public func decode<Object>(_ type: KindField<Object>.Type, forKey key: Key) throws -> KindField<Object> {
        try decodeIfPresent(type, forKey: key) ?? KindField()
    }

    public func decode(_ type: ObjectMeta.Type, forKey key: Key) throws -> ObjectMeta {
        try decodeIfPresent(type, forKey: key) ?? ObjectMeta()
    }
}
