import KubernetesModel
import StructuredData

/// In what form a client wants its answer.
struct Accepted: Sendable, Hashable {
    enum Encoding: Sendable, Hashable {
        case json, yaml, protobuf

        var contentType: String {
            switch self {
            case .json: "application/json"
            case .yaml: "application/yaml"
            case .protobuf: "application/vnd.kubernetes.protobuf"
            }
        }

        /// - Throws: 406 where there is no such form of it.
        func encode(_ json: JSON) throws(KubernetesStatus) -> [UInt8] {
            switch self {
            case .json: json.serialized()
            case .yaml: Array(YAML.serialize(json).utf8)
            case .protobuf: try ProtobufMessages.encode(json)
            }
        }
    }

    /// Another kind of object that stands for the one asked for.
    struct Transform: Sendable, Hashable {
        var kind: String
        var group: String
        var version: String

        /// Whether it is bare metadata.
        var isMetadata: Bool { kind.hasPrefix("PartialObjectMetadata") }
    }

    var encoding: Encoding
    var transform: Transform?

    static let json = Accepted(encoding: .json)

    /// Chooses the first form of an `Accept` header that the server can give; protobuf of whole objects for those alone who take
    /// nothing else. Metadata comes in protobuf to those who name it first: items of a list do not name their type then, and
    /// clients of metadata take them to be what they read one by one.
    /// - Parameter canTransform: whether the server can answer with that kind here.
    /// - Throws: 406.
    static func choose(
        _ header: String?, canTransform: (Transform) -> Bool
    ) throws(KubernetesStatus) -> Accepted {
        guard let header, !header.allSatisfy(\.isWhitespace) else { return .json }
        var last: Accepted?
        for clause in header.split(separator: ",") {
            let parts = clause.split(separator: ";").map { $0.filter { !$0.isWhitespace } }
            guard let type = parts.first, let encoding = encoding(of: type) else { continue }
            var parameters: [String: String] = [:]
            for part in parts.dropFirst() {
                let pair = part.split(separator: "=", maxSplits: 1)
                if pair.count == 2 { parameters[String(pair[0])] = String(pair[1]) }
            }
            let transform = parameters["as"].map {
                Transform(kind: $0, group: parameters["g"] ?? "", version: parameters["v"] ?? "")
            }
            if let transform, !canTransform(transform) { continue }
            let accepted = Accepted(encoding: encoding, transform: transform)
            if encoding != .protobuf || transform?.isMetadata == true { return accepted }
            last = last ?? accepted
        }
        if let last { return last }
        throw .notAcceptable(
            "only the following media types are accepted: application/json, application/yaml, "
                + "application/vnd.kubernetes.protobuf")
    }

    private static func encoding(of type: String) -> Encoding? {
        switch type.lowercased() {
        case "application/json", "application/*", "*/*": .json
        case "application/yaml", "application/x-yaml", "text/yaml": .yaml
        case "application/vnd.kubernetes.protobuf": .protobuf
        default: nil
        }
    }
}
