import StructuredData

/// Where an object stands in the store: its resource (`group/plural`, storage identity), namespace ("" for none) and name.
struct ObjectLocation: Hashable, Sendable, Comparable {
    var resource: String
    var namespace: String
    var name: String

    static func < (left: Self, right: Self) -> Bool {
        if left.resource != right.resource { return left.resource < right.resource }
        if left.namespace != right.namespace { return left.namespace < right.namespace }
        return left.name < right.name
    }
}

/// One version of an object.
///
/// The object is kept as text, which lists and watches send as it is; whoever changes it parses it. The text holds neither
/// `apiVersion` nor `kind`: they follow from the resource and the version that a client asks for. What selectors look at is
/// kept beside it.
final class StoredObject: Sendable {
    let location: ObjectLocation
    let uid: String
    let resourceVersion: Int64
    let labels: [String: String]
    /// The values of the resource's selectable fields, by path.
    let fields: [String: String]
    /// A JSON object without `apiVersion` and `kind`; in an array without room to grow, since it stays.
    let body: [UInt8]

    init(
        location: ObjectLocation, uid: String, resourceVersion: Int64, labels: [String: String],
        fields: [String: String], body: [UInt8]
    ) {
        self.location = location
        self.uid = uid
        self.resourceVersion = resourceVersion
        self.labels = labels
        self.fields = fields
        self.body = body.withUnsafeBufferPointer { body.count < body.capacity ? Array($0) : body }
    }

    /// Makes a version of `object`, which is stamped with `resourceVersion`.
    convenience init(
        location: ObjectLocation, object: JSON, fields: [String: String], resourceVersion: Int64
    ) {
        var object = object
        object["apiVersion"] = nil
        object["kind"] = nil
        object["metadata", default: [:]]["resourceVersion"] = .string(String(resourceVersion))
        self.init(
            location: location, uid: object["metadata"]?["uid"]?.stringValue ?? "", resourceVersion: resourceVersion,
            labels: Self.labels(of: object), fields: fields, body: object.serialized())
    }

    static func labels(of object: JSON) -> [String: String] {
        guard let members = object["metadata"]?["labels"]?.objectValue else { return [:] }
        var labels: [String: String] = [:]
        for (key, value) in members { labels[key] = value.stringValue }
        return labels
    }

    /// The object as a tree, without `apiVersion` and `kind`.
    func object() throws -> JSON {
        do {
            return try JSON.parse(body)
        } catch {
            throw LocalAPIServerError(
                .storage, "\(location.resource) \(location.namespace)/\(location.name) cannot be read: \(error)")
        }
    }

    /// The last state of a deleted object, stamped with the version of its deletion.
    func deleted(at version: Int64) throws -> StoredObject {
        StoredObject(location: location, object: try object(), fields: fields, resourceVersion: version)
    }
}

extension JSON {
    /// The member `key`, or `value` where there is none; setting works through it.
    subscript(key: String, default value: @autoclosure () -> JSON) -> JSON {
        get { self[key] ?? value() }
        set { self[key] = newValue }
    }
}
