import StructuredData
import Testing

@testable import Argus

@Suite("Advice")
struct AdvisoryTests {
    private static let objectives: [JSON] = [
        ["kind": "minimum-variance"], ["kind": "maximum-sharpe", "riskFree": 0.01],
        ["kind": "target-return", "target": 0.15], ["kind": "target-risk", "target": 0.17], ["kind": "mean-cvar"],
        ["kind": "mean-cvar", "target": 0.12, "confidence": 0.9], ["kind": "equal-risk"], ["kind": "hrp"],
        ["kind": "black-litterman"],
    ]

    private static let book: JSON = [
        "holdings": ["AAPL": 20, "JNJ": 3], "cash": 2000, "costs": ["bps": 5, "fixed": 1],
        "constraints": ["cash": 0.02],
    ]

    @Test(
        "of every objective fits its schema, keeps to the constraints, and says that it is none", arguments: objectives)
    func everyObjective(objective: JSON) throws {
        let answer = try AdvisorySample.answer(objective, Self.book.setting("frontier", to: 5))
        #expect(answer.status == "ok", "\(answer["warnings"]?.text() ?? "")")
        #expect(try JSONSchema(Advisory.outputSchema).validate(answer) == [])
        #expect(answer["result"]?["notice"]?.stringValue == "Not investment advice.")
        #expect(abs(answer.weights.values.reduce(0, +) - 0.98) < 1e-12)
        #expect(answer.weights.values.allSatisfy { (0...1).contains($0) })
        if objective["kind"]?.stringValue != "hrp" {
            #expect(try #require(answer["result"]?["optimality"]?["kktResidual"]?.doubleValue) < 1e-10)
        }
        let target = objective["target"]?.doubleValue
        switch objective["kind"]?.stringValue {
        case "target-return": #expect(try #require(answer.result("expectedReturn")) > (target ?? 0) - 1e-12)
        case "target-risk": #expect(abs(try #require(answer.result("volatility")) - (target ?? 0)) < 1e-12)
        case "mean-cvar":
            let (objective, cvar) = (try #require(answer.result("objective")), try #require(answer.result("cvar")))
            #expect(abs(objective - cvar) < 1e-12)
        default: break
        }
        #expect(
            answer.withoutCost
                == (try AdvisorySample.answer(objective, Self.book.setting("frontier", to: 5))).withoutCost)
        #expect(answer["lineage"]?["params"]?["lotSize"] == 1)
        #expect(answer["lineage"]?["params"]?["constraints"]?["max"] == 1)
    }

    @Test("on twenty stocks agrees with the optimisers' references")
    func reference() throws {
        let fixture = try OptimiserFixture.shared.get()
        let answer = try AdvisorySample.answer(
            ["kind": "minimum-variance"], ["constraints": ["max": 0.1]], symbols: fixture.symbols, rows: 1260)
        let variance = try #require(answer.result("objective"))
        #expect(abs(variance / (try fixture.number("capped", "variance")) - 1) < 1e-8)
        for (symbol, weight) in zip(fixture.symbols, try fixture.weights("capped")) {
            #expect(abs(try #require(answer.weights[symbol]) - weight) < 1e-5)
        }
        let hrp = try AdvisorySample.answer(["kind": "hrp"], symbols: fixture.symbols, rows: 1260)
        for (symbol, weight) in zip(fixture.symbols, fixture.json["hrp"]?.numbers ?? []) {
            #expect(abs(try #require(hrp.weights[symbol]) - (weight ?? 0)) < 1e-9)
        }
    }

    // MARK: - Explanations

