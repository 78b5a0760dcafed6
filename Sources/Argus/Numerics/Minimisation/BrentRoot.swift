/// A zero of a continuous function on an interval at whose ends its signs differ: inverse quadratic interpolation, secants and
/// bisection (Brent 1973, chapter 4).
struct BrentRoot: Sendable {
    /// Relative; the interval around the zero is narrowed to this and the working precision.
    var tolerance = 1e-15
    var mostIterations = 200

    /// `nil` where the signs at the ends are the same, or a value is NaN.
    func root(in interval: ClosedRange<Double>, _ function: (Double) -> Double) -> Double? {
        var (other, otherValue) = (interval.lowerBound, function(interval.lowerBound))
        var (best, bestValue) = (interval.upperBound, function(interval.upperBound))
        if otherValue == 0 { return other }
        if bestValue == 0 { return best }
        guard (otherValue < 0 && bestValue > 0) || (otherValue > 0 && bestValue < 0) else { return nil }
        // The zero lies between `best` and `across`; `other` is the best before.
        var (across, acrossValue) = (other, otherValue)
        var step = best - other
        var before = step

        for _ in 0..<mostIterations {
            if (bestValue > 0) == (acrossValue > 0) {
                (across, acrossValue) = (other, otherValue)
                step = best - other
                before = step
            }
            if abs(acrossValue) < abs(bestValue) {
                (other, otherValue) = (best, bestValue)
                (best, bestValue) = (across, acrossValue)
                (across, acrossValue) = (other, otherValue)
            }
            let width = 2 * Double.ulpOfOne * abs(best) + tolerance * abs(best) / 2 + .leastNormalMagnitude
            let half = (across - best) / 2
            if abs(half) <= width || bestValue == 0 { return best }
            if abs(before) < width || abs(otherValue) <= abs(bestValue) {
                step = half
                before = half
            } else {
                let s = bestValue / otherValue
                var (p, q): (Double, Double)
                if other == across {
                    (p, q) = (2 * half * s, 1 - s)
                } else {
                    let (r, t) = (bestValue / acrossValue, otherValue / acrossValue)
                    p = s * (2 * half * t * (t - r) - (best - other) * (r - 1))
                    q = (t - 1) * (r - 1) * (s - 1)
                }
                if p > 0 { q = -q }
                p = abs(p)
                if 2 * p < min(3 * half * q - abs(width * q), abs(before * q)) {
                    before = step
                    step = p / q
                } else {
                    step = half
                    before = half
                }
            }
            (other, otherValue) = (best, bestValue)
            best += abs(step) > width ? step : half > 0 ? width : -width
            bestValue = function(best)
            if bestValue.isNaN { return nil }
        }
        return best
    }
}
