import StructuredData

/// A generator that repeats itself from a seed (SplitMix64; Steele, Lea and Flood 2014).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Seeds for one run; a failing one stands in the test's arguments, and can be put in their place.
    static let freshSeeds: [UInt64] = (0..<4).map { _ in UInt64.random(in: .min ... .max) }
}

/// Values of all kinds, with a liking for what parsers trip over.
struct RandomJSON {
    var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func value(depth: Int = 4) -> JSON {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .integer(Self.integers.randomElement(using: &random) ?? 0)
        case 3: return .integer(Int64.random(in: .min ... .max, using: &random))
        case 4: return .number(number())
        case 5: return .string(string())
        case 6: return .array((0..<Int.random(in: 0..<5, using: &random)).map { _ in value(depth: depth - 1) })
        default:
            let pairs = (0..<Int.random(in: 0..<12, using: &random)).map { _ in (string(), value(depth: depth - 1)) }
            return .object(JSONObject(pairs))
        }
    }

    mutating func number() -> Double {
        let bits = UInt64.random(in: .min ... .max, using: &random)
        let any = Double(bitPattern: bits)
        switch Int.random(in: 0..<4, using: &random) {
        case 0 where any.isFinite: return any
        case 1: return Double(Int.random(in: -1_000_000...1_000_000, using: &random)) / 100
        case 2: return Self.numbers.randomElement(using: &random) ?? 0
        default: return Double.random(in: -1...1, using: &random)
        }
    }

    mutating func string() -> String {
        if Int.random(in: 0..<3, using: &random) == 0 { return Self.strings.randomElement(using: &random) ?? "" }
        let length = Int.random(in: 0..<12, using: &random)
        var text = String.UnicodeScalarView()
        for _ in 0..<length { text.append(Self.scalars.randomElement(using: &random) ?? "a") }
        return String(text)
    }

    static let integers: [Int64] = [0, -1, 1, .max, .min, 1 << 53, (1 << 53) + 1, 999_999_999_999_999_999]
    static let numbers: [Double] = [
        0.1, -0.0, 1e21, 1e22, 1e23, .leastNonzeroMagnitude, 2.2250738585072014e-308, .greatestFiniteMagnitude,
        9_007_199_254_740_992,
        1.0, 123_456_789_012_345_680, 0.30000000000000004, 4.35, 1e-7,
    ]
    static let scalars: [Unicode.Scalar] =
        Array("aZ09 \t\n\r\"\\/{}[]:,#&*!|>'%@`-?~=<.é漢".unicodeScalars) + [
            "\u{0}", "\u{1F}", "\u{7F}", "\u{85}", "\u{A0}", "\u{2028}", "\u{2029}", "\u{FEFF}", "\u{FFFD}",
            "\u{1F600}",
            "\u{10FFFF}", "\u{301}",
        ]
    static let strings = [
        "true", "no", "null", "~", "1", "0x1F", "1e3", "1:30", "2001-12-14", ".inf", "<<", "=", "- a", "a: b", "a #b",
        "? x", "key:", "multi\nline\n", "multi\n\nline", "trailing \nspace", "\n", "\n\n", " lead\nline", "keep\n\n\n",
        "---",
        "...", "--- a", "%TAG", "", " ", "\t", "a\tb", "x\n...\ny", "x\n--- y\n", "creationTimestamp", "!tag", "&a",
        "*a", "[",
    ]
}
