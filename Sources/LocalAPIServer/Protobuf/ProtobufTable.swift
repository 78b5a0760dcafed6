import FoundationEssentials
import KubernetesModel
import StructuredData

/// Reads and writes messages by the numbers of their fields, as the table of built-in types has them.
struct ProtobufTable: Sendable {
    indirect enum Node: Sendable {
        case field(name: String, type: String, keepsEmpty: Bool)
        /// A message whose fields stand in the one around it in JSON.
        case inline([Int: Node])
    }

    private static let depthLimit = 64

    private(set) var messages: [String: [Int: Node]] = [:]
    /// The fields of messages that are in JSON the value of one of them, the one to prefer last.
    private(set) var unions: [String: [String]] = [:]

    init(_ types: TypeTable) {
        for name in types.names {
            var nodes: [Int: Node] = [:]
            let fields = types.wireFields(of: name)
            for field in fields { Self.add(field, at: field.path[...], to: &nodes) }
            messages[name] = nodes
            if types.isUnion(name) { unions[name] = fields.map(\.name) }
        }
    }

    private static func add(_ field: TypeTable.WireField, at path: ArraySlice<Int>, to nodes: inout [Int: Node]) {
        guard let number = path.first else { return }
        if path.count == 1 {
            nodes[number] = .field(name: field.name, type: field.type, keepsEmpty: field.keepsEmpty)
            return
        }
        var inner: [Int: Node] = [:]
        if case .inline(let known) = nodes[number] { inner = known }
        add(field, at: path.dropFirst(), to: &inner)
        nodes[number] = .inline(inner)
    }

    /// Whether messages of the type are objects, or options, that a request body may be.
    func isBody(_ message: String) -> Bool {
        guard case .field(let name, let type, _) = messages[message]?[1] else { return false }
        return (name == "metadata" && type == "ObjectMeta") || message == "DeleteOptions"
    }

    /// - Returns: `nil` where everything in the message is empty.
    func decode(_ bytes: ArraySlice<UInt8>, as message: String, depth: Int = 0) throws -> JSON? {
        guard let nodes = messages[message] else { throw ProtobufError(description: "no message \(message)") }
        var members = JSONObject()
        try read(bytes, nodes, of: message, into: &members, depth: depth)
        if let fields = unions[message] { return fields.last { members[$0] != nil }.flatMap { members[$0] } }
        return members.isEmpty ? JSON?.none : .object(members)
    }

    private func read(
        _ bytes: ArraySlice<UInt8>, _ nodes: [Int: Node], of message: String, into members: inout JSONObject, depth: Int
    ) throws {
        guard depth < Self.depthLimit else { throw ProtobufError(description: "messages nest too deep") }
        var reader = ProtobufReader(bytes)
        while let (number, value) = try reader.next() {
            switch nodes[number] {
            case nil:
                // Dropping what the client set would lose its data without a word.
                if Self.isEmpty(value, depth: depth) { continue }
                throw KubernetesStatus(
                    reason: .unsupportedMediaType, code: 415,
                    message:
                        "field \(number) of \(message) is not supported in application/vnd.kubernetes.protobuf; send "
                        + "application/json")
            case .inline(let inner):
                guard case .bytes(let content) = value else {
                    throw ProtobufError(description: "field \(number) of \(message) is no message")
                }
                try read(content, inner, of: message, into: &members, depth: depth + 1)
            case .field(let name, let type, let keepsEmpty):
                try read(value, name: name, type: type, keepsEmpty: keepsEmpty, into: &members, depth: depth)
            }
        }
    }

    private func read(
        _ value: ProtobufReader.Value, name: String, type: String, keepsEmpty: Bool, into members: inout JSONObject,
        depth: Int
    ) throws {
        if type.hasPrefix("[]") {
            let element = try decode(value, type: String(type.dropFirst(2)), keepsEmpty: true, depth: depth)
            members[name] = .array((members[name]?.arrayValue ?? []) + [element ?? [:]])
        } else if type.hasPrefix("map[") {
            let (key, element) = try entry(value, type: String(type.dropFirst(4).dropLast()), depth: depth)
            var map = members[name] ?? [:]
            map[key] = element
            members[name] = map
        } else if let decoded = try decode(value, type: type, keepsEmpty: keepsEmpty, depth: depth) {
            members[name] = decoded
        }
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
        case ("int32", .integer(let number)), ("int64", .integer(let number)):
            return number == 0 && !keepsEmpty ? JSON?.none : .integer(Int64(bitPattern: number))
        case ("number", .integer(let bits)):
            let number = Double(bitPattern: bits)
            if number == 0, !keepsEmpty { return JSON?.none }
            return Int64(exactly: number).map(JSON.integer) ?? JSON(number)
        case ("bool", .integer(let number)): return number == 0 && !keepsEmpty ? JSON?.none : .bool(number != 0)
        case ("time", .bytes(let bytes)): return try time(bytes).map { .string(Timestamp.text(seconds: $0.seconds)) }
        case ("microtime", .bytes(let bytes)):
            return try time(bytes).map {
                .string(Timestamp.text(microseconds: $0.seconds * 1_000_000 + $0.nanos / 1000))
            }
        case ("quantity", .bytes(let bytes)): return try text(bytes, field: 1).map(JSON.string)
        case ("fields", .bytes(let bytes)): return try text(bytes, field: 1).flatMap { try? JSON.parse($0) }
        case ("json", .bytes(let bytes)): return try text(bytes, field: 1).map { try JSON.parse($0) }
        case ("intstr", .bytes(let bytes)): return try intOrString(bytes)
        // A list in a map is a message of its own.
        case ("[]string", .bytes(let bytes)): return try texts(bytes)
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

    private func texts(_ bytes: ArraySlice<UInt8>) throws -> JSON {
        var texts: [JSON] = []
        var reader = ProtobufReader(bytes)
        while let (number, value) = try reader.next() {
            if number == 1, case .bytes(let text) = value {
                texts.append(.string(String(decoding: text, as: UTF8.self)))
            }
        }
        return .array(texts)
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
