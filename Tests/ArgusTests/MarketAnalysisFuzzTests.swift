import StructuredData
import Testing

@testable import Argus

@Suite("A market analysis of anything")
struct MarketAnalysisFuzzTests {
    private static let rounds = 400

    /// Values that find the ends of what code expects.
    private static let oddities: [JSON] = [
        .null, true, 0, -1, 1, 1e308, -1e308, 1e-300, 0.5, 9_007_199_254_740_993, "", "NaN", "1e999",
        "2020-02-30",
        "SPX.close", [], [[]], [:], ["a": [:]],
    ]

    private static let models: [JSON] = [
        ["model": "close-to-close"], ["model": "close-to-close", "window": 3], ["model": "parkinson", "window": 4],
        ["model": "garman-klass"], ["model": "rogers-satchell", "window": 2], ["model": "yang-zhang"],
        ["model": "yang-zhang", "window": 5], ["model": "ewma", "lambda": 0.9], ["model": "garch", "horizon": 3],
        ["model": "garch", "mean": "zero", "backcast": 1e-12], ["model": "gjr", "distribution": "t"],
        ["model": "egarch", "distribution": "t", "backcast": "mean-squared", "scale": 1],
    ]

    private static func envelope(_ draws: inout Fuzz) -> JSON {
        let count = draws.pick([2, 3, 12, 60, 60, 130, 230])
        let scale = draws.pick([1e-300, 1e-3, 1, 100, 1e12, 1e300])
        let spread = draws.pick([0, 1e-12, 0.01, 0.5])
        let stillness = draws.pick([0, 0, 0.3, 1])
        var price = scale
        var bars: [String: [JSON]] = [:]
        for _ in 0..<count {
            let open = price
            if draws.unit() >= stillness { price *= RealMath.exponential(spread * (draws.unit() - 0.5) * 4) }
            let high = max(open, price) * (1 + spread * draws.unit())
            let low = min(open, price) / (1 + spread * draws.unit())
            for (name, value) in [("open", open), ("high", high), ("low", low), ("close", price)] {
                bars[name, default: []].append(value.isFinite && value > 0 ? JSON(value) : 1)
            }
        }
        let times = Sample.days(count)
        var inputs: [JSON] = []
        switch draws.below(4) {
        case 0:
            let close = JSON.array(bars["close"] ?? [])
            inputs = [
                [
                    "name": "t",
                    "table": ["time": .array(times), "columns": ["A": close, "B": .array(bars["high"] ?? [])]],
                ]
            ]
        case 1:
            let returns = (0..<count).map { _ in JSON(draws.unit() < stillness ? 0 : spread * (draws.unit() - 0.5)) }
            inputs = [
                [
                    "name": "r", "unit": draws.pick(["percent", "fraction"]),
                    "returns": ["columns": ["DM": .array(returns)]],
                ]
            ]
        default:
            var members: JSONObject = ["time": .array(times)]
            for name in ["open", "high", "low", "close"] { members[name] = .array(bars[name] ?? []) }
            inputs = [["name": "SPX", "bars": .object(members)]]
        }
        var params: JSONObject = [:]
        if inputs[0]["returns"] == nil { params["functions"] = [["function": "SMA", "parameters": ["timeperiod": 2]]] }
        params["volatility"] = .array((0..<draws.below(4)).map { _ in draws.pick(models) })
        params["series"] = draws.pick(["all", "last"])
        params["returns"] = draws.pick(["simple", "log"])
        params["covariance"] = draws.pick(["sample", "ledoit-wolf", ["ewma": 0.9]])
        if draws.unit() < 0.5 { params["statistics"] = draws.pick([true, false]) }
        return ["inputs": .array(inputs), "params": .object(params)]
    }

    /// One value somewhere replaced, removed or doubled.
    private static func mutate(_ json: JSON, _ draws: inout Fuzz) -> JSON {
        switch json {
        case .object(let members) where !members.isEmpty && draws.unit() < 0.85:
            var copy = members
            let key = members.keys[draws.below(members.count)]
            switch draws.below(8) {
            case 0: copy[key] = nil
            case 1: copy[draws.pick(["lambda", "window", "x", "time", "unit"])] = draws.pick(oddities)
            default: copy[key] = mutate(members[key] ?? .null, &draws)
            }
            return .object(copy)
        case .array(let elements) where !elements.isEmpty && draws.unit() < 0.9:
            var copy = elements
            let index = draws.below(elements.count)
            switch draws.below(8) {
            case 0: copy.remove(at: index)
            case 1: copy.insert(elements[index], at: index)
            default: copy[index] = mutate(elements[index], &draws)
            }
            return .array(copy)
        default: return draws.pick(oddities)
        }
    }

    private static func isFinite(_ json: JSON) -> Bool {
        switch json {
        case .number(let value): value.isFinite
        case .array(let elements): elements.allSatisfy(isFinite)
        case .object(let members): members.values.allSatisfy(isFinite)
        default: true
        }
    }

    @Test("answers what fits its schema, without NaN, and the same again", arguments: 0..<4)
    func anything(part: Int) throws {
        let schema = try JSONSchema(MarketAnalysis.outputSchema)
        var accepted = 0
        for round in 0..<Self.rounds / 4 {
            let seed = UInt64(part * Self.rounds + round)
            var draws = Fuzz(seed: seed)
            var input = Self.envelope(&draws)
            for _ in 0..<draws.pick([0, 0, 0, 1, 1, 3]) { input = Self.mutate(input, &draws) }
            let answer = MarketAnalysis.run(input)
            let violations = schema.validate(answer)
            #expect(
                violations.isEmpty,
                "seed \(seed): \(violations.first?.message ?? "") at \(violations.first?.path ?? .root)")
            #expect(Self.isFinite(answer), "seed \(seed)")
            #expect((answer.status == "rejected") == (answer["result"] == nil), "seed \(seed)")
            #expect(answer.status != "rejected" || !answer.warningCodes.isEmpty, "seed \(seed)")
            if answer.status != "rejected" { accepted += 1 }
            if round % 10 == 0 {
                #expect(MarketAnalysis.run(input).withoutCost.text() == answer.withoutCost.text(), "seed \(seed)")
            }
        }
        // Neither all nor nothing is refused, or the rounds would say little.
        #expect(accepted > 10)
        #expect(accepted < Self.rounds / 4 - 10)
    }
}

/// A seeded source of choices: the mixing function of Steele, Lea and Flood (2014, SplitMix).
private struct Fuzz {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func unit() -> Double { Double(next() >> 11) / 9_007_199_254_740_992 }
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}
