import KubernetesModel
import StructuredData

/// Writes answers in `application/vnd.kubernetes.protobuf`.
extension ProtobufMessages {
    /// - Parameter object: with its type.
    /// - Throws: 406 for a kind that has no message.
    static func encode(_ object: JSON) throws(KubernetesStatus) -> [UInt8] {
        let version = object["apiVersion"]?.stringValue ?? ""
        let kind = object["kind"]?.stringValue ?? ""
        guard let content = content(object, version, kind) else {
            throw .notAcceptable(
                "object \(goType(version, kind)) does not implement the protobuf marshalling interface and cannot be "
                    + "encoded to a protobuf message")
        }
        var envelope = ProtobufWriter()
        envelope.write(1) { type in
            type.write(1, version)
            type.write(2, kind)
        }
        envelope.write(2, bytes: content)
        return magic + envelope.bytes
    }

    /// One event of a watch: its length in four bytes, and then what it says.
    ///
    /// - Throws: 406 for a kind that has no message.
    static func event(_ type: String, _ object: JSON) throws(KubernetesStatus) -> [UInt8] {
        let content = try encode(object)
        var event = ProtobufWriter()
        event.write(1, type)
        event.write(2) { $0.write(1, bytes: content) }
        let count = event.bytes.count
        return stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: count >> $0) } + event.bytes
    }

    private static func content(_ object: JSON, _ version: String, _ kind: String) -> [UInt8]? {
        switch (version, kind) {
        case ("v1", "Status"): return table.encode(object, as: kind)
        case (_, "PartialObjectMetadata") where isMeta(version): return partial(object)
        case (_, "PartialObjectMetadataList") where isMeta(version): return list(object, of: partial)
        default: break
        }
        guard versions.contains(version) else { return nil }
        if let message = message(apiVersion: version, kind: kind) { return table.encode(object, as: message) }
        guard kind.hasSuffix("List"), let message = message(apiVersion: version, kind: String(kind.dropLast(4))) else {
            return nil
        }
        return list(object) { table.encode($0, as: message) }
    }

    private static func partial(_ object: JSON) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.write(1, bytes: table.encode(object["metadata"] ?? [:], as: "ObjectMeta"))
        return writer.bytes
    }

    private static func list(_ list: JSON, of item: (JSON) -> [UInt8]) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.write(1, bytes: table.encode(list["metadata"] ?? [:], as: "ListMeta"))
        for object in list["items"]?.arrayValue ?? [] { writer.write(2, bytes: item(object)) }
        return writer.bytes
    }

    private static func isMeta(_ version: String) -> Bool { version.hasPrefix("meta.k8s.io/") }

    /// What a real server calls the type that it cannot write.
    private static func goType(_ version: String, _ kind: String) -> String {
        if isMeta(version) { return "*\(version.split(separator: "/").last ?? "").\(kind)" }
        return kind.hasSuffix("List") ? "*unstructured.UnstructuredList" : "*unstructured.Unstructured"
    }
}
