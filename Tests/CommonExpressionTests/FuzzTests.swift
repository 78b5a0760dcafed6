import StructuredData
import Testing

@testable import CommonExpression

/// Sources made of the language's own words, and of damaged good ones: nothing may trap or hang, and what is refused is
/// refused with a message.
@Suite("Hostile expressions")
struct FuzzTests {
    private static let words = [
        "self", "oldSelf", "a", "x", "1", "2u", "1.5", "'s'", "b'b'", "true", "false", "null", "[", "]", "{", "}", "(",
        ")", ".", ",", "?", ":", "+", "-", "*", "/", "%", "!", "==", "!=", "<", "in", "&&", "||", "all", "exists",
        "map",
        "filter", "has", "size", "matches", "optMap", "orValue", "transformMap", "sortBy", "'(a+)+$'", "\"\"\"", "r'",
        "\\", "`", "\u{1F451}", "9223372036854775807", "0x", "1e999", " ",
    ]
    private static let seeds = [
        "self.tags.all(t, t.matches('^[a-z]+$') && t.size() < 10)", "has(self.name) ? self.name.startsWith('a') : true",
        "self.tags.map(t, t + 'x').filter(t, t != '').exists_one(t, t == 'ax')",
        "{'a': [1, 2, 3]}['a'][?1].optMap(v, v * 2).orValue(0) == 4",
        "timestamp('2024-01-01T00:00:00Z').getFullYear() == 2024",
        "'%s %d'.format([self.name, 3]) != quantity('1Gi').asInteger().format([])",
    ]
    private static let schema: JSON = [
        "type": "object",
        "properties": [
            "name": ["type": "string"], "tags": ["type": "array", "items": ["type": "string"]],
            "port": ["x-kubernetes-int-or-string": true],
        ],
    ]

    private func run(_ source: String) throws {
        let schema = StructuralSchema(Self.schema)
        let declaration = try #require(Declaration.make(schema, name: "self"))
        let value = try Value(["name": "n", "tags": ["a", "b"], "port": 80], schema: schema)
        do throws(CompilationError) {
            let program = try CompiledExpression(source, variables: ["self": declaration.type])
            _ = program.evaluate(["self": value], costLimit: 20_000)
            _ = CostEstimator.cost(of: program, root: declaration)
        } catch {
            #expect(error.description.hasPrefix("ERROR: <input>:"))
        }
    }

    @Test("Random sources are accepted or refused")
    func random() throws {
        let seed = UInt64.random(in: 0...(.max))
        print("seed \(seed)")
        var generator = SplitMix(state: seed)
        let clock = ContinuousClock()
        let end = clock.now + .seconds(3)
        var count = 0
        while clock.now < end, count < 20_000 {
            count += 1
            var source: String
            if Bool.random(using: &generator) {
                source = (0..<Int.random(in: 1...20, using: &generator))
                    .map { _ in Self.words.randomElement(using: &generator) ?? "" }.joined(separator: " ")
            } else {
                var scalars = Array((Self.seeds.randomElement(using: &generator) ?? "").unicodeScalars)
                for _ in 0..<Int.random(in: 1...4, using: &generator) {
                    let index = Int.random(in: 0..<scalars.count, using: &generator)
                    let word = Self.words.randomElement(using: &generator) ?? ""
                    scalars.replaceSubrange(
                        index..<min(scalars.count, index + Int.random(in: 0...3, using: &generator)),
                        with: word.unicodeScalars)
                    if scalars.isEmpty { break }
                }
                source = String(String.UnicodeScalarView(scalars))
            }
            try run(source)
        }
        #expect(count > 100)
    }

    @Test(
        "Deep and long sources are refused, not followed",
        arguments: [
            String(repeating: "(", count: 50_000), String(repeating: "[", count: 50_000),
            String(repeating: "!", count: 99_000) + "true", String(repeating: "-", count: 99_000) + "1",
            "a" + String(repeating: ".a", count: 40_000), String(repeating: "1+", count: 40_000) + "1",
            String(repeating: "true ? true : ", count: 5000) + "true", String(repeating: "x", count: 100_001),
            "self" + String(repeating: ".optMap(x, x)", count: 40),
            String(repeating: "[1].all(x, ", count: 200) + "true" + String(repeating: ")", count: 200),
            "self" + String(repeating: "[0]", count: 30_000), String(repeating: "{1:", count: 10_000),
        ])
    func depth(source: String) throws { try run(source) }

    /// As deep as sources may be, on a thread of the pool that serves requests.
    @Test(
        "The deepest sources that are let through are evaluated",
        arguments: [
            String(repeating: "[", count: 240) + String(repeating: "]", count: 240) + " != []",
            String(repeating: "[1].all(x, ", count: 80) + "true" + String(repeating: ")", count: 80),
            "1" + String(repeating: " + 1", count: 240) + " > 0",
            String(repeating: "!(", count: 110) + "true" + String(repeating: ")", count: 110),
        ])
    func deepest(source: String) throws {
        let evaluation = try Subject().evaluate(source)
        guard case .success(.bool(true)) = evaluation.result else {
            Issue.record("\(evaluation.result)")
            return
        }
    }

    @Test("A long chain of alternatives is shallow")
    func chains() throws {
        let source = (0..<5000).map { "self == \($0)" }.joined(separator: " || ")
        let program = try CompiledExpression(source, variables: ["self": .int])
        let evaluation = program.evaluate(["self": .int(4999)], costLimit: 1_000_000)
        guard case .success(.bool(true)) = evaluation.result else {
            Issue.record("\(evaluation.result)")
            return
        }
    }

    @Test("Random patterns are accepted or refused, and matched in bounded time")
    func patterns() {
        let seed = UInt64.random(in: 0...(.max))
        print("seed \(seed)")
        var generator = SplitMix(state: seed)
        let parts = [
            "a", "b", ".", "*", "+", "?", "(", ")", "|", "[", "]", "^", "$", "\\d", "\\", "{2,3}", "{", "-", "(?i)",
            "[^a]",
            "\\p{L}", "(?:", "é",
        ]
        for _ in 0..<3000 {
            let pattern = (0..<Int.random(in: 1...12, using: &generator))
                .map { _ in parts.randomElement(using: &generator) ?? "" }.joined()
            guard let compiled = try? RegularExpression.cached(pattern) else { continue }
            _ = compiled.matches("aaabé-\\d")
            _ = compiled.findAll(in: "aaab")
        }
    }
}

/// Sebastiano Vigna's SplitMix64: numbers that a seed repeats.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