    @Test(
        "explains binding constraints by duals that agree with solving again",
        arguments: [
            (["kind": "minimum-variance"], "max JNJ", "max", 0.35),
            (["kind": "maximum-sharpe"], "group old max", "group", 0.2),
            (["kind": "target-return", "target": 0.25], "target return", "target", 0.25),
            (["kind": "target-risk", "target": 0.17], "target risk", "target", 0.17),
            (["kind": "mean-cvar"], "max JNJ", "max", 0.35),
            (["kind": "minimum-variance"], "turnover", "turnover", 0.3),
            (["kind": "black-litterman"], "group old max", "group", 0.2),
        ] as [(JSON, String, String, Double)])
    func duals(objective: JSON, constraint: String, field: String, value: Double) throws {
        func answer(_ change: Double) throws -> JSON {
            var objective = objective
            var constraints: JSONObject = [:]
            switch field {
            case "max": constraints["bounds"] = ["JNJ": [0, JSON(value + change)]]
            case "group":
                constraints["groups"] = [["name": "old", "symbols": ["XOM", "JPM"], "max": JSON(value + change)]]
            case "turnover": constraints["turnover"] = JSON(value + change)
            default: objective["target"] = JSON(value + (constraint == "target return" ? -change : change))
            }
            return try AdvisorySample.answer(
                objective,
                ["constraints": .object(constraints), "holdings": ["AAPL": 20, "JNJ": 3, "KO": 20], "cash": 0])
        }
        let first = try answer(0)
        let entry = try #require(
            first.explanations("binding-constraint").first { $0["constraint"]?.stringValue == constraint },
            "\(first["result"]?["explanations"]?.text() ?? first.text())")
        let (dual, amount, change) = (
            try #require(entry["dual"]?.doubleValue), try #require(entry["relax"]?["by"]?.doubleValue),
            try #require(entry["relax"]?["changesObjectiveBy"]?.doubleValue)
        )
        #expect(amount > 0 && abs(dual * amount - change) <= 0.05 * abs(change) && change != 0)
        let again = try answer(amount)
        let difference = try #require(again.result("objective")) - (try #require(first.result("objective")))
        #expect(abs(difference - change) < 1e-6 * abs(change), "\(difference) and \(change)")
    }

    @Test("tells each symbol's share of the risk before and after, which add up to 1")
    func contributions() throws {
        let answer = try AdvisorySample.answer(["kind": "equal-risk"], Self.book)
        let shares = answer.explanations("risk-contribution")
        #expect(shares.count == 5)
        for name in ["before", "after"] {
            #expect(abs(shares.compactMap { $0[name]?.doubleValue }.reduce(0, +) - 1) < 1e-12)
        }
        #expect(shares.allSatisfy { abs(($0["after"]?.doubleValue ?? 0) - 0.2) < 1e-11 })
        let without = try AdvisorySample.answer(["kind": "equal-risk"])
        #expect(without.explanations("risk-contribution").allSatisfy { $0["before"]?.isNull == true })
    }

    @Test("measures each trade's benefit against its cost, and the benefits add up")
    func trades() throws {
        let params = Self.book.setting("riskAversion", to: 4)
        let answer = try AdvisorySample.answer(["kind": "minimum-variance"], params)
        let trades = answer.explanations("trade")
        #expect(trades.count == answer.orders.count && trades.count > 2)
        for (trade, order) in zip(trades, answer.orders) {
            #expect(trade["cost"] == order["cost"])
            #expect(trade["text"]?.stringValue?.contains(order["symbol"]?.stringValue ?? "?") == true)
        }
        // The rise of the utility from the holdings to where the orders lead.
        let fixture = OptimiserFixture.moments(
            Matrix(columns: try AdvisorySample.five.map { try TestSeries.returns($0).suffix(299) }))
        let prices = try AdvisorySample.five.map { try #require(try TestSeries.closes($0).last) }
        let held: [String: Double] = ["AAPL": 20, "JNJ": 3]
        var shares = AdvisorySample.five.map { held[$0] ?? 0 }
        let value = Vector.dot(shares, prices) + 2000
        func utility() -> Double {
            let weights = zip(shares, prices).map { $0 * $1 / value }
            return 252 * (Vector.dot(fixture.mean, weights) - 2 * fixture.covariance.quadraticForm(weights))
        }
        let before = utility()
        for order in answer.orders {
            let index = try #require(AdvisorySample.five.firstIndex(of: order["symbol"]?.stringValue ?? ""))
            let quantity = try #require(order["quantity"]?.doubleValue)
            shares[index] += order["side"]?.stringValue == "buy" ? quantity : -quantity
        }
        let benefit = trades.compactMap { $0["benefit"]?.doubleValue }.reduce(0, +)
        #expect(abs(value * (utility() - before) - benefit) < 1e-9 * value)
    }

    // MARK: - Frontier, count, policy

    @Test("draws the frontier from the least variance to the largest return")
    func frontier() throws {
        let answer = try AdvisorySample.answer(
            ["kind": "minimum-variance"], ["frontier": 12, "constraints": ["max": 0.4]])
        let points = try #require(answer["result"]?["frontier"]?.arrayValue)
        #expect(points.count == 12)
        let returns = points.compactMap { $0["return"]?.doubleValue }
        let volatilities = points.compactMap { $0["volatility"]?.doubleValue }
        #expect(returns == returns.sorted() && volatilities == volatilities.sorted())
        #expect(abs(volatilities[0] - (try #require(answer.result("volatility")))) < 1e-15)
        // Each is the least volatility of its return.
        for (target, volatility) in zip(returns, volatilities).dropFirst().dropLast() {
            let point = try AdvisorySample.answer(
                ["kind": "target-return", "target": JSON(target)], ["constraints": ["max": 0.4]])
            #expect(abs(try #require(point.result("volatility")) - volatility) < 1e-9)
        }
        let best = try #require(points.last?["weights"]?.objectValue)
        #expect(best.compactMap { $0.value.doubleValue }.sorted().suffix(2).allSatisfy { abs($0 - 0.4) < 1e-6 })
    }

    @Test("holds no more symbols than asked for, and says that they were found by a heuristic")
    func count() throws {
        let symbols = try OptimiserFixture.shared.get().symbols
        let answer = try AdvisorySample.answer(
            ["kind": "minimum-variance"], ["constraints": ["count": 4, "max": 0.5]], symbols: symbols)
        #expect(answer.weights.values.count { $0 > 0 } == 4)
        #expect(answer.warningCodes == ["HEURISTIC"])
        #expect(answer.status == "ok")
        let free = try AdvisorySample.answer(["kind": "minimum-variance"], symbols: symbols)
        #expect(try #require(answer.result("objective")) > (try #require(free.result("objective"))))
        // A minimum holds for those that are chosen.
        let minimum = try AdvisorySample.answer(
            ["kind": "minimum-variance"], ["constraints": ["count": 4, "min": 0.2, "max": 0.5]], symbols: symbols)
        #expect(minimum.weights.values.allSatisfy { $0 == 0 || $0 >= 0.2 - 1e-12 })
        let one = try AdvisorySample.answer(["kind": "minimum-variance"], ["constraints": ["count": 2, "max": 0.4]])
        #expect(one.warningCodes == ["INFEASIBLE"])
    }

    @Test("gives no orders that a policy does not allow, and names what broke it")
    func policy() throws {
        func answer(_ policy: JSON) throws -> JSON {
            try AdvisorySample.answer(["kind": "minimum-variance"], Self.book.setting("policy", to: policy))
        }
        let broken: [(JSON, String, String?)] = [
            (["maxWeight": 0.3], "maxWeight", "JNJ"), (["maxValueAtRisk": 0.01], "maxValueAtRisk", nil),
            (["allowed": ["AAPL", "JPM", "KO", "XOM"]], "allowed", "JNJ"),
        ]
        for (policy, rule, symbol) in broken {
            let answer = try answer(policy)
            #expect(answer["result"]?["policy"]?["passed"] == false)
            let violation = try #require(answer["result"]?["policy"]?["violations"]?[0])
            #expect(violation["rule"]?.stringValue == rule)
            #expect(violation["symbol"]?.stringValue == symbol)
            #expect(violation["message"]?.stringValue?.contains(symbol ?? "value at risk") == true)
            #expect(answer.orders.isEmpty && answer.result("cashAfter") == 2000)
            #expect(answer.warningCodes == ["POLICY_BLOCKED"])
        }
        let passed = try answer(["maxWeight": 0.9, "maxValueAtRisk": 0.5, "allowed": JSON(AdvisorySample.five)])
        #expect(passed["result"]?["policy"] == ["passed": true, "violations": []])
        #expect(!passed.orders.isEmpty)
    }

    @Test("measures the policy's value at risk as NumPy's quantile of one period")
    func valueAtRisk() {
        // numpy.quantile([-0.05, -0.02, 0.01, 0.03], 0.01) = -0.0491
        #expect(abs(PolicyCheck.valueAtRisk([0.01, -0.05, 0.03, -0.02]) - 0.0491) < 1e-15)
    }

    // MARK: - Model

    @Test("takes expected returns by the market's beta")
    func capm() throws {
        let answer = try AdvisorySample.answer(
            ["kind": "minimum-variance", "riskFree": 0.03],
            ["mean": "capm", "marketWeights": ["AAPL": 3, "JNJ": 1, "JPM": 2, "KO": 1, "XOM": 3]])
        let moments = OptimiserFixture.moments(
            Matrix(columns: try AdvisorySample.five.map { try TestSeries.returns($0).suffix(299) }))
        let market = [0.3, 0.1, 0.2, 0.1, 0.3]
        let slope = moments.covariance * market
        let premium = 252 * Vector.dot(moments.mean, market) - 0.03
        let weights = try AdvisorySample.five.map { try #require(answer.weights[$0]) }
        let expected = slope.map { 0.03 + $0 / Vector.dot(slope, market) * premium }
        #expect(abs(try #require(answer.result("expectedReturn")) - Vector.dot(expected, weights)) < 1e-12)
    }

    @Test("takes a covariance as a market analysis answers it, and repairs one only where that is allowed")
    func givenCovariance() throws {
        let analysis = MarketAnalysis.run(Sample.envelope(try AdvisorySample.table(AdvisorySample.five)))
        let matrix = try #require(analysis["result"]?["covariance"])
        let own = try AdvisorySample.answer(["kind": "minimum-variance"])
        let given = try AdvisorySample.answer(["kind": "minimum-variance"], ["covariance": ["matrix": matrix]])
        #expect(own.weights == given.weights && !own.weights.isEmpty)

        var broken = matrix
        broken["AAPL"]?["JNJ"] = 0.01
        broken["JNJ"]?["AAPL"] = 0.01
        let refused = try AdvisorySample.answer(["kind": "minimum-variance"], ["covariance": ["matrix": broken]])
        #expect(refused.warningCodes == ["NOT_POSITIVE_SEMIDEFINITE"])
        #expect(refused["warnings"]?[0]?["message"]?.stringValue?.contains("at a distance of 0.0") == true)
        let repaired = try AdvisorySample.answer(
            ["kind": "minimum-variance"], ["covariance": ["matrix": broken], "repair": ["covariance": "nearest"]])
        #expect(repaired.status == "degraded")
        #expect(repaired.warningCodes == ["COVARIANCE_REPAIRED"])
        #expect(repaired["warnings"]?[0]?["message"]?.stringValue?.contains("distance") == true)
    }

    @Test("uses nothing after asOf")
    func asOf() throws {
        let input = try AdvisorySample.input(["kind": "minimum-variance"], rows: 300)
        let early = Advisory.run(input.setting("asOf", to: Sample.days(200)[199]))
        #expect(early["lineage"]?["inputs"]?[0]?["rows"] == 200)
        #expect(early.weights != Advisory.run(input).weights)
    }

    @Test("of more symbols than returns is warned of, and still optimal")
    func fewRows() throws {
        let symbols = try OptimiserFixture.shared.get().symbols
        let answer = try AdvisorySample.answer(
            ["kind": "minimum-variance"], ["constraints": ["max": 0.2]], symbols: symbols, rows: 12)
        #expect(answer.warningCodes == ["SINGULAR_COVARIANCE"])
        #expect(try #require(answer["result"]?["optimality"]?["kktResidual"]?.doubleValue) < 1e-8)
    }
}
