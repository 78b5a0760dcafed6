/// Writes a message field by field (protocol buffers, wire format).
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private mutating func tag(_ field: Int, _ type: UInt64) { varint(UInt64(field) << 3 | type) }

    mutating func write(_ field: Int, _ number: Int64) {
        tag(field, 0)
        varint(UInt64(bitPattern: number))
    }

    mutating func write(_ field: Int, _ flag: Bool) { write(field, Int64(flag ? 1 : 0)) }

    mutating func write(_ field: Int, _ number: Double) {
        tag(field, 1)
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: number.bitPattern >> shift))
        }
    }

    mutating func write(_ field: Int, _ text: String) { write(field, bytes: Array(text.utf8)) }

    mutating func write(_ field: Int, bytes content: [UInt8]) {
        tag(field, 2)
        varint(UInt64(content.count))
        bytes += content
    }

    mutating func write(_ field: Int, message: (inout ProtobufWriter) -> Void) {
        var inner = ProtobufWriter()
        message(&inner)
        write(field, bytes: inner.bytes)
    }
}
