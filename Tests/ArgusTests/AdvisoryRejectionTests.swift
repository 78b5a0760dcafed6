import StructuredData
import Testing

@testable import Argus

@Suite("Advice that cannot be given is rejected with code, place and advice")
struct AdvisoryRejectionTests {
    private struct Case {
        var objective: JSON = ["kind": "minimum-variance"]
        var params: JSON
        var code: String
        var path: String?
        var symbol: String?
        var says: [String] = []
    }

    private static let cases: [Case] = [
        Case(objective: ["kind": "sharpe"], params: [:], code: "SCHEMA", path: "/params/objective/kind"),
        Case(
            objective: ["kind": "target-return"], params: [:], code: "SCHEMA", path: "/params/objective/target",
            says: ["needs a target"]),
        Case(
            objective: ["kind": "hrp", "target": 1], params: [:], code: "SCHEMA", path: "/params/objective/target",
            says: ["takes no target"]),
        Case(
            objective: ["kind": "target-risk", "target": -0.1], params: [:], code: "SCHEMA",
            path: "/params/objective/target"),
        Case(params: ["constraint": [:]], code: "SCHEMA", path: "/params/constraint"),
        Case(params: ["constraints": ["max": "a lot"]], code: "SCHEMA", path: "/params/constraints/max"),
        Case(params: ["covariance": "shrunk"], code: "SCHEMA", path: "/params/covariance", says: ["ledoit-wolf"]),
        Case(
            params: ["constraints": ["bounds": ["APPL": [0, 0.1]]]], code: "UNKNOWN_SYMBOL",
            path: "/params/constraints/bounds", symbol: "APPL", says: ["did you mean AAPL?"]),
        Case(params: ["holdings": ["TSLA": 1]], code: "UNKNOWN_SYMBOL", path: "/params/holdings", symbol: "TSLA"),
        Case(
            params: ["views": [["long": ["T": 1], "return": 0]]], code: "UNKNOWN_SYMBOL",
            path: "/params/views/0/long"),
        Case(params: ["views": [["return": 0]]], code: "SCHEMA", path: "/params/views/0"),
        Case(params: ["mean": ["AAPL": 0.1]], code: "MISSING_MEAN", path: "/params/mean", symbol: "JNJ"),
        Case(
            params: ["constraints": ["turnover": 0.1]], code: "SCHEMA", path: "/params/constraints/turnover",
            says: ["holdings or cash"]),
        Case(
            params: ["holdings": ["AAPL": -10], "cash": 1], code: "NON_POSITIVE_VALUE", path: "/params/holdings"),
        Case(
            objective: ["kind": "hrp"], params: ["constraints": ["max": 0.4]], code: "UNSUPPORTED_CONSTRAINT",
            path: "/params/constraints/max"),
        Case(
            objective: ["kind": "equal-risk"], params: ["constraints": ["max": 0.21]], code: "INFEASIBLE",
            path: "/params/constraints", says: ["unique", "max JNJ"]),
        Case(
            objective: ["kind": "maximum-sharpe", "riskFree": 5], params: [:], code: "INFEASIBLE",
            path: "/params/objective", says: ["risk-free 5"]),
        Case(
            objective: ["kind": "black-litterman"],
            params: [
                "views": [
                    ["long": ["AAPL": 1], "return": 0.1, "confidence": 1],
                    ["long": ["AAPL": 1], "return": 0.2, "confidence": 1],
                ]
            ], code: "INFEASIBLE", path: "/params/views"),
        Case(
            params: ["covariance": ["matrix": ["AAPL": ["AAPL": 1]]]], code: "MISSING_VALUE",
            path: "/params/covariance/matrix"),
    ]

