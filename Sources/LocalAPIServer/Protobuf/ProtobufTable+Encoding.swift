import FoundationEssentials
import KubernetesModel
import StructuredData

/// Writes messages. What is not set is left out, which readers take for zero.
extension ProtobufTable {
    /// - Parameter message: a type of the table.
    func encode(_ value: JSON, as message: String) -> [UInt8] {
        var writer = ProtobufWriter()
        if unions[message] != nil {
            writeUnion(value, as: message, to: &writer)
        } else if let members = value.objectValue, let nodes = messages[message] {
            write(members, nodes, to: &writer)
        }
        return writer.bytes
    }

    private func write(_ members: JSONObject, _ nodes: [Int: Node], to writer: inout ProtobufWriter) {
        for (number, node) in nodes.sorted(by: { $0.key < $1.key }) {
            switch node {
            case .inline(let inner):
                var content = ProtobufWriter()
                write(members, inner, to: &content)
                if !content.bytes.isEmpty { writer.write(number, bytes: content.bytes) }
            case .field(let name, let type, _):
                if let value = members[name], value != .null { write(number, value, type, to: &writer) }
            }
        }
    }

    /// A value that stands for one of the message's fields: the one whose type it has.
    private func writeUnion(_ value: JSON, as message: String, to writer: inout ProtobufWriter) {
        for (number, node) in (messages[message] ?? [:]).sorted(by: { $0.key < $1.key }) {
            guard case .field(_, let type, _) = node else { continue }
            switch (value, type) {
            case (.bool, "bool"): write(number, value, type, to: &writer)
            // Whether anything is allowed, where there is a schema for it.
            case (.object, "bool"): writer.write(number, true)
            case (.array, _) where type.hasPrefix("[]"): write(number, value, type, to: &writer)
            case (.object, _) where messages[type] != nil: write(number, value, type, to: &writer)
            default: continue
            }
        }
    }

    private func write(_ number: Int, _ value: JSON, _ type: String, to writer: inout ProtobufWriter) {
        if type.hasPrefix("[]") {
            for element in value.arrayValue ?? [] { write(number, element, String(type.dropFirst(2)), to: &writer) }
        } else if type.hasPrefix("map[") {
            for (key, element) in value.objectValue ?? [:] {
                writer.write(number) { entry in
                    entry.write(1, key)
                    write(2, inMap: element, String(type.dropFirst(4).dropLast()), to: &entry)
                }
            }
        } else {
            writeOne(number, value, type, to: &writer)
        }
    }

    /// A list in a map is a message of its own.
    private func write(_ number: Int, inMap value: JSON, _ type: String, to writer: inout ProtobufWriter) {
        guard type.hasPrefix("[]") else { return write(number, value, type, to: &writer) }
        writer.write(number) { write(1, value, type, to: &$0) }
    }

    private func writeOne(_ number: Int, _ value: JSON, _ type: String, to writer: inout ProtobufWriter) {
        let text = value.stringValue ?? ""
        switch type {
        case "string": writer.write(number, text)
        case "bytes": writer.write(number, bytes: Data(base64Encoded: text).map { Array($0) } ?? [])
        case "int32", "int64": writer.write(number, Int64(value.intValue ?? 0))
        case "number": writer.write(number, value.doubleValue ?? 0)
        case "bool": writer.write(number, value.boolValue ?? false)
        case "time": writer.write(number) { $0.write(1, Timestamp.seconds(text) ?? 0) }
        case "microtime":
            writer.write(number) { message in
                let seconds = Timestamp.seconds(text) ?? 0
                message.write(1, seconds)
                message.write(2, ((Timestamp.microseconds(text) ?? 0) - seconds * 1_000_000) * 1000)
            }
        case "quantity": writer.write(number) { $0.write(1, text) }
        case "fields", "json": writer.write(number) { $0.write(1, bytes: value.serialized()) }
        case "intstr":
            writer.write(number) { message in
                message.write(1, value.stringValue != nil)
                message.write(2, Int64(value.intValue ?? 0))
                message.write(3, text)
            }
        default: writer.write(number, bytes: encode(value, as: type))
        }
    }
}
