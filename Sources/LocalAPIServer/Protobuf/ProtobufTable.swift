import FoundationEssentials
import KubernetesModel
import StructuredData

/// The fields of messages, by number.
///
/// One message a block: `message Name`, then one field a line: `number name type [*]`. Types are `string`, `int`, `bool`, `bytes`,
/// `time`, `microtime`, `quantity`, `intstr`, `fields` (FieldsV1), `map[T]`, `[]T`, a message's name, or `&Name` for a message whose fields stand in this one in JSON. `*` marks a field that is kept
/// where it is empty.
struct ProtobufTable: Sendable {
    private struct Field: Sendable {
        var name: String
        var type: String
        var keepsEmpty: Bool
    }

    private static let depthLimit = 32

    private var messages: [String: [Int: Field]] = [:]

    init(_ texts: [String]) {
        for text in texts {
            var name = ""
            for line in text.split(separator: "\n") {
                let words = line.split(separator: " ").map(String.init)
                if words.first == "message" {
                    name = words[1]
                    messages[name] = [:]
                } else if words.count >= 3, let number = Int(words[0]) {
                    messages[name]?[number] = Field(name: words[1], type: words[2], keepsEmpty: words.contains("*"))
                }
            }
        }
    }

    /// - Returns: `nil` where everything in the message is empty.
    func decode(_ bytes: ArraySlice<UInt8>, as message: String, depth: Int = 0) throws -> JSON? {
        guard depth < Self.depthLimit else { throw ProtobufError(description: "messages nest too deep") }
        guard let fields = messages[message] else { throw ProtobufError(description: "no message \(message)") }
        var members = JSONObject()
        var reader = ProtobufReader(bytes)
        while let (number, value) = try reader.next() {
            guard let field = fields[number] else {
                // Dropping what the client set would lose its data without a word.
                if Self.isEmpty(value, depth: depth) { continue }
                throw KubernetesStatus(
                    reason: .unsupportedMediaType, code: 415,
                    message:
                        "field \(number) of \(message) is not supported in application/vnd.kubernetes.protobuf; send "
                        + "application/json")
            }
            if field.type.hasPrefix("&"), case .bytes(let inner) = value {
                for (key, value) in try decode(inner, as: String(field.type.dropFirst()), depth: depth + 1)?.objectValue
                    ?? [:]
                {
                    members[key] = value
                }
                continue
            }
            if field.type.hasPrefix("[]") {
                let element = try decode(value, type: String(field.type.dropFirst(2)), keepsEmpty: true, depth: depth)
                members[field.name] = .array((members[field.name]?.arrayValue ?? []) + [element ?? [:]])
            } else if field.type.hasPrefix("map[") {
                let (key, element) = try entry(value, type: String(field.type.dropFirst(4).dropLast()), depth: depth)
                var map = members[field.name] ?? [:]
                map[key] = element
                members[field.name] = map
            } else if let decoded = try decode(value, type: field.type, keepsEmpty: field.keepsEmpty, depth: depth) {
                members[field.name] = decoded
            }
        }
        return members.isEmpty ? JSON?.none : .object(members)
    }

    /// Whether a value is what clients write for a field that is not set: zero, nothing, or a message of such.
    private static func isEmpty(_ value: ProtobufReader.Value, depth: Int) -> Bool {
        switch value {
        case .integer(let number): return number == 0
        case .bytes(let bytes):
            guard depth < depthLimit else { return false }
            var reader = ProtobufReader(bytes)
            do {
                while let (_, inner) = try reader.next() {
                    if !isEmpty(inner, depth: depth + 1) { return false }
                }
                return true
            } catch {
                return false
            }
        }
    }

    private func entry(
        _ value: ProtobufReader.Value, type: String, depth: Int
    ) throws -> (key: String, value: JSON) {
        guard case .bytes(let bytes) = value else { throw ProtobufError(description: "a map entry is no message") }
        var key = ""
        var element: JSON?
        var reader = ProtobufReader(bytes)
        while let (number, value) = try reader.next() {
            if number == 1, case .bytes(let text) = value { key = String(decoding: text, as: UTF8.self) }
            if number == 2 { element = try decode(value, type: type, keepsEmpty: true, depth: depth) }
        }
        return (key, element ?? "")
    }

    private func decode(
        _ value: ProtobufReader.Value, type: String, keepsEmpty: Bool, depth: Int
    ) throws -> JSON? {
        switch (type, value) {
        case ("string", .bytes(let bytes)):
            return bytes.isEmpty && !keepsEmpty ? JSON?.none : .string(String(decoding: bytes, as: UTF8.self))
        case ("bytes", .bytes(let bytes)): return .string(Data(bytes).base64EncodedString())
        case ("int", .integer(let number)):
            return number == 0 && !keepsEmpty ? JSON?.none : .integer(Int64(bitPattern: number))
        case ("bool", .integer(let number)): return number == 0 && !keepsEmpty ? JSON?.none : .bool(number != 0)
        case ("time", .bytes(let bytes)): return try time(bytes).map { .string(Timestamp.text(seconds: $0.seconds)) }
        case ("microtime", .bytes(let bytes)):
            return try time(bytes).map {
                .string(Timestamp.text(microseconds: $0.seconds * 1_000_000 + $0.nanos / 1000))
            }
        case ("quantity", .bytes(let bytes)): return try text(bytes, field: 1).map(JSON.string)
        case ("fields", .bytes(let bytes)): return try text(bytes, field: 1).flatMap { try? JSON.parse($0) }
        case ("intstr", .bytes(let bytes)): return try intOrString(bytes)
        case (_, .bytes(let bytes)):
            return try decode(bytes, as: type, depth: depth + 1) ?? (keepsEmpty ? [:] : JSON?.none)
        default: throw ProtobufError(description: "a \(type) has the wrong wire type")
        }
    }

    private func time(_ bytes: ArraySlice<UInt8>) throws -> (seconds: Int64, nanos: Int64)? {
        if bytes.isEmpty { return nil }
        var seconds: Int64 = 0
        var nanos: Int64 = 0
        var reader = ProtobufReader(bytes)
        while let (number, value) = try reader.next() {
            guard case .integer(let integer) = value else { continue }
            if number == 1 { seconds = Int64(bitPattern: integer) }
            if number == 2 { nanos = Int64(bitPattern: integer) }
        }
        // Clients write an unset time as the beginning of their calendar, or as nothing at all.
        return (-62_135_596_800 < seconds && seconds < 253_402_300_800 && (seconds, nanos) != (0, 0))
            ? (seconds, nanos) : nil
    }

    private func text(_ bytes: ArraySlice<UInt8>, field: Int) throws -> String? {
        var reader = ProtobufReader(bytes)
        while let (number, value) = try reader.next() {
            if number == field, case .bytes(let text) = value { return String(decoding: text, as: UTF8.self) }
        }
        return nil
    }

    private func intOrString(_ bytes: ArraySlice<UInt8>) throws -> JSON {
        var isString = false
        var number: Int64 = 0
        var text = ""
        var reader = ProtobufReader(bytes)
        while let (field, value) = try reader.next() {
            switch (field, value) {
            case (1, .integer(let kind)): isString = kind == 1
            case (2, .integer(let integer)): number = Int64(bitPattern: integer)
            case (3, .bytes(let bytes)): text = String(decoding: bytes, as: UTF8.self)
            default: break
            }
        }
        return isString ? .string(text) : .integer(number)
    }
}
