/// Volatility from what prices do within bars, for n bars of open O, high H, low L and close C. Logarithms, and no drift but where
/// it is said otherwise.
enum RangeEstimator: String, Sendable, CaseIterable {
    /// σ² = Σ ln²(H/L)/(4n·ln 2) (Parkinson 1980).
    case parkinson
    /// σ² = Σ [½·ln²(H/L) − (2·ln 2 − 1)·ln²(C/O)]/n (Garman and Klass 1980).
    case garmanKlass = "garman-klass"
    /// σ² = Σ [ln(H/C)·ln(H/O) + ln(L/C)·ln(L/O)]/n, whatever the drift (Rogers and Satchell 1991).
    case rogersSatchell = "rogers-satchell"
    /// σ² = V_O + k·V_C + (1 − k)·V_RS with the sample variances V_O of ln(O/C₋₁) and V_C of ln(C/O), divisor n − 1, Rogers and
    /// Satchell's V_RS, and k = 0.34/(1.34 + (n + 1)/(n − 1)) (Yang and Zhang 2000): with drift and overnight jumps.
    case yangZhang = "yang-zhang"

    var columns: [PriceColumn] { self == .parkinson ? [.high, .low] : [.open, .high, .low, .close] }

    /// The bars needed for a window of so many.
    func bars(window: Int) -> Int { self == .yangZhang ? window + 1 : window }

    /// The volatility per bar after each bar, over it and those before; `nil` before the first full window. NaN where bars
    /// contradict themselves so that a variance is negative.
    /// - Parameters:
    ///   - prices: the ``columns``, of equal length, positive.
    ///   - window: bars, two or more for Yang and Zhang.
    func values(_ prices: [PriceColumn: [Double]], window: Int) -> [Double?] {
        let high = prices[.high] ?? []
        let low = prices[.low] ?? []
        if self == .parkinson {
            var mean = SlidingMoments(window: window)
            return zip(high, low).map { high, low in
                let range = RealMath.logarithm(high / low)
                return mean.moments(after: range * range).map {
                    ($0.mean / (4 * RealMath.logarithm(2))).squareRoot()
                }
            }
        }
        let (open, close) = (prices[.open] ?? [], prices[.close] ?? [])
        guard self == .yangZhang else {
            var mean = SlidingMoments(window: window)
            return open.indices.map { bar in
                let term = term(open[bar], high[bar], low[bar], close[bar])
                return mean.moments(after: term).map { $0.mean.squareRoot() }
            }
        }
        var (overnight, daily, inside) = (
            SlidingMoments(window: window), SlidingMoments(window: window), SlidingMoments(window: window)
        )
        let count = Double(window)
        let weight = 0.34 / (1.34 + (count + 1) / (count - 1))
        return open.indices.map { bar in
            guard bar > 0 else { return nil }
            let jump = overnight.moments(after: RealMath.logarithm(open[bar] / close[bar - 1]))
            let move = daily.moments(after: RealMath.logarithm(close[bar] / open[bar]))
            let range = inside.moments(after: Self.rogersSatchell(open[bar], high[bar], low[bar], close[bar]))
            guard let jump, let move, let range else { return nil }
            return (jump.variance + weight * move.variance + (1 - weight) * range.mean).squareRoot()
        }
    }

    private func term(_ open: Double, _ high: Double, _ low: Double, _ close: Double) -> Double {
        guard self == .garmanKlass else { return Self.rogersSatchell(open, high, low, close) }
        let (range, move) = (RealMath.logarithm(high / low), RealMath.logarithm(close / open))
        return range * range / 2 - (2 * RealMath.logarithm(2) - 1) * move * move
    }

    private static func rogersSatchell(_ open: Double, _ high: Double, _ low: Double, _ close: Double) -> Double {
        RealMath.logarithm(high / close) * RealMath.logarithm(high / open)
            + RealMath.logarithm(low / close) * RealMath.logarithm(low / open)
    }
}
