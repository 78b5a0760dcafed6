/// A point of the efficient frontier that is optimal for ½ wᵀΣw − λe, with e = μᵀw less the costs of trading.
public struct TradeoffPoint: Sendable {
    public var solution: PortfolioSolution
    /// λ, the variance accepted for a unit of return; infinite where only the return counts.
    public var tradeoff: Double
}

extension PortfolioOptimizer {
    private static let mostSteps = 200
    private static let precision = 1e-14
    /// By how much λ may differ from σ²/e at the largest Sharpe ratio, relatively; the ratio itself differs by its square.
    private static let mismatch = 1e-12

    /// Maximises excess over volatility, e/√(wᵀΣw), with e = μᵀw + `shift` less the costs of trading, μ = `expected` and a constant
    /// shift such as the negative risk-free return.
    ///
    /// The optimum lies on the efficient frontier at λ = σ²/e. Solving for that λ again raises the ratio: with w′ the minimum of
    /// ½σ² − λe at λ = σ²/e of w, e′/e ≥ (σ′² + σ²)/(2σ²) ≥ σ′/σ. While the active set stays, e = a + dλ and σ² = s + dλ² but for
    /// impact, so that two points give the λ = s/a of the optimum; it is taken where the ratio does not fall by it.
    ///
    /// - Returns: `nil` where no allowed portfolio has a positive excess.
    public func maximumSharpe(
        _ covariance: Matrix, expected: [Double], shift: Double
    ) throws(QuadraticProgramError) -> TradeoffPoint? {
        let best: PortfolioSolution
        if let start { best = start } else { best = try plain.maximumReturn(expected) }
        let excess = earned(expected, best.weights) + shift
        guard excess > 0 else { return nil }
        var point = TradeoffPoint(solution: best, tradeoff: .infinity)
        var ratio = -Double.infinity
        var tradeoff = covariance.quadraticForm(best.weights) / excess
        // The λ of the best point so far, and the last point's λ and excess.
        var safe = tradeoff
        var last: (tradeoff: Double, excess: Double)?
        var iterations = best.iterations
        var near = start
        for _ in 0..<Self.mostSteps where tradeoff > 0 && tradeoff.isFinite {
            let solution = try tradeoffProgram(covariance, expected, tradeoff).solve(from: near)
            near = solution
            iterations += solution.iterations
            let excess = earned(expected, solution.weights) + shift
            let variance = covariance.quadraticForm(solution.weights)
            let reached = excess > 0 && variance > 0 ? excess / variance.squareRoot() : -.infinity
            guard reached >= ratio * (1 - Self.precision) else {
                guard tradeoff != safe else { break }
                (tradeoff, last) = (safe, nil)
                continue
            }
            guard reached.isFinite else { break }
            ratio = max(ratio, reached)
            point = TradeoffPoint(solution: solution, tradeoff: tradeoff)
            safe = variance / excess
            if abs(safe / tradeoff - 1) <= Self.mismatch { break }
            let here = (tradeoff: tradeoff, excess: excess)
            tradeoff = safe
            if let last, last.tradeoff != here.tradeoff {
                let rise = (here.excess - last.excess) / (here.tradeoff - last.tradeoff)
                let (level, rest) = (
                    here.excess - rise * here.tradeoff, variance - rise * here.tradeoff * here.tradeoff
                )
                if level > 0, rest > 0 { tradeoff = rest / level }
            }
            last = here
        }
        point.solution.iterations = iterations
        return point
    }

