import StructuredData
import Testing

@testable import Argus

@Suite("Orders")
struct OrderTests {
    private func prices() throws -> [String: Double] {
        Dictionary(
            uniqueKeysWithValues: try AdvisorySample.five.map { ($0, try #require(try TestSeries.closes($0).last)) })
    }

    /// Shares bought, negative where sold, by symbol.
    private func quantities(_ answer: JSON) -> [String: Double] {
        Dictionary(
            uniqueKeysWithValues: answer.orders.map { order in
                let quantity = order["quantity"]?.doubleValue ?? .nan
                return (
                    order["symbol"]?.stringValue ?? "", order["side"]?.stringValue == "buy" ? quantity : -quantity
                )
            })
    }

    @Test("are whole lots near the weights, and cash is what they leave", arguments: [1, 5, 0.25])
    func lots(lot: Double) throws {
        let holdings = ["AAPL": 40.0, "XOM": 12]
        let answer = try AdvisorySample.answer(
            ["kind": "minimum-variance"],
            [
                "holdings": AdvisoryParameters.json(holdings), "cash": 30_000, "lotSize": JSON(lot),
                "costs": ["bps": 10, "fixed": 2], "constraints": ["cash": 0.05],
            ])
        let prices = try prices()
        let value = holdings.reduce(30_000) { $0 + $1.value * (prices[$1.key] ?? 0) }
        var cash = 30_000.0
        let quantities = quantities(answer)
        #expect(quantities.count >= 4)
        for order in answer.orders {
            let symbol = try #require(order["symbol"]?.stringValue)
            let quantity = try #require(quantities[symbol])
            let lots = quantity / lot
            let isExit = quantity == -(holdings[symbol] ?? 0)
            #expect(abs(lots - lots.rounded()) < 1e-9 || isExit)
            #expect(order["price"]?.doubleValue == prices[symbol])
            let worth = abs(quantity) * (prices[symbol] ?? 0)
            #expect(abs((order["cost"]?.doubleValue ?? 0) - (worth * 0.001 + 2)) < 1e-9)
            cash -= quantity * (prices[symbol] ?? 0) + worth * 0.001 + 2
        }
        let after = try #require(answer.result("cashAfter"))
        #expect(abs(after - cash) < 1e-7)
        #expect(after >= 0.05 * value)
        for symbol in AdvisorySample.five {
            let price = prices[symbol] ?? 0
            let reached = ((holdings[symbol] ?? 0) + (quantities[symbol] ?? 0)) * price / value
            // Within a lot, and what costs take.
            #expect(abs(reached - (answer.weights[symbol] ?? 0)) <= lot * price / value + 0.01)
        }
        // No lot more could be bought of what falls short.
        for symbol in AdvisorySample.five {
            let price = prices[symbol] ?? 0
            let reached = ((holdings[symbol] ?? 0) + (quantities[symbol] ?? 0)) * price / value
            guard reached < (answer.weights[symbol] ?? 0) - 1e-9, (quantities[symbol] ?? 0) > 0 else { continue }
            #expect(after - lot * price * 1.001 < 0.05 * value)
        }
    }

    @Test("sell all of what has no weight, also an odd number")
    func exit() throws {
        let answer = try AdvisorySample.answer(
            ["kind": "minimum-variance"],
            ["holdings": ["AAPL": 33, "KO": 100], "constraints": ["bounds": ["AAPL": [0, 0]]], "lotSize": 10])
        #expect(quantities(answer)["AAPL"] == -33)
        #expect((quantities(answer)["KO"] ?? 1).truncatingRemainder(dividingBy: 10) == 0)
    }

    @Test("leave small changes alone")
    func band() throws {
        let first = try AdvisorySample.answer(["kind": "hrp"], ["cash": 1_000_000])
        let held = quantities(first)
        let holdings = AdvisoryParameters.json(held.merging(["AAPL": 20]) { $0 + $1 })
        func answer(_ band: JSON) throws -> JSON {
            try AdvisorySample.answer(["kind": "hrp"], ["holdings": holdings, "cash": 5000, "noTradeBand": band])
        }
        #expect(try answer(0.05).orders.isEmpty)
        #expect(try answer(0).orders.count > 1)
    }

    @Test("cost impact by the square root of their share of the daily volume")
    func impact() throws {
        let volumes = Dictionary(uniqueKeysWithValues: AdvisorySample.five.map { ($0, 1e4) })
        let answer = try AdvisorySample.answer(
            ["kind": "hrp"],
            [
                "cash": 100_000,
                "costs": ["impact": ["coefficient": 0.8, "adv": AdvisoryParameters.json(volumes)]],
            ])
        #expect(!answer.orders.isEmpty)
        for order in answer.orders {
            let symbol = try #require(order["symbol"]?.stringValue)
            let deviation = Moments(try TestSeries.returns(symbol).suffix(299)).standardDeviation
            let (quantity, price) = (order["quantity"]?.doubleValue ?? 0, order["price"]?.doubleValue ?? 0)
            let wanted = 0.8 * deviation * (quantity / 1e4).squareRoot() * quantity * price
            #expect(abs((order["cost"]?.doubleValue ?? 0) / wanted - 1) < 1e-9)
        }
        let without = try AdvisorySample.answer(["kind": "hrp"], ["cash": 1000, "costs": ["impact": 0.5]])
        #expect(without.warningCodes == ["ADV_MISSING"])
        #expect(without["warnings"]?[0]?["symbol"]?.stringValue == "AAPL")
    }

    @Test("keep cash above its floor where costs would take it")
    func floor() throws {
        let answer = try AdvisorySample.answer(
            ["kind": "minimum-variance"],
            ["cash": 20_000, "costs": ["bps": 300, "fixed": 10], "constraints": ["cash": 0.1]])
        #expect(answer.orders.count >= 3)
        #expect(try #require(answer.result("cashAfter")) >= 2000)
        #expect(answer.warningCodes.isEmpty)
    }

    @Test("do not let a lot break the policy's largest weight, where the weights themselves do not")
    func ceiling() throws {
        func answer(_ policy: JSON) throws -> JSON {
            try AdvisorySample.answer(
                ["kind": "minimum-variance"],
                ["cash": 3500, "lotSize": 2, "constraints": ["max": 0.35], "policy": policy])
        }
        let (free, held) = (try answer([:]), try answer(["maxWeight": 0.35]))
        let price = try #require(try prices()["JNJ"])
        #expect((quantities(free)["JNJ"] ?? 0) * price / 3500 > 0.35)
        #expect((quantities(held)["JNJ"] ?? 0) * price / 3500 <= 0.35)
        #expect(held["result"]?["policy"]?["passed"] == true && !held.orders.isEmpty)
    }

    @Test("keep within the turnover, which counts cash")
    func turnover() throws {
        let prices = try prices()
        let value = 10 * (prices["AAPL"] ?? 0) + 10 * (prices["XOM"] ?? 0) + 500
        let answer = try AdvisorySample.answer(
            ["kind": "minimum-variance"],
            ["holdings": ["AAPL": 10, "XOM": 10], "cash": 500, "constraints": ["turnover": 0.3]])
        var traded = 500 / value
        for symbol in AdvisorySample.five {
            let before = symbol == "AAPL" || symbol == "XOM" ? 10 * (prices[symbol] ?? 0) / value : 0
            traded += abs((answer.weights[symbol] ?? 0) - before)
        }
        #expect(abs(traded / 2 - 0.3) < 1e-9)
    }

    @Test("are none where there is nothing to trade with")
    func noBook() throws {
        let answer = try AdvisorySample.answer(["kind": "hrp"])
        #expect(answer.orders.isEmpty && answer.result("cashAfter") == 0)
    }
}
