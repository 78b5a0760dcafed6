public import StructuredData

/// An object of any kind, kept as the JSON it came in, so that nothing is lost.
public struct DynamicObject: Sendable, Hashable {
    public var json: JSON

    public init(_ json: JSON) { self.json = json }

    /// An object with these type fields and no other content.
    public init(_ resource: ResourceType, namespace: String? = nil, name: String? = nil) {
        json = ["apiVersion": .string(resource.apiVersion), "kind": .string(resource.kind)]
        if let namespace { self.namespace = namespace }
        if let name { self.name = name }
    }

    public var apiVersion: String {
        get { json["apiVersion"]?.stringValue ?? "" }
        set { json["apiVersion"] = .string(newValue) }
    }

    public var kind: String {
        get { json["kind"]?.stringValue ?? "" }
        set { json["kind"] = .string(newValue) }
    }

    /// The group of `apiVersion`; empty for the core group.
    public var group: String {
        guard let slash = apiVersion.firstIndex(of: "/") else { return "" }
        return String(apiVersion[..<slash])
    }

    /// The version of `apiVersion`.
    public var version: String {
        guard let slash = apiVersion.firstIndex(of: "/") else { return apiVersion }
        return String(apiVersion[apiVersion.index(after: slash)...])
    }

    public var key: ObjectKey { ObjectKey(namespace: namespace ?? "", name: name ?? "") }

    public var spec: JSON? {
        get { json["spec"] }
        set { json["spec"] = newValue }
    }

    public var status: JSON? {
        get { json["status"] }
        set { json["status"] = newValue }
    }
}

extension DynamicObject {
    /// The `metadata` member; `null` where there is none.
    public var metadata: JSON {
        get { json["metadata"] ?? .null }
        set { json["metadata"] = newValue.isNull ? nil : newValue }
    }

    public var name: String? {
        get { text("name") }
        set { set("name", newValue) }
    }

    public var generateName: String? {
        get { text("generateName") }
        set { set("generateName", newValue) }
    }

    public var namespace: String? {
        get { text("namespace") }
        set { set("namespace", newValue) }
    }

    public var uid: String? {
        get { text("uid") }
        set { set("uid", newValue) }
    }

    public var resourceVersion: String? {
        get { text("resourceVersion") }
        set { set("resourceVersion", newValue) }
    }

    public var generation: Int? {
        get { metadata["generation"]?.intValue }
        set { json.setMetadata("generation", newValue.map { JSON($0) }) }
    }

    public var creationTimestamp: String? {
        get { text("creationTimestamp") }
        set { set("creationTimestamp", newValue) }
    }

    public var deletionTimestamp: String? {
        get { text("deletionTimestamp") }
        set { set("deletionTimestamp", newValue) }
    }

    public var labels: [String: String] {
        get { texts("labels") }
        set { json.setMetadata("labels", newValue.isEmpty ? .none : .some(JSON(newValue))) }
    }

    public var annotations: [String: String] {
        get { texts("annotations") }
        set { json.setMetadata("annotations", newValue.isEmpty ? .none : .some(JSON(newValue))) }
    }

    public var finalizers: [String] {
        get { metadata["finalizers"]?.arrayValue?.compactMap(\.stringValue) ?? [] }
        set { json.setMetadata("finalizers", newValue.isEmpty ? .none : .some(JSON(newValue))) }
    }

    /// The references that can be read; entries without name or UID are left out.
    public var ownerReferences: [OwnerReference] {
        metadata["ownerReferences"]?.arrayValue?.compactMap(OwnerReference.init(json:)) ?? []
    }

    public var managedFields: JSON? {
        get { metadata["managedFields"] }
        set { json.setMetadata("managedFields", newValue) }
    }

    private func text(_ member: String) -> String? {
        guard let text = metadata[member]?.stringValue, !text.isEmpty else { return nil }
        return text
    }

    private mutating func set(_ member: String, _ text: String?) {
        json.setMetadata(member, text.map(JSON.string))
    }

    private func texts(_ member: String) -> [String: String] {
        guard let members = metadata[member]?.objectValue else { return [:] }
        var texts: [String: String] = [:]
        for (key, value) in members { texts[key] = value.stringValue }
        return texts
    }
}

extension DynamicObject: Codable {
    public init(from decoder: any Decoder) throws { json = try JSON(from: decoder) }
    public func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }
}

extension JSON {
    /// Sets or removes one member of `metadata`, in place.
    package mutating func setMetadata(_ member: String, _ value: JSON?) {
        var metadata = self["metadata"]?.objectValue ?? JSONObject()
        self["metadata"] = .null
        metadata[member] = value
        self["metadata"] = .object(metadata)
    }
}
