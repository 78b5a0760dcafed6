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
        let fast = averages(levels, period: fastPeriod)
        let slow = averages(levels, period: slowPeriod)
        // Value k belongs to level k + volatilityWindow.
        let volatilities = VolatilityModel.closeToClose(returns, window: volatilityWindow).compactMap { $0 }

        func look(at level: Int) -> Assessment? {
            guard level + 1 >= fewestLevels else { return nil }
            let rank = rank(volatilities, at: level - volatilityWindow)
            let (fastAverage, slowAverage) = (fast[level - fastPeriod + 1], slow[level - slowPeriod + 1])
            let trend: Regime.Trend =
                if levels[level] > slowAverage, fastAverage > slowAverage {
                    .up
                } else if levels[level] < slowAverage, fastAverage < slowAverage {
                    .down
                } else {
                    .sideways
                }
            let volatility: Regime.Volatility = rank <= lowRank ? .low : rank >= highRank ? .high : .normal
            return Assessment(
                regime: Regime(trend: trend, volatility: volatility), since: level, fastAverage: fastAverage,
                slowAverage: slowAverage, volatilityRank: rank)
        }

        guard var present = look(at: levels.count - 1) else { return nil }
        while present.since > 0, look(at: present.since - 1)?.regime == present.regime { present.since -= 1 }
        return present
    }

    private func averages(_ values: [Double], period: Int) -> [Double] {
        var average = SimpleMovingAverage(period: period)
        return values.compactMap { average.next($0) }
    }

    /// The part of the last values up to `index` that lie below the value there, equal ones counted half.
    private func rank(_ values: [Double], at index: Int) -> Double {
        let window = values[max(0, index - history + 1)...index]
        var points = 0.0
        for value in window { points += value < values[index] ? 1 : value == values[index] ? 0.5 : 0 }
        return points / Double(window.count)
    }
}
