/// Makes inputs from inputs: a few changes at random places, such as readers of JSON, YAML and other texts stumble over.
package struct InputMutator {
    private static let lengthLimit = 4096
    private static let interesting: [[UInt8]] = [
        [0], [0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], Array("\"".utf8), Array("\\".utf8), Array("{".utf8),
        Array("[".utf8), Array("]}".utf8), Array("&a *a ".utf8), Array("\\ud800".utf8), Array("1e999".utf8),
        Array("-9223372036854775809".utf8), Array("null".utf8), Array("$patch".utf8), Array("\n".utf8),
        Array(repeating: 0x80, count: 11), Array(repeating: UInt8(ascii: "["), count: 300),
    ]

    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    /// SplitMix64.
    private mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }

    private mutating func below(_ limit: Int) -> Int { limit > 0 ? Int(next() % UInt64(limit)) : 0 }

    private mutating func range(in bytes: [UInt8]) -> Range<Int> {
        let start = below(bytes.count + 1)
        return start..<min(bytes.count, start + below(16))
    }

    package mutating func mutate(_ input: [UInt8], corpus: [[UInt8]]) -> [UInt8] {
        var bytes = input
        for _ in 0...below(4) {
            let place = below(bytes.count + 1)
            switch below(6) {
            case 0 where place < bytes.count: bytes[place] ^= UInt8(1 << below(8))
            case 1: bytes.removeSubrange(range(in: bytes))
            case 2: bytes.insert(contentsOf: Self.interesting[below(Self.interesting.count)], at: place)
            case 3: bytes.insert(contentsOf: Array(bytes[range(in: bytes)]), at: place)
            case 4:
                let other = corpus[below(corpus.count)]
                bytes.insert(contentsOf: Array(other[range(in: other)]), at: place)
            default: bytes.removeSubrange(place...)
            }
        }
        return Array(bytes.prefix(Self.lengthLimit))
    }
}
