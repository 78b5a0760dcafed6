/// Orders in whole lots that lead from holdings to target weights.
struct OrderPlan: Sendable {
    struct Order: Sendable {
        var symbol: Int
        /// Shares; negative for sales.
        var quantity: Double
        var price: Double
        var cost: Double
    }

    private(set) var orders: [Order] = []
    private(set) var cashAfter: Double
    /// Shares of the value before costs, after the orders.
    private(set) var weightsAfter: [Double]
    /// Whether cash stays below its floor, since there is nothing left to buy less of.
    private(set) var isBelowFloor = false

    /// Rounds of rounding, at most; what is left then is less than a lot of each symbol, but for extreme lot sizes.
    private static let (mostReductions, mostPurchases) = (100_000, 10_000)
    /// What counts as a whole lot though it is a little less, by rounding.
    private static let lotTolerance = 1e-9

    /// Rounds toward zero, buys less where cash would fall below its floor, then buys by the largest shortfall of weight while
    /// cash allows, though no weight above `ceiling`. A full exit may be odd. A weight that differs by less than `band` is left
    /// alone.
    init(
        to weights: [Double], in market: AdvisoryMarket, lot: Double, band: Double, floor: Double, cash: Double,
        costs: TradingCosts, ceiling: Double = .infinity
    ) {
        cashAfter = cash
        weightsAfter = market.before
        guard market.value > 0 else { return }
        var rounding = Rounding(
            prices: market.prices.map { $0 ?? 0 }, holdings: market.holdings, weights: weights, value: market.value,
            lot: lot, costs: costs, cash: cash, floor: floor * market.value)
        for index in weights.indices where abs(weights[index] - market.before[index]) >= max(band, 1e-12) {
            rounding.order(index, tolerance: Self.lotTolerance)
        }
        rounding.raiseCash(rounds: Self.mostReductions)
        rounding.buyMore(
            among: weights.indices.filter { abs(weights[$0] - market.before[$0]) >= max(band, 1e-12) },
            ceiling: ceiling, rounds: Self.mostPurchases)
        for index in weights.indices where rounding.quantities[index] != 0 {
            let (quantity, price) = (rounding.quantities[index], rounding.prices[index])
            orders.append(
                Order(
                    symbol: index, quantity: quantity, price: price,
                    cost: costs.cost(index, quantity: quantity, price: price)))
        }
        cashAfter = rounding.cash
        weightsAfter = weights.indices.map(rounding.weight)
        isBelowFloor = rounding.cash < rounding.floor - 1e-9 * market.value
    }
}

/// Quantities while they are being rounded.
private struct Rounding {
    let prices: [Double]
    let holdings: [Double]
    let weights: [Double]
    let value: Double
    let lot: Double
    let costs: TradingCosts
    private(set) var cash: Double
    let floor: Double
    private(set) var quantities: [Double]

    init(
        prices: [Double], holdings: [Double], weights: [Double], value: Double, lot: Double, costs: TradingCosts,
        cash: Double, floor: Double
    ) {
        self.prices = prices
        self.holdings = holdings
        self.weights = weights
        self.value = value
        self.lot = lot
        self.costs = costs
        self.cash = cash
        self.floor = floor
        quantities = weights.map { _ in 0 }
    }

    func weight(_ index: Int) -> Double { (holdings[index] + quantities[index]) * prices[index] / value }

    private func shortfall(_ index: Int) -> Double { weights[index] - weight(index) }

    /// What cash becomes if the quantity of `index` is `quantity`.
    private func cashAfter(_ index: Int, _ quantity: Double) -> Double {
        let price = prices[index]
        let now = quantities[index] * price + costs.cost(index, quantity: quantities[index], price: price)
        let then = quantity * price + costs.cost(index, quantity: quantity, price: price)
        return cash + now - then
    }

    private mutating func set(_ index: Int, _ quantity: Double) {
        cash = cashAfter(index, quantity)
        quantities[index] = quantity
    }

    /// `count` lots; exact where a lot is a whole number, or its reciprocal is.
    private func shares(_ count: Double) -> Double {
        let inverse = (1 / lot).rounded()
        return lot < 1 && abs(inverse * lot - 1) < 1e-12 ? count / inverse : count * lot
    }

    mutating func order(_ index: Int, tolerance: Double) {
        if abs(weights[index]) < AdvisoryDecision.smallestWeight {
            return set(index, -holdings[index])
        }
        let change = weights[index] * value / prices[index] - holdings[index]
        let lots = ((abs(change) / lot) * (1 + 1e-15) + tolerance).rounded(.down)
        set(index, change < 0 ? -shares(lots) : shares(lots))
    }

    /// Buys less of what is furthest above its weight, or least below it, until cash reaches its floor.
    mutating func raiseCash(rounds: Int) {
        for _ in 0..<rounds where cash < floor {
            let buys = quantities.indices.filter { quantities[$0] > 0 }
            guard let index = buys.min(by: { shortfall($0) < shortfall($1) }) else { return }
            // Several lots at a time where very many are missing.
            let missing = (floor - cash) / (prices[index] * lot) / Double(2 * buys.count)
            let lots = max(1, missing.rounded(.down))
            let held = (quantities[index] / lot).rounded()
            set(index, held <= lots ? 0 : shares(held - lots))
        }
    }

    /// Buys a lot of what falls shortest of its weight, while there is cash for it.
    mutating func buyMore(among candidates: [Int], ceiling: Double, rounds: Int) {
        for _ in 0..<rounds {
            let affordable = candidates.filter { index in
                abs(weights[index]) >= AdvisoryDecision.smallestWeight && shortfall(index) > 1e-12
                    && quantities[index] >= 0 && cashAfter(index, more(index)) >= floor
                    && (holdings[index] + more(index)) * prices[index] / value <= ceiling
            }
            guard let index = affordable.max(by: { shortfall($0) < shortfall($1) }) else { return }
            set(index, more(index))
        }
    }

    private func more(_ index: Int) -> Double { shares((quantities[index] / lot).rounded() + 1) }
}
