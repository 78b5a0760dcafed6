import KubernetesModel

/// In what form a client wants its answer.
struct Accepted: Sendable, Hashable {
    enum Encoding: Sendable, Hashable {
        case json, yaml

        var contentType: String {
            switch self {
            case .json: "application/json"
            case .yaml: "application/yaml"
            }
        }
    }

    /// Another kind of object that stands for the one asked for.
    struct Transform: Sendable, Hashable {
        var kind: String
        var group: String
        var version: String
    }

    var encoding: Encoding
    var transform: Transform?

    static let json = Accepted(encoding: .json)

    /// Chooses the first form of an `Accept` header that the server can give.
    /// - Parameter canTransform: whether the server can answer with that kind here.
    /// - Throws: 406.
    static func choose(
        _ header: String?, canTransform: (Transform) -> Bool
    ) throws(KubernetesStatus) -> Accepted {
        guard let header, !header.allSatisfy(\.isWhitespace) else { return .json }
        for clause in header.split(separator: ",") {
            let parts = clause.split(separator: ";").map { $0.filter { !$0.isWhitespace } }
            guard let type = parts.first, let encoding = encoding(of: type) else { continue }
            var parameters: [String: String] = [:]
            for part in parts.dropFirst() {
                let pair = part.split(separator: "=", maxSplits: 1)
                if pair.count == 2 { parameters[String(pair[0])] = String(pair[1]) }
            }
            guard let kind = parameters["as"] else { return Accepted(encoding: encoding) }
            let transform = Transform(kind: kind, group: parameters["g"] ?? "", version: parameters["v"] ?? "")
            if canTransform(transform) { return Accepted(encoding: encoding, transform: transform) }
        }
        throw .notAcceptable(
            "only the following media types are accepted: application/json, application/yaml, "
                + "application/vnd.kubernetes.protobuf")
    }

    private static func encoding(of type: String) -> Encoding? {
        switch type.lowercased() {
        case "application/json", "application/*", "*/*": .json
        case "application/yaml", "application/x-yaml", "text/yaml": .yaml
        default: nil
        }
    }
}
