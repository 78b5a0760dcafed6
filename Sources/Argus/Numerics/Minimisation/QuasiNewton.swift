/// The minimum of a smooth function of a few variables within a box.
///
/// Broyden, Fletcher, Goldfarb and Shanno's update of the Hessian, damped as Powell (1978) does where a step shows no positive
/// curvature; coordinates that a bound holds are left out of the step (Bertsekas 1982, "Projected Newton methods", SIAM J.
/// Control Optim. 20). The line search asks for the weak Wolfe conditions by bisection and expansion (Lewis and Overton 2013,
/// "Nonsmooth optimization via quasi-Newton methods", Math. Program. 141, algorithm 4.6), so that a kink does not break it.
/// Points at which the function is not finite are taken for steps too far.
struct QuasiNewton: Sendable {
    /// Ends where ``Box/stationarity(_:_:)`` is at most this much times max(1, |f|).
    var tolerance = 1e-9
    var mostIterations = 300
    /// Steps tried on one line.
    var mostTrials = 60

    /// A function: its value at `point`, with its gradient written to `gradient`, which has the point's count.
    typealias Function = (_ point: [Double], _ gradient: inout [Double]) -> Double

    private static let sufficientDecrease = 1e-4
    private static let curvature = 0.9
    /// A search that finds no way down, or only what rounding hides, has still converged where the conditions hold up to this
    /// many tolerances.
    private static let slack = 1e4

    /// - Parameter start: moved into the box where it is outside; the function must be finite there, or the search ends at once.
    func minimum(from start: [Double], in box: Box, _ function: Function) -> Minimum<[Double]> {
        var hessian: [[Double]]?
        return minimum(from: start, in: box, hessian: &hessian, function)
    }

    /// The same, by an estimate of the Hessian that is made better on the way, so that a search can be continued.
    /// - Parameters:
    ///   - estimate: `nil`: nothing is known yet.
    ///   - isEnough: whether the search may end at a place, without having converged.
    func minimum(
        from start: [Double], in box: Box, hessian estimate: inout [[Double]]?,
        until isEnough: (Minimum<[Double]>) -> Bool = { _ in false }, _ function: Function
    ) -> Minimum<[Double]> {
        var state = Place(box.projection(start), function)
        var evaluations = 1
        var hessian = estimate ?? Self.identity(start.count)
        var isFirst = estimate == nil
        defer { estimate = isFirst ? nil : hessian }
        func threshold() -> Double { tolerance * max(1, abs(state.value)) }

        for iteration in 0..<mostIterations {
            guard state.isFinite else { return state.minimum(iteration, evaluations, false) }
            let stationarity = box.stationarity(state.point, state.gradient)
            if stationarity <= threshold() { return state.minimum(iteration, evaluations, true) }
            let here = state.minimum(iteration, evaluations, false)
            if isEnough(here) { return here }

            let free = start.indices.filter { !box.holds($0, state.point, against: state.gradient) }
            var direction = Self.direction(hessian, state.gradient, free)
            if direction == nil {
                hessian = Self.identity(start.count)
                isFirst = true
                direction = Self.direction(hessian, state.gradient, free)
            }
            guard let direction else { return state.minimum(iteration, evaluations, false) }
            // Twice what the step promises to gain; below the rounding of values there is nothing left to tell.
            let promise = -zip(direction, state.gradient).reduce(0) { $0 + $1.0 * $1.1 }
            if promise < 4 * Double.ulpOfOne * max(1, abs(state.value)), !isFirst {
                return state.minimum(iteration, evaluations, stationarity <= Self.slack * threshold())
            }
            let length = direction.reduce(0) { max($0, abs($1)) }
            let first = isFirst ? min(1, 1 / length) : 1
            let search = line(from: state, along: direction, first: first, in: box, function)
            evaluations += search.evaluations
            guard let next = search.place else {
                // A stale Hessian may be to blame: once more with the gradient alone.
                if !isFirst {
                    hessian = Self.identity(start.count)
                    isFirst = true
                    continue
                }
                return state.minimum(iteration, evaluations, stationarity <= Self.slack * threshold())
            }
            Self.update(&hessian, from: state, to: next, isFirst: isFirst)
            isFirst = false
            state = next
        }
        let hasConverged = box.stationarity(state.point, state.gradient) <= threshold()
        return state.minimum(mostIterations, evaluations, hasConverged)
    }

    /// A point with the function's value and gradient there.
    private struct Place {
        var point: [Double]
        var value: Double
        var gradient: [Double]

        init(_ point: [Double], _ function: Function) {
            self.point = point
            gradient = [Double](repeating: 0, count: point.count)
            value = function(point, &gradient)
        }

