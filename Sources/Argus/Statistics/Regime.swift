/// Whether a market trends, and how much it moves compared with its own past.
struct Regime: Sendable, Equatable {
    enum Trend: String, Sendable, CaseIterable { case up, down, sideways }
    enum Volatility: String, Sendable, CaseIterable { case low, normal, high }

    var trend: Trend
    var volatility: Volatility
}

/// How regimes are told apart.
struct RegimeRule: Sendable {
    /// Bars of the fast and the slow simple average of the close.
    var fastPeriod = 50
    var slowPeriod = 200
    /// Returns in the window of the close-to-close volatility.
    var volatilityWindow = 20
    /// The volatilities, the present one among them, that it is ranked among.
    var history = 252
    /// The fewest volatilities for a rank; younger series have no regime.
    var fewestForRank = 126
    var lowRank = 0.25
    var highRank = 0.75

    var text: String {
        "trend: up where the close and its \(fastPeriod)-bar average are both above its \(slowPeriod)-bar average, down where "
            + "both are below it, else sideways; volatility: the rank of the \(volatilityWindow)-bar close-to-close volatility "
            + "among its last \(history) values, low up to \(NumberText.shortest(lowRank)), high from "
            + "\(NumberText.shortest(highRank)), else normal; since: the first bar from which both have held"
    }

    /// The fewest levels for a regime.
    var fewestLevels: Int { max(slowPeriod, volatilityWindow + fewestForRank) }

    /// What the regime of the last bar rests on.
    struct Assessment: Sendable {
        var regime: Regime
        /// The level from which on it has been this regime.
        var since: Int
        var fastAverage: Double
        var slowAverage: Double
        /// The rank of the volatility, from 0 to 1.
        var volatilityRank: Double
    }

    /// - Parameter levels: prices or wealth, ``fewestLevels`` at least.
    func assess(levels: [Double], returns: [Double]) -> Assessment? {
        let scan = RegimeScan(self, levels: levels, returns: returns)
        guard var present = scan.look(at: levels.count - 1) else { return nil }
        while present.since > 0, scan.look(at: present.since - 1)?.regime == present.regime { present.since -= 1 }
        return present
    }

    /// The regime at each level as it was known then; `nil` where there were too few before it.
    func regimes(levels: [Double], returns: [Double]) -> [Regime?] {
        guard levels.count >= fewestLevels else { return levels.map { _ in nil } }
        let scan = RegimeScan(self, levels: levels, returns: returns)
        return levels.indices.map { scan.look(at: $0)?.regime }
    }
}

/// A rule's averages and volatilities over one series.
private struct RegimeScan {
    private let rule: RegimeRule
    private let levels: [Double]
    private let fast: [Double]
    private let slow: [Double]
    /// Value k belongs to level k + `volatilityWindow`.
    private let volatilities: [Double]

    init(_ rule: RegimeRule, levels: [Double], returns: [Double]) {
        self.rule = rule
        self.levels = levels
        fast = Self.averages(levels, period: rule.fastPeriod)
        slow = Self.averages(levels, period: rule.slowPeriod)
        volatilities = VolatilityModel.closeToClose(returns, window: rule.volatilityWindow).compactMap { $0 }
    }

    func look(at level: Int) -> RegimeRule.Assessment? {
        guard level + 1 >= rule.fewestLevels else { return nil }
        let rank = rank(volatilities, at: level - rule.volatilityWindow)
        let fastAverage = fast[level - rule.fastPeriod + 1]
        let slowAverage = slow[level - rule.slowPeriod + 1]
        let trend: Regime.Trend =
            if levels[level] > slowAverage, fastAverage > slowAverage {
                .up
            } else if levels[level] < slowAverage, fastAverage < slowAverage {
                .down
            } else {
                .sideways
            }
        let volatility: Regime.Volatility = rank <= rule.lowRank ? .low : rank >= rule.highRank ? .high : .normal
        return RegimeRule.Assessment(
            regime: Regime(trend: trend, volatility: volatility), since: level, fastAverage: fastAverage,
            slowAverage: slowAverage, volatilityRank: rank)
    }

    private static func averages(_ values: [Double], period: Int) -> [Double] {
        var average = SimpleMovingAverage(period: period)
        return values.compactMap { average.next($0) }
    }

    /// The part of the last values up to `index` that lie below the value there, equal ones counted half.
    private func rank(_ values: [Double], at index: Int) -> Double {
        let window = values[max(0, index - rule.history + 1)...index]
        var points = 0.0
        for value in window { points += value < values[index] ? 1 : value == values[index] ? 0.5 : 0 }
        return points / Double(window.count)
    }
}
