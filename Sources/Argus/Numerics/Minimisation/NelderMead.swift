/// The minimum of a function of a few variables without derivatives: the simplex of Nelder and Mead (1965).
///
/// Slower and less exact than ``QuasiNewton``, but indifferent to kinks. Points at which the function is not finite count as
/// infinitely high, so that bounds can be expressed by infinity.
struct NelderMead: Sendable {
    /// Ends where all corners are within this much of the best one: relative to max(1, |x|) in every coordinate, …
    var pointTolerance = 1e-9
    /// … and relative to max(1, |f|) in value.
    var valueTolerance = 1e-12
    var mostEvaluations = 5000

    /// - Parameters:
    ///   - start: one corner of the first simplex; the function must be finite there.
    ///   - steps: the others are this far from it, each in one coordinate.
    func minimum(from start: [Double], steps: [Double], _ function: ([Double]) -> Double) -> Minimum<[Double]> {
        precondition(steps.count == start.count, "a step for each coordinate")
        var evaluations = 0
        func height(_ point: [Double]) -> Double {
            evaluations += 1
            let value = function(point)
            return value.isNaN ? .infinity : value
        }
        var corners =
            ([start]
            + start.indices.map { index in
                var corner = start
                corner[index] += steps[index]
                return corner
            }).map { (point: $0, value: height($0)) }
        let last = start.count
        var iterations = 0

        while true {
            // Stable, so that the search is the same on every run.
            corners.sort { $0.value < $1.value }
            let hasConverged = isSmall(corners)
            if hasConverged || evaluations >= mostEvaluations {
                return Minimum(
                    point: corners[0].point, value: corners[0].value, iterations: iterations, evaluations: evaluations,
                    hasConverged: hasConverged)
            }
            iterations += 1
            let centre = start.indices.map { index in
                corners[..<last].reduce(0) { $0 + $1.point[index] } / Double(last)
            }
            /// The point on the line from the worst corner through the centre.
            func point(_ factor: Double) -> [Double] {
                start.indices.map { centre[$0] + factor * (centre[$0] - corners[last].point[$0]) }
            }
            let reflected = point(1)
            let value = height(reflected)
            if value < corners[0].value {
                let expanded = point(2)
                let further = height(expanded)
                corners[last] = further < value ? (expanded, further) : (reflected, value)
            } else if value < corners[last - 1].value {
                corners[last] = (reflected, value)
            } else {
                let contracted = point(value < corners[last].value ? 0.5 : -0.5)
                let nearer = height(contracted)
                if nearer < min(value, corners[last].value) {
                    corners[last] = (contracted, nearer)
                } else {
                    for corner in 1...last {
                        let shrunk = start.indices.map { (corners[0].point[$0] + corners[corner].point[$0]) / 2 }
                        corners[corner] = (shrunk, height(shrunk))
                    }
                }
            }
        }
    }

    private func isSmall(_ corners: [(point: [Double], value: Double)]) -> Bool {
        let best = corners[0]
        return corners.allSatisfy { corner in
            abs(corner.value - best.value) <= valueTolerance * max(1, abs(best.value))
                && corner.point.indices.allSatisfy {
                    abs(corner.point[$0] - best.point[$0]) <= pointTolerance * max(1, abs(best.point[$0]))
                }
        }
    }
}
