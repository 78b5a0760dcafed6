import TaskQueue

/// Writes values as MessagePack, which Lua in Redis reads and writes itself.
struct PackWriter {
    private(set) var bytes: [UInt8] = []

    mutating func array(_ count: Int) { head(count, short: 0x90, wide: 0xDC) }
    mutating func map(_ count: Int) { head(count, short: 0x80, wide: 0xDE) }

    /// False stands for what is not there: a list in Lua ends at the first nil.
    mutating func none() { bytes.append(0xC2) }
    mutating func bool(_ value: Bool) { bytes.append(value ? 0xC3 : 0xC2) }

    mutating func integer(_ value: Int64) {
        if (0...127).contains(value) { return bytes.append(UInt8(value)) }
        bytes.append(0xD3)
        big(UInt64(bitPattern: value))
    }

    mutating func double(_ value: Double) {
        bytes.append(0xCB)
        big(value.bitPattern)
    }

    mutating func text(_ value: String) {
        var value = value
        value.withUTF8 { self.data($0) }
    }

    mutating func data(_ value: some Collection<UInt8>) {
        let count = value.count
        switch count {
        case ..<32: bytes.append(0xA0 | UInt8(count))
        case ..<(1 << 16):
            bytes.append(0xDA)
            big(UInt16(count))
        default:
            bytes.append(0xDB)
            big(UInt32(count))
        }
        bytes.append(contentsOf: value)
    }

    mutating func optional(_ value: Int64?) { if let value { integer(value) } else { none() } }
    mutating func optional(_ value: String?) { if let value { text(value) } else { none() } }

    private mutating func head(_ count: Int, short: UInt8, wide: UInt8) {
        if count < 16 { return bytes.append(short | UInt8(count)) }
        bytes.append(wide)
        big(UInt16(count))
    }

    private mutating func big(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }
}

/// What Lua writes.
enum PackValue: Sendable, Hashable {
    case none
    case bool(Bool)
    case integer(Int64)
    case double(Double)
    case data([UInt8])
    case array([PackValue])
}

/// Reads MessagePack. What is cut short or unknown is `corrupt`.
struct PackReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    static func read(_ bytes: [UInt8]) throws(TaskStoreError) -> PackValue {
        var reader = PackReader(bytes)
        return try reader.value()
    }

    mutating func value() throws(TaskStoreError) -> PackValue {
        let head = try byte()
        switch head {
        case 0x00...0x7F: return .integer(Int64(head))
        case 0x90...0x9F: return try array(Int(head & 0x0F))
        case 0xA0...0xBF: return .data(try data(Int(head & 0x1F)))
        case 0xC0: return .none
        case 0xC2: return .bool(false)
        case 0xC3: return .bool(true)
        case 0xC4, 0xD9: return .data(try data(Int(try number(UInt8.self))))
        case 0xC5, 0xDA: return .data(try data(Int(try number(UInt16.self))))
        case 0xC6, 0xDB: return .data(try data(Int(try number(UInt32.self))))
        case 0xCA: return .double(Double(Float(bitPattern: try number(UInt32.self))))
        case 0xCB: return .double(Double(bitPattern: try number(UInt64.self)))
        case 0xCC: return .integer(Int64(try number(UInt8.self)))
        case 0xCD: return .integer(Int64(try number(UInt16.self)))
        case 0xCE: return .integer(Int64(try number(UInt32.self)))
        case 0xCF: return .integer(Int64(clamping: try number(UInt64.self)))
        case 0xD0: return .integer(Int64(try number(Int8.self)))
        case 0xD1: return .integer(Int64(try number(Int16.self)))
        case 0xD2: return .integer(Int64(try number(Int32.self)))
        case 0xD3: return .integer(try number(Int64.self))
        case 0xDC: return try array(Int(try number(UInt16.self)))
        case 0xDD: return try array(Int(try number(UInt32.self)))
        case 0xE0...0xFF: return .integer(Int64(Int8(bitPattern: head)))
        default: throw Self.damaged
        }
    }

    private mutating func array(_ count: Int) throws(TaskStoreError) -> PackValue {
        guard count <= rest.count else { throw Self.damaged }
        var elements: [PackValue] = []
        elements.reserveCapacity(count)
        for _ in 0..<count { elements.append(try value()) }
        return .array(elements)
    }

    /// How many members a map has; each is a key and a value.
    mutating func members() throws(TaskStoreError) -> Int {
        let head = try byte()
        switch head {
        case 0x80...0x8F: return Int(head & 0x0F)
        case 0xDE: return Int(try number(UInt16.self))
        default: throw Self.damaged
        }
    }

    private mutating func data(_ count: Int) throws(TaskStoreError) -> [UInt8] {
        guard count <= rest.count else { throw Self.damaged }
        defer { rest = rest.dropFirst(count) }
        return [UInt8](rest.prefix(count))
    }

    private mutating func byte() throws(TaskStoreError) -> UInt8 {
        guard let byte = rest.popFirst() else { throw Self.damaged }
        return byte
    }

    private mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) throws(TaskStoreError) -> Number {
        let size = MemoryLayout<Number>.size
        guard rest.count >= size else { throw Self.damaged }
        defer { rest = rest.dropFirst(size) }
        return rest.prefix(size).reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
    }

    static let damaged = TaskStoreError(
        .corrupt,
        "the task store in Redis holds a value that cannot be read: it was written by another release, or is damaged")
}
