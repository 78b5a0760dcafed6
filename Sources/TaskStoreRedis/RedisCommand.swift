/// A command to Redis, as its bytes on the wire (RESP2).
struct RedisCommand: Sendable {
    private(set) var bytes: [UInt8] = []

    /// - Parameter count: how many words there will be.
    init(count: Int, capacity: Int = 0) {
        bytes.reserveCapacity(capacity + 16 * count + 16)
        head("*", count)
    }

    init(_ words: String...) {
        self.init(count: words.count, capacity: words.reduce(0) { $0 + $1.utf8.count })
        for word in words { add(word) }
    }

    mutating func add(_ word: String) {
        var word = word
        word.withUTF8 { add($0) }
    }

    mutating func add(_ word: some Collection<UInt8>) {
        head("$", word.count)
        bytes.append(contentsOf: word)
        end()
    }

    private mutating func head(_ sign: Unicode.Scalar, _ number: Int) {
        bytes.append(UInt8(ascii: sign))
        bytes.append(contentsOf: String(number).utf8)
        end()
    }

    private mutating func end() {
        bytes.append(13)
        bytes.append(10)
    }
}
