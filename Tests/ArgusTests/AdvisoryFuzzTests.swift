import StructuredData
import Testing

@testable import Argus

@Suite("Advice of anything")
struct AdvisoryFuzzTests {
    /// A generator of its own, so that a failure comes again from its seed.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    private static let values: [JSON] = [
        nil, true, 0, -1, 1, 2, 0.5, 1e-9, 1e-300, 1e9, 1e300, -1e300, .number(.nan), .number(.infinity), "", "AAPL",
        "hrp",
        "mean-cvar", "equal-risk", "target-risk", "maximum-sharpe", "black-litterman", [], [:], [0, 0], [0.3, 0.1],
        ["AAPL": 1], ["AAPL": -5, "KO": 3], [[:]], 9_223_372_036_854_775_807,
    ]

    private static func full() throws -> JSON {
        try AdvisorySample.input(
            ["kind": "minimum-variance", "riskFree": 0.01, "confidence": 0.9],
            [
                "covariance": "sample", "mean": "historical",
                "views": [["long": ["AAPL": 1], "short": ["KO": 1], "return": 0.02, "confidence": 0.5]],
                "marketWeights": ["AAPL": 1, "JNJ": 2], "riskAversion": 2, "tau": 0.1,
                "constraints": [
                    "min": 0, "max": 0.7, "bounds": ["AAPL": [0, 0.5]], "cash": 0.02, "turnover": 0.9, "count": 4,
                    "groups": [["name": "g", "symbols": ["AAPL", "JNJ"], "max": 0.8, "min": 0.1]],
                ],
                "holdings": ["AAPL": 3, "JNJ": 2], "cash": 900, "prices": ["KO": 50], "lotSize": 1,
                "costs": [
                    "bps": 5, "fixed": 1,
                    "impact": [
                        "coefficient": 0.1, "adv": ["AAPL": 1e6, "JNJ": 1e6, "JPM": 1e6, "KO": 1e6, "XOM": 1e6],
                    ],
                ],
                "noTradeBand": 0.01,
                "policy": ["maxValueAtRisk": 0.2, "maxWeight": 0.9, "allowed": JSON(AdvisorySample.five)],
                "frontier": 3, "periodsPerYear": 252, "repair": ["missing": "drop-row", "covariance": "nearest"],
            ], rows: 40)
    }

    /// The places in a value, and the value's own.
    private static func places(_ json: JSON, at path: JSONPointer = .root) -> [JSONPointer] {
        var places = [path]
        switch json {
        case .object(let members): for (key, value) in members { places += Self.places(value, at: path.appending(key)) }
        case .array(let elements):
            for (index, value) in elements.enumerated() { places += Self.places(value, at: path.appending(index)) }
        default: break
        }
        return places
    }

    @Test("fits the schema, and holds finite numbers only", arguments: 0..<24)
    func anything(seed: UInt64) throws {
        var generator = Generator(state: seed)
        let original = try Self.full()
        let schema = try JSONSchema(Advisory.outputSchema)
        let all = Self.places(original).filter { !$0.tokens.isEmpty }
        let parameters = all.filter { $0.tokens[0] == "params" }
        for _ in 0..<8 {
            var input = original
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let places = Bool.random(using: &generator) ? all : parameters
                guard let place = places.randomElement(using: &generator),
                    let value = Self.values.randomElement(using: &generator)
                else { continue }
                // A place within one that was replaced is gone.
                if Int.random(in: 0..<4, using: &generator) == 0 {
                    input.remove(at: place)
                } else {
                    try? input.set(value, at: place)
                }
            }
            let answer = Advisory.run(input)
            #expect(schema.validate(answer) == [], "seed \(seed): \(input["params"]?.text() ?? "")")
            #expect(!answer.text().contains("nan") && Self.isFinite(answer), "seed \(seed)")
            if answer.status == "rejected" { #expect(ArgusAnswer.rejection(of: answer)?.isEmpty == false) }
        }
    }

    private static func isFinite(_ json: JSON) -> Bool {
        switch json {
        case .number(let value): value.isFinite
        case .array(let elements): elements.allSatisfy(isFinite)
        case .object(let members): members.filter { $0.key != "params" }.allSatisfy { isFinite($0.value) }
        default: true
        }
    }
}
