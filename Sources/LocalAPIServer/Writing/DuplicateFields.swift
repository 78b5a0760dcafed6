import StructuredData

/// Finds the fields that a JSON text names twice. Only called for texts that are known to be well-formed and to have some.
enum DuplicateFields {
    static func paths(in bytes: [UInt8]) -> [String] {
        var scanner = Scanner(bytes: bytes)
        scanner.value(path: "")
        return scanner.paths
    }

    private struct Scanner {
        var bytes: [UInt8]
        var position = 0
        var paths: [String] = []

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
            var keys: Set<String> = []
            while true {
                skipSpace()
                guard current == UInt8(ascii: "\"") else { break }
                let key = string()
                let place = path.isEmpty ? key : "\(path).\(key)"
                if !keys.insert(key).inserted, !paths.contains(place) { paths.append(place) }
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
