/// The minimum of a function of one variable on an interval: golden section and parabolas (Brent 1973, "Algorithms for
/// Minimization Without Derivatives", chapter 5).
struct BrentMinimum: Sendable {
    /// Relative; finer than the square root of the working precision gains nothing.
    var tolerance = 1e-8
    var mostIterations = 200

    /// - Parameter interval: finite. The function should have one valley on it; otherwise one of them is found, or an end.
    ///   Where it is not finite it counts as infinitely high.
    func minimum(in interval: ClosedRange<Double>, _ function: (Double) -> Double) -> Minimum<Double> {
        let golden = (3 - (5.0).squareRoot()) / 2
        var evaluations = 0
        func height(_ x: Double) -> Double {
            evaluations += 1
            let value = function(x)
            return value.isNaN ? .infinity : value
        }
        var (low, high) = (interval.lowerBound, interval.upperBound)
        var best = low + golden * (high - low)
        var bestValue = height(best)
        var (second, secondValue) = (best, bestValue)
        var (third, thirdValue) = (best, bestValue)
        var (step, before) = (0.0, 0.0)

        for iteration in 0..<mostIterations {
            let middle = (low + high) / 2
            let width = tolerance * abs(best) + tolerance * 1e-3
            if abs(best - middle) <= 2 * width - (high - low) / 2 {
                return Minimum(
                    point: best, value: bestValue, iterations: iteration, evaluations: evaluations, hasConverged: true)
            }
            var isParabola = false
            if abs(before) > width {
                // The vertex of the parabola through the three lowest points is at best + p/q.
                let r = (best - second) * (bestValue - thirdValue)
                var q = (best - third) * (bestValue - secondValue)
                var p = (best - third) * q - (best - second) * r
                q = 2 * (q - r)
                if q > 0 { p = -p }
                q = abs(q)
                let limit = abs(q * before / 2)
                before = step
                if p.isFinite, q.isFinite, abs(p) < limit, p > q * (low - best), p < q * (high - best) {
                    step = p / q
                    isParabola = true
                    let next = best + step
                    if next - low < 2 * width || high - next < 2 * width { step = best < middle ? width : -width }
                }
            }
            if !isParabola {
                before = best < middle ? high - best : low - best
                step = golden * before
            }
            let next = best + (abs(step) >= width ? step : step > 0 ? width : -width)
            let value = height(next)
            if value <= bestValue {
                if next < best { high = best } else { low = best }
                (third, thirdValue) = (second, secondValue)
                (second, secondValue) = (best, bestValue)
                (best, bestValue) = (next, value)
            } else {
                if next < best { low = next } else { high = next }
                if value <= secondValue || second == best {
                    (third, thirdValue) = (second, secondValue)
                    (second, secondValue) = (next, value)
                } else if value <= thirdValue || third == best || third == second {
                    (third, thirdValue) = (next, value)
                }
            }
        }
        return Minimum(
            point: best, value: bestValue, iterations: mostIterations, evaluations: evaluations, hasConverged: false)
    }
}
