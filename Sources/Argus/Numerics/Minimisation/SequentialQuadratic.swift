/// The minimum of a smooth function within a box by sequential quadratic programming, as Kraft (1988, "A software package for
/// sequential quadratic programming", DFVLR-FB 88-28) searches for it.
///
/// It begins with the identity for the Hessian and is not invariant under scaling: the first steps go as far as the gradient is
/// long. ``QuasiNewton`` needs fewer steps. This is for where it matters which of several minima SciPy's SLSQP would come to.
struct SequentialQuadratic: Sendable {
    /// Ends where a step changes the function, or the point, by less; or promises to.
    var tolerance = 1e-6
    var mostIterations = 100

    /// Trials on one line, after which the last one is taken.
    private static let mostTrials = 11
    private static let sufficientDecrease = 0.1
    private static let shortestCut = 0.1
    /// How often the Hessian may be begun anew.
    private static let mostResets = 5

    /// - Parameter start: moved into the box where it is outside.
    /// - Returns: the lowest place on the way where the search does not converge.
    func minimum(from start: [Double], in box: Box, _ function: QuasiNewton.Function) -> Minimum<[Double]> {
        var point = box.projection(start)
        var gradient = [Double](repeating: 0, count: point.count)
        var value = function(point, &gradient)
        var (evaluations, resets) = (1, 0)
        var hessian = QuasiNewton.identity(point.count)
        // A step that is taken after the last trial may lead far up, and a search not return from there.
        var best = (point: point, value: value, gradient: gradient)
        func minimum(_ iterations: Int, _ hasConverged: Bool) -> Minimum<[Double]> {
            let end = hasConverged && value.isFinite ? (point, value, gradient) : best
            return Minimum(
                point: end.0, value: end.1, gradient: end.2, iterations: iterations, evaluations: evaluations,
                hasConverged: hasConverged)
        }

        for iteration in 0..<mostIterations {
            guard value.isFinite, gradient.allSatisfy(\.isFinite) else { return minimum(iteration, false) }
            let program = BoxProgram(hessian: hessian, gradient: gradient, from: point, in: box)
            let step = program.minimum()
            let slope = step.map { zip($0, gradient).reduce(0) { $0 + $1.0 * $1.1 } } ?? 0
            guard let step, slope < 0 else {
                resets += 1
                guard step == nil, resets <= Self.mostResets else { return minimum(iteration, step != nil) }
                hessian = QuasiNewton.identity(point.count)
                continue
            }
            if -slope < tolerance { return minimum(iteration, true) }

            var length = 1.0
            var (next, nextValue, nextGradient) = (point, Double.nan, gradient)
            for trial in 1...Self.mostTrials {
                next = box.projection(zip(point, step).map { $0 + length * $1 })
                nextValue = function(next, &nextGradient)
                evaluations += 1
                let change = nextValue - value
                if change <= Self.sufficientDecrease * length * slope || trial == Self.mostTrials { break }
                let vertex = length * slope / (2 * (length * slope - change))
                length *= vertex > Self.shortestCut ? vertex : Self.shortestCut
            }
            let distance = zip(next, point).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
            let hasConverged = abs(nextValue - value) < tolerance || distance < tolerance
            QuasiNewton.update(
                &hessian, step: zip(next, point).map { $0 - $1 }, change: zip(nextGradient, gradient).map { $0 - $1 })
            (point, value, gradient) = (next, nextValue, nextGradient)
            if value < best.value { best = (point, value, gradient) }
            if hasConverged { return minimum(iteration + 1, true) }
        }
        return minimum(mostIterations, false)
    }
}

/// A quadratic model of a function around a point of a box.
private struct BoxProgram {
    let hessian: [[Double]]
    let gradient: [Double]
    let lower: [Double]
    let upper: [Double]

    init(hessian: [[Double]], gradient: [Double], from point: [Double], in box: Box) {
        self.hessian = hessian
        self.gradient = gradient
        lower = zip(box.lower, point).map { $0 - $1 }
        upper = zip(box.upper, point).map { $0 - $1 }
    }

    /// The step to the model's minimum in the box, by a primal active set (Nocedal and Wright 2006, algorithm 16.3); `nil` where
    /// the Hessian is not positive definite.
    func minimum() -> [Double]? {
        let range = gradient.indices
        var step = [Double](repeating: 0, count: gradient.count)
        var held = range.map { gradient[$0] > 0 ? lower[$0] >= 0 : gradient[$0] < 0 && upper[$0] <= 0 }
        // Each bound is taken up and left a few times at the most.
        for _ in 0..<8 * gradient.count {
            let free = range.filter { !held[$0] }
            guard let wanted = minimum(free, step) else { return nil }
            var (cut, blocking) = (1.0, Int?.none)
            for index in free {
                let move = wanted[index] - step[index]
                let room = move < 0 ? lower[index] - step[index] : upper[index] - step[index]
                if move != 0, room / move < cut { (cut, blocking) = (max(0, room / move), index) }
            }
            for index in free { step[index] += cut * (wanted[index] - step[index]) }
            if let blocking {
                step[blocking] =
                    step[blocking] - lower[blocking] < upper[blocking] - step[blocking]
                    ? lower[blocking] : upper[blocking]
                held[blocking] = true
                continue
            }
            // What a bound holds back, where it does not have to.
            let slopes = range.map { row in gradient[row] + range.reduce(0) { $0 + hessian[row][$1] * step[$1] } }
            let wrong = range.filter { held[$0] && (step[$0] <= lower[$0] ? slopes[$0] < 0 : slopes[$0] > 0) }
            guard let worst = wrong.max(by: { abs(slopes[$0]) < abs(slopes[$1]) }) else { return step }
            held[worst] = false
        }
        return step
    }

    /// The minimum over the free coordinates, the others as they are.
    private func minimum(_ free: [Int], _ step: [Double]) -> [Double]? {
        guard !free.isEmpty else { return step }
        let columns = free.map { row in free.map { hessian[row][$0] } }
        guard let factor = try? CholeskyFactorization(Matrix(columns: columns)) else { return nil }
        let held = step.indices.filter { !free.contains($0) }
        let solution = factor.solve(
            free.map { row in -gradient[row] - held.reduce(0) { $0 + hessian[row][$1] * step[$1] } })
        var wanted = step
        for (index, value) in zip(free, solution) { wanted[index] = value }
        return wanted.allSatisfy(\.isFinite) ? wanted : nil
    }
}