    /// Maximises μᵀw less the costs of trading, subject to wᵀΣw ≤ `variance`.
    ///
    /// σ² rises with λ along the frontier, quadratically between changes of the active set; λ is found by the Illinois variant
    /// of the secant method, on √σ² as it is nearly linear.
    ///
    /// - Returns: `nil` where every allowed portfolio has more variance.
    public func maximumReturn(
        _ covariance: Matrix, expected: [Double], varianceAtMost variance: Double
    ) throws(QuadraticProgramError) -> TradeoffPoint? {
        let least = try PortfolioOptimizer(constraints: constraints).minimumVariance(covariance)
        var iterations = least.iterations
        let target = variance.squareRoot()
        func miss(_ weights: [Double]) -> Double { max(0, covariance.quadraticForm(weights)).squareRoot() - target }
        var (low, lowMiss) = (0.0, miss(least.weights))
        guard lowMiss <= target * 1e-12 else { return nil }

        // A tradeoff that is too large, if there is one: doubled from the ratio of the problem's own sizes.
        let prices = costs.map { Vector.largestMagnitude($0.proportional + $0.impact) } ?? 0
        let size = max(Vector.largestMagnitude(expected), prices)
        guard size > 0 else { return TradeoffPoint(solution: least, tradeoff: 0) }
        var near = start ?? least
        var best = TradeoffPoint(solution: least, tradeoff: 0)
        func solve(_ tradeoff: Double) throws(QuadraticProgramError) -> (TradeoffPoint, Double) {
            let solution = try tradeoffProgram(covariance, expected, tradeoff).solve(from: near)
            near = solution
            iterations += solution.iterations
            return (TradeoffPoint(solution: solution, tradeoff: tradeoff), miss(solution.weights))
        }
        var high = max(covariance.largestMagnitude, 1e-300) / size
        var highMiss = 0.0
        var doublings = 0
        while true {
            let (point, found) = try solve(high)
            highMiss = found
            if found >= 0 { break }
            (low, lowMiss, best) = (high, found, point)
            doublings += 1
            guard doublings < 40 else {
                best.solution.iterations = iterations
                best.tradeoff = .infinity
                return best
            }
            high *= 2
        }
        var side = 0
        for _ in 0..<Self.mostSteps {
            guard high - low > Self.precision * high else { break }
            let span = highMiss - lowMiss
            var middle = span > 0 ? (low * highMiss - high * lowMiss) / span : (low + high) / 2
            if !(middle > low && middle < high) { middle = (low + high) / 2 }
            let (point, found) = try solve(middle)
            if found <= 0 {
                (low, lowMiss, best) = (middle, found, point)
                if side < 0 { highMiss /= 2 }
                side = -1
            } else {
                (high, highMiss) = (middle, found)
                if side > 0 { lowMiss /= 2 }
                side = 1
            }
            if abs(found) <= 1e-13 * target {
                best = point
                break
            }
        }
        best.solution.iterations = iterations
        return best
    }

    /// The efficient frontier: least variance at `count` returns, evenly from that of the least variance to the largest.
    public func frontier(
        _ covariance: Matrix, expected: [Double], count: Int
    ) throws(QuadraticProgramError) -> [PortfolioSolution] {
        let least = try minimumVariance(covariance)
        guard count > 1 else { return [least] }
        let lowest = Vector.dot(expected, least.weights)
        let best = try maximumReturn(expected)
        let highest = Vector.dot(expected, best.weights)
        var points = [least]
        var near: PortfolioSolution?
        for index in 1..<count {
            // The best return itself leaves no room inside the constraints.
            let share = index == count - 1 ? 1 - 1e-12 : Double(index) / Double(count - 1)
            let floor = lowest + share * (highest - lowest)
            let inner = constrained(expected, floor)
            let objective = PortfolioObjective(quadratic: 2 * covariance, linear: expected.map { _ in 0 })
            do throws(QuadraticProgramError) {
                let point = try PortfolioProgram(objective: objective, constraints: inner.constraints).solve(from: near)
                near = point
                points.append(point)
            } catch {
                guard index == count - 1 else { throw error }
                points.append(best)
            }
        }
        return points
    }

    /// Without a start, which belongs to another objective.
    private var plain: PortfolioOptimizer { PortfolioOptimizer(constraints: constraints, start: nil, costs: costs) }

    private func tradeoffProgram(_ covariance: Matrix, _ expected: [Double], _ tradeoff: Double) -> PortfolioProgram {
        PortfolioProgram(
            objective: PortfolioObjective(
                quadratic: covariance, linear: expected.map { -tradeoff * $0 }, costs: costs.map { tradeoff * $0 }),
            constraints: constraints)
    }
}
