import StructuredData
import Testing

@testable import Argus

@Suite("Whatever a risk assessment is given")
struct RiskFuzzTests {
    /// Inputs that are mostly right, with something odd here and there.
    private struct Source {
        var state: UInt64

        mutating func below(_ bound: Int) -> Int {
            // SplitMix64 (Steele, Lea and Flood 2014).
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return Int((z ^ (z >> 31)) % UInt64(bound))
        }

        mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
        mutating func chance(_ one: Int) -> Bool { below(one) == 0 }

        mutating func odd() -> JSON {
            pick([
                .null, .number(.nan), .number(.infinity), -1, 0, 1, 1e308, -1e308, .number(.leastNonzeroMagnitude),
                .integer(.max), "x", "",
                true,
                [], [:], [1, "a"], ["a": 1], "2020-01-01", 1e-17, 0.5,
            ])
        }

        mutating func number(_ scale: Double) -> JSON {
            if chance(6000) { return pick([.null, .number(.nan), .number(.infinity), 0, -3, 1e300, 1e-300]) }
            return JSON(scale * Double(below(2001) - 1000) / 1000)
        }

        mutating func returns(_ count: Int) -> JSON {
            let kind = below(12)
            let scale = pick([0.02, 0.02, 0.02, 0.02, 0.5, 1e-9, 1e-160, chance(4) ? 1e150 : 0.9])
            return .array(
                (0..<count).map { index in
                    switch kind {
                    case 0: return 0
                    case 1: return index < count * 3 / 4 ? 0 : number(0.02)
                    case 2: return 0.01
                    default: return number(scale)
                    }
                })
        }

        mutating func method() -> JSON {
            var method: JSON = ["method": JSON(pick(RiskMethod.names))]
            if chance(8) { method["window"] = JSON(pick([2, 3, 5, 40, 80, 90])) }
            switch method["method"]?.stringValue {
            case "age-weighted": if chance(2) { method["decay"] = pick([0.5, 0.98, 1e-9, 0.999999999999]) }
            case "ewma": if chance(2) { method["lambda"] = pick([0.5, 1e-12, 0.9999999999999999]) }
            case "filtered-historical":
                method["paths"] = 120
                if chance(3) { method["filter"] = pick(["garch", "ewma"]) }
            case "monte-carlo":
                method["paths"] = 150
                if chance(2) { method["copula"] = pick(["t", "gaussian"]) }
                if chance(2) { method["marginals"] = pick(["t", "normal", "empirical"]) }
            default: break
            }
            return method
        }

        mutating func input() -> JSON {
            let rows = chance(5) ? pick([1, 2, 4, 10, 80]) : 100
            let symbols = Array(["A", "B", "C", "D"].prefix(1 + below(4)))
            var data: JSON = ["columns": .object(JSONObject(symbols.map { ($0, returns(rows)) }))]
            if chance(2) { data["time"] = .array(Sample.days(rows)) }
            var params: JSON = [
                "methods": .array((0...below(3)).map { _ in method() }), "components": JSON(chance(2)),
                "confidence": pick([[0.95], [0.5, 0.99], [0.9999999999999999], [0.95, 0.975, 0.99]]),
                "horizonDays": pick([1, 1, 2, 10]), "quantile": pick(["linear", "order-statistic"]),
            ]
            if chance(3) {
                params["positions"] = .array(
                    symbols.map {
                        [
                            "symbol": JSON($0), "quantity": chance(9) ? number(100) : JSON(1 + below(90)),
                            "price": JSON(Double(1 + below(90))),
                        ]
                    })
                params["adv"] = ["A": pick([5, 1e-300, 1e300])]
            } else {
                params["weights"] = .object(JSONObject(symbols.map { ($0, number(1)) }))
            }
            if chance(3) {
                params["backtest"] = ["method": method(), "confidence": pick([0.5, 0.99, 0.999])]
                if !chance(6) { params["backtest"]?["method"]?["window"] = JSON(pick([2, 3, 5, 78])) }
            }
            if chance(3) {
                params["scenarios"] = [
                    pick([
                        ["name": "s", "from": "2000-01-03", "to": "2000-02-01"], ["name": "s", "shocks": ["*": -0.1]],
                        ["name": "s", "factors": ["F": number(1)], "exposures": ["A": ["F": number(1e200)]]],
                    ])
                ]
            }
            if chance(4) { params["benchmark"] = pick(["A", "A", "A", "Z"]) }
            if chance(6) { params["returns"] = "log" }
            var input: JSON = [
                "seed": JSON(below(9)), "inputs": [["name": "r", "returns": data]], "params": params,
            ]
            if chance(4) { replaceSomething(in: &input, depth: 0) }
            return input
        }

        /// Puts something odd at a random place.
        mutating func replaceSomething(in json: inout JSON, depth: Int) {
            if depth > 0, chance(4) {
                json = odd()
                return
            }
            switch json {
            case .object(let members) where !members.isEmpty:
                let key = pick(members.map(\.key))
                if chance(12) {
                    json["surprise"] = odd()
                } else if var value = json[key] {
                    replaceSomething(in: &value, depth: depth + 1)
                    json[key] = value
                }
            case .array(var elements) where !elements.isEmpty:
                let index = below(elements.count)
                replaceSomething(in: &elements[index], depth: depth + 1)
                json = .array(elements)
            default: json = odd()
            }
        }
    }

    @Test("it answers by its schema, without NaN, and says why it has no result", arguments: 0..<8)
    func fuzz(seed: Int) throws {
        var source = Source(state: UInt64(seed) &* 977)
        let schema = try JSONSchema(RiskAssessment.outputSchema)
        var (answered, rejected) = (0, 0)
        for round in 0..<60 {
            let input = source.input()
            let answer = RiskAssessment.run(input)
            let violations = schema.validate(answer)
            #expect(violations.isEmpty, "seed \(seed), round \(round): \(violations.first.map { "\($0)" } ?? "")")
            // Numbers that JSON does not have would be written as null, and read differently from what the answer says.
            #expect(throws: Never.self, "seed \(seed), round \(round)") { try NonFinite.check(answer, at: .root) }
            if answer.status == "rejected" {
                rejected += 1
                #expect(ArgusAnswer.rejection(of: answer)?.isEmpty == false)
                #expect(answer.warningCodes.first?.isEmpty == false)
            } else {
                answered += 1
            }
        }
        // Both ways are taken often.
        #expect(answered > 12 && rejected > 12, "\(answered) answered, \(rejected) rejected")
    }
}
