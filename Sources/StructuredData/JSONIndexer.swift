/// The pass that finds the places of a text's values.
struct JSONIndexer {
    private typealias Node = JSONIndexStorage.Node

    private let base: UnsafePointer<UInt8>
    private let count: Int
    private let depthLimit: Int
    private var position = 0
    private var depth = 0
    private var nodes: [JSONIndexStorage.Node] = []

    /// The nodes of the one value that `bytes` hold; `nil` where they do not, or are too many.
    static func nodes(of bytes: [UInt8], depthLimit: Int) -> [JSONIndexStorage.Node]? {
        guard bytes.count < Int(UInt32.max) else { return nil }
        return bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return nil }
            var indexer = JSONIndexer(base: base, count: buffer.count, depthLimit: depthLimit)
            // What API servers send has a value or name every 15 to 30 bytes.
            indexer.nodes.reserveCapacity(buffer.count / 16 + 8)
            guard indexer.value() else { return nil }
            indexer.skipSpace()
            return indexer.position == buffer.count ? indexer.nodes : nil
        }
    }

    private init(base: UnsafePointer<UInt8>, count: Int, depthLimit: Int) {
        self.base = base
        self.count = count
        self.depthLimit = depthLimit
    }

    // MARK: Values. Each returns whether the text is well formed so far.

    private mutating func value() -> Bool {
        skipSpace()
        switch peek() {
        case UInt8(ascii: "\""): return string()
        case UInt8(ascii: "{"): return object()
        case UInt8(ascii: "["): return array()
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): return number()
        case UInt8(ascii: "t"): return word("true", .true)
        case UInt8(ascii: "f"): return word("false", .false)
        case UInt8(ascii: "n"): return word("null", .null)
        default: return false
        }
    }

    private mutating func object() -> Bool {
        guard let own = open(.object) else { return false }
        skipSpace()
        if peek() == UInt8(ascii: "}") { return close(own) }
        while true {
            skipSpace()
            guard peek() == UInt8(ascii: "\""), string() else { return false }
            skipSpace()
            guard peek() == UInt8(ascii: ":") else { return false }
            position += 1
            guard value() else { return false }
            skipSpace()
            switch peek() {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "}"): return close(own)
            default: return false
            }
        }
    }

    private mutating func array() -> Bool {
        guard let own = open(.array) else { return false }
        skipSpace()
        if peek() == UInt8(ascii: "]") { return close(own) }
        while true {
            guard value() else { return false }
            skipSpace()
            switch peek() {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "]"): return close(own)
            default: return false
            }
        }
    }

    private mutating func open(_ kind: JSONIndexStorage.Kind) -> Int? {
        guard depth < depthLimit else { return nil }
        depth += 1
        append(kind, offset: position, length: 0)
        position += 1
        return nodes.count - 1
    }

    private mutating func close(_ own: Int) -> Bool {
        position += 1
        depth -= 1
        nodes[own].length = UInt32(truncatingIfNeeded: position) - nodes[own].offset
        nodes[own].next = UInt32(truncatingIfNeeded: nodes.count)
        return true
    }

    private mutating func word(_ expected: StaticString, _ kind: JSONIndexStorage.Kind) -> Bool {
        let length = expected.utf8CodeUnitCount
        guard count - position >= length else { return false }
        for index in 0..<length where base[position + index] != expected.utf8Start[index] { return false }
        append(kind, offset: position, length: length)
        position += length
        return true
    }

    /// Takes what can stand in a number; its form is checked when it is read.
    private mutating func number() -> Bool {
        let start = position
        position += 1
        loop: while position < count {
            switch base[position] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "e"), UInt8(ascii: "E"):
                position += 1
            default: break loop
            }
        }
        append(.number, offset: start, length: position - start)
        return true
    }

    private mutating func string() -> Bool {
        let start = position + 1
        var index = start
        var isPlain = true
        while true {
            index = plainEnd(from: index)
            guard index < count else { return false }
            switch base[index] {
            case UInt8(ascii: "\""):
                append(.string, offset: start, length: index - start, isPlain: isPlain)
                position = index + 1
                return true
            case UInt8(ascii: "\\"):
                isPlain = false
                index += 2
            case 0..<0x20: return false
            default:
                isPlain = false
                index += 1
            }
        }
    }

    /// The first byte from `start` on that is a quote, a backslash, a control character or not ASCII; eight at a time.
    private func plainEnd(from start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        var index = start
        while count - index >= 8 {
            let word = UInt64(littleEndian: UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self))
            let quote = word ^ (ones &* 0x22)
            let backslash = word ^ (ones &* 0x5C)
            // A subtraction borrows into the top bit of each byte that is less; a byte that is hit may spoil those above it,
            // never those below, so the lowest hit is right.
            let hits =
                (((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash) | ((word &- ones &* 0x20) & ~word)
                    | word) & tops
            if hits != 0 { return index + hits.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < count {
            let byte = base[index]
            if byte == 0x22 || byte == 0x5C || byte < 0x20 || byte >= 0x80 { return index }
            index += 1
        }
        return index
    }

    // MARK: Bytes

    private mutating func append(
        _ kind: JSONIndexStorage.Kind, offset: Int, length: Int, isPlain: Bool = false
    ) {
        nodes.append(
            Node(
                offset: UInt32(truncatingIfNeeded: offset), length: UInt32(truncatingIfNeeded: length),
                next: UInt32(truncatingIfNeeded: nodes.count + 1), kind: kind, isPlain: isPlain))
    }

    /// The next byte; zero, which nothing in the grammar matches, at the end.
    private func peek() -> UInt8 { position < count ? base[position] : 0 }

    private mutating func skipSpace() {
        while position < count, base[position] <= 0x20 {
            switch base[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }
}
