/// What kind of thing an API path serves: `apps/v1`, `Deployment`, `deployments`, namespaced.
public struct ResourceType: Hashable, Sendable {
    /// The API group; empty for the core group.
    public var group: String
    public var version: String
    public var kind: String
    /// The name in paths: lower case, plural.
    public var plural: String
    /// Whether objects of this kind live in a namespace.
    public var namespaced: Bool

    public init(group: String, version: String, kind: String, plural: String, namespaced: Bool) {
        self.group = group
        self.version = version
        self.kind = kind
        self.plural = plural
        self.namespaced = namespaced
    }

    /// `v1` for the core group, else `group/version`.
    public var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }

    /// `deployments.apps`; the plural alone in the core group. The server's messages name resources so.
    public var qualifiedPlural: String { group.isEmpty ? plural : "\(plural).\(group)" }

    /// `Deployment.apps`; the kind alone in the core group.
    public var qualifiedKind: String { group.isEmpty ? kind : "\(kind).\(group)" }

    /// The URL path of the collection (no `name`), of one object, or of a subresource of it.
    ///
    /// - Parameters:
    ///   - namespace: Where to look; `nil` means all namespaces, or that the kind has none. It is left out for kinds that
    ///     are not namespaced.
    ///   - name: The object's name. Characters that a path segment cannot hold are percent-encoded.
    ///   - subresource: Such as `status` or `scale`; it may hold slashes.
    public func path(namespace: String? = nil, name: String? = nil, subresource: String? = nil) -> String {
        var path = group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)"
        if namespaced, let namespace, !namespace.isEmpty { path += "/namespaces/\(Self.segment(namespace))" }
        path += "/\(plural)"
        if let name { path += "/\(Self.segment(name))" }
        if let subresource, !subresource.isEmpty { path += "/\(subresource)" }
        return path
    }

    private static func segment(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: ":"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return encoded
    }
}
