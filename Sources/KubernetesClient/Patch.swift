public import StructuredData

/// A change to an object, in one of the forms the API takes.
public enum Patch: Sendable, Hashable {
    /// RFC 6902: a list of operations.
    case json(JSON)
    /// RFC 7396: members replace members, `null` removes.
    case merge(JSON)
    /// Like a merge, but lists merge by their keys. Built-in kinds only.
    case strategic(JSON)
    /// Server-side apply of an object that holds exactly the fields that `fieldManager` wants to own. The object is created
    /// where it does not exist. `force` takes fields over from other managers; without it they are a conflict.
    case apply(JSON, fieldManager: String, force: Bool = false)

    var contentType: String {
        switch self {
        case .json: "application/json-patch+json"
        case .merge: "application/merge-patch+json"
        case .strategic: "application/strategic-merge-patch+json"
        // JSON is YAML.
        case .apply: "application/apply-patch+yaml"
        }
    }

    var body: JSON {
        switch self {
        case .json(let body), .merge(let body), .strategic(let body), .apply(let body, _, _): body
        }
    }
}