    @Test("in its parameters", arguments: cases.indices)
    func parameters(index: Int) throws {
        let bad = Self.cases[index]
        let answer = try AdvisorySample.answer(bad.objective, bad.params)
        #expect(answer.status == "rejected")
        let finding = try #require(
            answer["warnings"]?.arrayValue?.first { $0["code"]?.stringValue == bad.code }, "\(answer)")
        if let path = bad.path { #expect(finding["path"]?.stringValue == path) }
        if let symbol = bad.symbol { #expect(finding["symbol"]?.stringValue == symbol) }
        for words in bad.says { #expect(finding["message"]?.stringValue?.contains(words) == true, "\(finding)") }
        #expect(try JSONSchema(Advisory.outputSchema).validate(answer) == [])
    }

    @Test("in its data: series that do not vary, that are short, that lack prices")
    func data() throws {
        func answer(_ columns: JSON, _ params: JSON = [:], form: String = "table") -> JSON {
            let rows = columns["A"]?.arrayValue?.count ?? 0
            var params = params
            params["objective"] = ["kind": "minimum-variance"]
            var input: JSON = ["name": "x"]
            input[form] = ["time": .array(Sample.days(rows)), "columns": columns]
            return Advisory.run(Sample.envelope(input, params: params))
        }
        let flat = answer(["A": [1, 2, 3, 2], "B": [5, 5, 5, 5]])
        #expect(flat.warningCodes == ["CONSTANT_SERIES"])
        #expect(flat["warnings"]?[0]?["symbol"]?.stringValue == "B" && flat["warnings"]?[0]?["row"] == 1)
        #expect(answer(["A": [1, 2], "B": [5, 6]]).warningCodes == ["TOO_FEW_BARS"])
        #expect(answer(["A": [1, 0, 2]]).warningCodes == ["NON_POSITIVE_PRICE"])
        #expect(answer(["A": [1, nil, 2]]).warningCodes == ["MISSING_VALUE"])
        let returns = answer(["A": [0.01, -0.02, 0.03]], ["cash": 100], form: "returns")
        #expect(returns.warningCodes == ["MISSING_PRICE"])
        #expect(answer(["A": [1e-300, 1e300, 1, 2]]).status == "rejected")
    }

    /// Constraints that contradict each other, and the words that must name them.
    private static let conflicts: [(objective: JSON, params: JSON, names: [String])] = [
        (["kind": "minimum-variance"], ["constraints": ["max": 0.15]], ["max 0.15", "cash 0"]),
        (["kind": "minimum-variance"], ["constraints": ["min": 0.3]], ["min 0.3", "cash 0"]),
        (
            ["kind": "minimum-variance"], ["constraints": ["min": 0.1, "bounds": ["KO": [0, 0.05]]]],
            ["min 0.1", "bounds KO [0, 0.05]"]
        ),
        (
            ["kind": "maximum-sharpe"],
            [
                "constraints": [
                    "groups": [
                        ["name": "a", "symbols": ["AAPL", "JNJ"], "max": 0.3],
                        ["name": "b", "symbols": ["JPM", "KO", "XOM"], "max": 0.4],
                        ["name": "c", "symbols": ["KO"], "min": 0.1],
                    ]
                ]
            ], ["group a max 0.3", "group b max 0.4", "cash 0"]
        ),
        (
            ["kind": "mean-cvar", "target": 3], ["constraints": ["max": 0.9]],
            ["max 0.9", "cash 0", "target 3", "the largest return is"]
        ),
        (
            ["kind": "target-risk", "target": 0.01], [:], ["cash 0", "target 0.01", "the least volatility is"]
        ),
        (
            ["kind": "minimum-variance"],
            ["constraints": ["turnover": 0.1, "cash": 0], "cash": 5000, "holdings": ["AAPL": 1]],
            ["turnover 0.1", "cash 0"]
        ),
    ]

    @Test("where constraints contradict each other, naming a set that is irreducible", arguments: conflicts.indices)
    func conflict(index: Int) throws {
        let (objective, params, names) = Self.conflicts[index]
        let answer = try AdvisorySample.answer(objective, params)
        #expect(answer.warningCodes == ["INFEASIBLE"])
        let message = try #require(answer["warnings"]?[0]?["message"]?.stringValue)
        let told = message.split(separator: ": ").last?.components(separatedBy: "; ") ?? []
        #expect(told.count == names.count, "\(message)")
        for (name, wanted) in zip(told.sorted(), names.sorted()) { #expect(name.hasPrefix(wanted), "\(message)") }
    }

    @Test("and without any one of an irreducible set the others hold")
    func irreducible() {
        // Numbers that must add up to at most 10.
        let conflict = ConstraintConflict.irreducible(of: [1, 7, 2, 5, 4]) { $0.reduce(0, +) <= 10 }
        #expect(conflict.reduce(0, +) > 10)
        for index in conflict.indices {
            var others = conflict
            others.remove(at: index)
            #expect(others.reduce(0, +) <= 10)
        }
    }
}

extension Substring {
    fileprivate func components(separatedBy separator: String) -> [String] {
        var parts: [String] = []
        var rest = self
        while let range = rest.firstRange(of: separator) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [String(rest)]
    }
}
