import FoundationEssentials
import KubernetesModel
import StructuredData

/// Reads request bodies in `application/vnd.kubernetes.protobuf`: typed clients send nothing else for some kinds, and do not
/// fall back. Answers are JSON for all who take that.
///
/// The messages are data (`ProtobufMessages`). Clients write fields that are not set as empty ones; a field without `*` in
/// the table is dropped then, as its JSON form would be.
enum ProtobufDecoder {
    /// - Throws: 400 where the body is no such message, 415 for a kind that is not in the table.
    static func object(from body: [UInt8]) throws(KubernetesStatus) -> JSON {
        guard body.starts(with: ProtobufMessages.magic) else {
            throw .badRequest("the body does not begin as application/vnd.kubernetes.protobuf does")
        }
        do {
            var version = ""
            var kind = ""
            var raw: ArraySlice<UInt8> = []
            var envelope = ProtobufReader(body[ProtobufMessages.magic.count...])
            while let (field, value) = try envelope.next() {
                switch (field, value) {
                case (1, .bytes(let bytes)):
                    var type = ProtobufReader(bytes)
                    while let (field, value) = try type.next() {
                        guard case .bytes(let text) = value else { continue }
                        if field == 1 { version = String(decoding: text, as: UTF8.self) }
                        if field == 2 { kind = String(decoding: text, as: UTF8.self) }
                    }
                case (2, .bytes(let bytes)): raw = bytes
                default: break
                }
            }
            guard let message = ProtobufMessages.message(apiVersion: version, kind: kind) else {
                throw KubernetesStatus.unsupportedMediaType(accepted: ["application/json", "application/yaml"])
            }
            var object = try ProtobufMessages.table.decode(raw, as: message) ?? [:]
            object["apiVersion"] = .string(version)
            object["kind"] = .string(kind)
            return object
        } catch let status as KubernetesStatus {
            throw status
        } catch {
            throw .badRequest("the protobuf body cannot be read: \(error)")
        }
    }
}

/// Why bytes are no protobuf message.
struct ProtobufError: Error, CustomStringConvertible {
    var description: String
}

/// Splits a message into its fields (protocol buffers, wire format).
struct ProtobufReader {
    enum Value {
        case integer(UInt64)
        case bytes(ArraySlice<UInt8>)
    }

    private var bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    mutating func next() throws -> (field: Int, value: Value)? {
        if bytes.isEmpty { return nil }
        let tag = try varint()
        guard let field = Int(exactly: tag >> 3), field > 0 else { throw ProtobufError(description: "field number 0") }
        switch tag & 7 {
        case 0: return (field, .integer(try varint()))
        case 1: return (field, .integer(try fixed(8)))
        case 2:
            let count = try varint()
            guard count <= UInt64(bytes.count) else { throw ProtobufError(description: "field \(field) is cut off") }
            let value = bytes.prefix(Int(count))
            bytes = bytes.dropFirst(Int(count))
            return (field, .bytes(value))
        case 5: return (field, .integer(try fixed(4)))
        default: throw ProtobufError(description: "field \(field) has wire type \(tag & 7)")
        }
    }

    private mutating func varint() throws -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = bytes.popFirst() else { throw ProtobufError(description: "a number is cut off") }
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
        }
        throw ProtobufError(description: "a number is longer than ten bytes")
    }

    private mutating func fixed(_ count: Int) throws -> UInt64 {
        guard bytes.count >= count else { throw ProtobufError(description: "a number is cut off") }
        let value = bytes.prefix(count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        bytes = bytes.dropFirst(count)
        return value
    }
}
