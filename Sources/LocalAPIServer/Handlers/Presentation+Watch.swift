import KubernetesModel
import StructuredData

/// The events of a watch.
extension Presentation {
    /// What the answer says of its form.
    var watchContentType: String {
        encoding == .protobuf ? "\(encoding.contentType);stream=watch" : encoding.contentType
    }

    /// One event: a line, or a message that tells its length first.
    func appendEvent(_ type: String, _ stored: StoredObject, isFirst: Bool, to bytes: inout [UInt8]) throws {
        guard form == .object, encoding == .json else {
            return bytes.append(contentsOf: try event(type, shown(stored, isFirst: isFirst)))
        }
        bytes.append(contentsOf: "{\"type\":\"".utf8)
        bytes.append(contentsOf: type.utf8)
        bytes.append(contentsOf: "\",\"object\":".utf8)
        try append(stored, to: &bytes)
        bytes.append(contentsOf: "}\n".utf8)
    }

    private func shown(_ stored: StoredObject, isFirst: Bool) throws -> JSON {
        switch form {
        case .object: try object(stored)
        case .partial: partial(try stored.object())
        case .table:
            table(
                [try definition.object(stored)], version: String(stored.resourceVersion), continue: nil,
                withColumns: isFirst)
        }
    }

    /// - Throws: 406 where there is no such form of it.
    func event(_ type: String, _ object: JSON) throws(KubernetesStatus) -> [UInt8] {
        if encoding == .protobuf { return try ProtobufMessages.event(type, object) }
        let event: JSON = ["type": .string(type), "object": object]
        return event.serialized() + [UInt8(ascii: "\n")]
    }

    /// - Parameter isFirst: whether no event came before it: the first of a table names the columns.
    /// - Throws: 406 where there is no such form of it.
    func bookmark(_ version: Int64, endsInitialEvents: Bool, isFirst: Bool) throws(KubernetesStatus) -> [UInt8] {
        var metadata: JSON = ["resourceVersion": .string(String(version))]
        if endsInitialEvents { metadata["annotations"] = ["k8s.io/initial-events-end": "true"] }
        let mark: JSON = ["metadata": metadata]
        let object: JSON
        switch form {
        case .object:
            object = [
                "kind": .string(definition.type.kind), "apiVersion": .string(definition.type.apiVersion),
                "metadata": metadata,
            ]
        case .partial: object = partial(mark)
        case .table: object = table([mark], version: String(version), continue: nil, withColumns: isFirst)
        }
        return try event("BOOKMARK", object)
    }
}