        var isFinite: Bool { value.isFinite && gradient.allSatisfy(\.isFinite) }

        func minimum(_ iterations: Int, _ evaluations: Int, _ hasConverged: Bool) -> Minimum<[Double]> {
            Minimum(
                point: point, value: value, gradient: gradient, iterations: iterations, evaluations: evaluations,
                hasConverged: hasConverged)
        }
    }

    static func identity(_ count: Int) -> [[Double]] {
        (0..<count).map { row in (0..<count).map { $0 == row ? 1 : 0 } }
    }

    /// Newton's step in the free coordinates; `nil` where the Hessian is not positive definite there.
    private static func direction(_ hessian: [[Double]], _ gradient: [Double], _ free: [Int]) -> [Double]? {
        let columns = free.map { row in free.map { hessian[row][$0] } }
        guard let factor = try? CholeskyFactorization(Matrix(columns: columns)) else { return nil }
        let step = factor.solve(free.map { -gradient[$0] })
        var direction = [Double](repeating: 0, count: gradient.count)
        for (index, value) in zip(free, step) { direction[index] = value }
        return direction.allSatisfy(\.isFinite) ? direction : nil
    }

    /// A place further down along the projected line; `nil` where none was found.
    private func line(
        from start: Place, along direction: [Double], first: Double, in box: Box, _ function: Function
    ) -> (place: Place?, evaluations: Int) {
        let slope = zip(direction, start.gradient).reduce(0) { $0 + $1.0 * $1.1 }
        guard slope < 0 else { return (nil, 0) }
        var (near, far) = (0.0, Double.infinity)
        var step = first
        // The lowest of those that went down enough, for the case that none turns the slope enough.
        var best: Place?
        for trial in 1...mostTrials {
            let place = Place(
                box.projection(start.point.indices.map { start.point[$0] + step * direction[$0] }), function)
            let moved = place.point.indices.map { place.point[$0] - start.point[$0] }
            let expected = zip(moved, start.gradient).reduce(0) { $0 + $1.0 * $1.1 }
            if !place.isFinite || place.value > start.value + Self.sufficientDecrease * expected || expected >= 0 {
                far = step
                if place.point == start.point { return (best, trial) }
                // The parabola through the value and slope at the start and this value, where nothing nearer is known.
                let bend = place.value - start.value - slope * step
                let vertex = near == 0 && place.isFinite && bend > 0 ? -slope * step * step / (2 * bend) : .nan
                step = vertex > 0.1 * far && vertex < 0.5 * far ? vertex : (near + far) / 2
            } else {
                if place.value < best?.value ?? .infinity { best = place }
                // What is left of the slope, in the coordinates that did not end at a bound.
                var remaining = 0.0
                for index in direction.indices
                where place.point[index] > box.lower[index] && place.point[index] < box.upper[index] {
                    remaining += direction[index] * place.gradient[index]
                }
                if remaining >= Self.curvature * slope { return (place, trial) }
                near = step
                step = far.isFinite ? (near + far) / 2 : 2 * step
            }
        }
        return (best, mostTrials)
    }

    private static func update(_ hessian: inout [[Double]], from start: Place, to end: Place, isFirst: Bool) {
        let range = start.point.indices
        let step = range.map { end.point[$0] - start.point[$0] }
        let change = range.map { end.gradient[$0] - start.gradient[$0] }
        if isFirst {
            // The size of the Hessian, as far as the first step shows it (Nocedal and Wright 2006, equation 6.20).
            let scale = product(change, change) / product(step, change)
            if scale.isFinite, scale > 0 { for index in range { hessian[index][index] = scale } }
        }
        update(&hessian, step: step, change: change)
    }

    private static func product(_ left: [Double], _ right: [Double]) -> Double {
        zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// Powell's damped update (1978, "A fast algorithm for nonlinearly constrained optimization calculations"), by a step and the
    /// change of the gradient over it.
    static func update(_ hessian: inout [[Double]], step: [Double], change: [Double]) {
        let range = step.indices
        var change = change
        let image = range.map { product(hessian[$0], step) }
        let bend = product(step, image)
        guard bend > 0 else { return }
        let seen = product(step, change)
        if seen < 0.2 * bend {
            let weight = 0.8 * bend / (bend - seen)
            change = range.map { weight * change[$0] + (1 - weight) * image[$0] }
        }
        let curvature = product(step, change)
        guard curvature > 0, curvature.isFinite else { return }
        for i in range {
            for j in range {
                hessian[i][j] += change[i] * change[j] / curvature - image[i] * image[j] / bend
            }
        }
    }
}
