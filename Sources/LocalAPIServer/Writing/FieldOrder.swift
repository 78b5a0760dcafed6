import StructuredData

/// Lists the fields of a JSON text in the order in which it names them. Only called for texts that are known to be well-formed.
enum FieldOrder {
    struct Field {
        /// Such as `spec.parts[0].colour`.
        var path: String
        /// Whether the object has named it before.
        var isRepeated: Bool
    }

    static func fields(in bytes: [UInt8]) -> [Field] {
        var scanner = Scanner(bytes: bytes)
        scanner.value(path: "")
        return scanner.fields
    }

    private struct Scanner {
        var bytes: [UInt8]
        var position = 0
        var fields: [Field] = []

        mutating func value(path: String) {
            skipSpace()
            switch current {
            case UInt8(ascii: "{"): object(path: path)
            case UInt8(ascii: "["): array(path: path)
            case UInt8(ascii: "\""): _ = string()
            default:
                while let byte = current, !",]} \n\r\t".utf8.contains(byte) { position += 1 }
            }
        }

        private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

        private mutating func skipSpace() {
            while let byte = current, " \n\r\t".utf8.contains(byte) { position += 1 }
        }

        private mutating func object(path: String) {
            position += 1
            var keys: [String: Bool] = [:]
            while true {
                skipSpace()
                guard current == UInt8(ascii: "\"") else { break }
                let key = string()
                let place = path.isEmpty ? key : "\(path).\(key)"
                // A third time is not told again.
                switch keys[key] {
                case nil:
                    keys[key] = false
                    fields.append(Field(path: place, isRepeated: false))
                case false?:
                    keys[key] = true
                    fields.append(Field(path: place, isRepeated: true))
                case true?: break
                }
                skipSpace()
                position += 1
                value(path: place)
                skipSpace()
                guard current == UInt8(ascii: ",") else { break }
                position += 1
            }
            position += 1
        }

        private mutating func array(path: String) {
            position += 1
            var index = 0
            while true {
                skipSpace()
                guard let byte = current, byte != UInt8(ascii: "]") else { break }
                value(path: "\(path)[\(index)]")
                index += 1
                skipSpace()
                guard current == UInt8(ascii: ",") else { break }
                position += 1
            }
            position += 1
        }

        private mutating func string() -> String {
            let start = position
            position += 1
            while let byte = current, byte != UInt8(ascii: "\"") { position += byte == UInt8(ascii: "\\") ? 2 : 1 }
            position += 1
            let text = bytes[start..<min(position, bytes.count)]
            return (try? JSON.parse(text))?.stringValue ?? ""
        }
    }
}
