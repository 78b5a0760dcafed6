/// Mehrotra's predictor–corrector method (1992) for a quadratic program, from an infeasible start.
///
/// Variables are kept between their bounds. A row rᵀx ≤ h has a slack v and a multiplier ν, with vν → 0. A row with a penalty
/// has an excess u besides, rᵀx − h = u − v, and the rest of its multiplier, κ − ν, with u(κ − ν) → 0; neither needs a
/// variable of the linear system, whose order stays that of x and the equalities.
struct InteriorPoint {
    private let program: QuadraticProgram
    private let n: Int
    private var x: [Double]
    private var y: [Double]
    /// Slacks to the bounds, and their multipliers; multipliers are zero where there is no bound.
    private var lowerDuals: [Double]
    private var upperDuals: [Double]
    /// Of rows: v, ν, and u.
    private var slack: [Double]
    private var duals: [Double]
    private var excess: [Double]
    private let pairs: Double
    private let hasQuadratic: Bool

    private(set) var iterations = 0
    /// Largest violation of the linear conditions.
    private(set) var infeasibility = Double.infinity
    /// The sum of complementarity products relative to the objective's value, or to `smallestObjective`.
    private(set) var relativeGap = Double.infinity

    private static let smallestObjective = 1e-3
    private static let stepFraction = 0.995

    /// - Parameter program: scaled to an objective whose largest coefficient is 1; l < u.
    init(_ program: QuadraticProgram) {
        self.program = program
        n = program.count
        hasQuadratic = program.quadratic != nil
        x = Self.start(program)
        y = [Double](repeating: 0, count: program.equalityValues.count)
        lowerDuals = [Double](repeating: 0, count: n)
        upperDuals = lowerDuals
        let m = program.rowLimits.count
        slack = [Double](repeating: 0, count: m)
        duals = slack
        excess = slack

        let finite = (program.lower + program.upper).count(where: \.isFinite)
        pairs = Double(max(1, finite + m + program.rowPenalties.count(where: \.isFinite)))
        let gradient = program.gradient(at: x)
        // The start is on the central path as far as bounds and rows go.
        let size = max(1e-2, Vector.largestMagnitude(gradient))
        var widths = 0.0
        for index in 0..<n {
            widths += min(1, x[index] - program.lower[index]) + min(1, program.upper[index] - x[index])
        }
        let target = size * widths / Double(2 * max(1, n))
        for index in 0..<n {
            if program.lower[index].isFinite { lowerDuals[index] = target / (x[index] - program.lower[index]) }
            if program.upper[index].isFinite { upperDuals[index] = target / (program.upper[index] - x[index]) }
        }
        let reached = program.rows * x
        var spread = 1e-6
        for index in 0..<m { spread += abs(reached[index] - program.rowLimits[index]) / Double(m) }
        for index in 0..<m {
            let over = reached[index] - program.rowLimits[index]
            slack[index] = max(-over, 0) + spread
            let penalty = program.rowPenalties[index]
            if penalty.isFinite {
                excess[index] = max(over, 0) + spread
                duals[index] = penalty * excess[index] / (excess[index] + slack[index])
            } else {
                slack[index] = max(-over, 0.01 * (1 + abs(program.rowLimits[index])))
                duals[index] = target / slack[index]
            }
        }
    }

    /// The point of least norm on the equalities, drawn inside the bounds.
    static func start(_ program: QuadraticProgram) -> [Double] {
        let n = program.count
        var point = [Double](repeating: 0, count: n)
        if program.equalities.rows > 0,
            let factor = try? CholeskyFactorization(program.equalities.multiplied(byTransposed: program.equalities))
        {
            point = program.equalities.transposedMultiplied(by: factor.solve(program.equalityValues))
        }
        for index in 0..<n {
            let (low, high) = (program.lower[index], program.upper[index])
            let margin = min(0.25 * (high - low), 0.5 / Double(n))
            point[index] = max(low + margin, min(high - margin, point[index]))
        }
        return point
    }

    private struct Step {
        var x: [Double]
        var y: [Double]
        var lower: [Double]
        var upper: [Double]
        var slack: [Double]
        var duals: [Double]
        var excess: [Double]
    }

    /// What a step corrects: products of the predictor's changes, and the target of the complementarity products.
    private struct Target {
        var value = 0.0
        var lower: [Double] = []
        var upper: [Double] = []
        var slack: [Double] = []
        var excess: [Double] = []
    }

    // MARK: - Iteration

    /// Goes on until gap and infeasibility are within `tolerance`; answers whether they are. Where that is as near as this way
    /// leads, the nearest point on it remains.
    mutating func iterate(to tolerance: Double, limit: Int) -> Bool {
        var nearest = self
        let isNear = approach(to: tolerance, limit: limit, nearest: &nearest)
        if !isNear { self = nearest }
        return isNear
    }

    private var distance: Double { max(relativeGap, infeasibility) }

    private mutating func approach(to tolerance: Double, limit: Int, nearest: inout InteriorPoint) -> Bool {
        while true {
            var dual = program.gradient(at: x)
            program.equalities.addProduct(with: y, transposed: true, to: &dual)
            program.rows.addProduct(with: duals, transposed: true, to: &dual)
            for index in 0..<n { dual[index] += upperDuals[index] - lowerDuals[index] }
            var primal = program.equalities * x
            for index in primal.indices { primal[index] -= program.equalityValues[index] }
            var rows = program.rows * x
            for index in rows.indices { rows[index] += slack[index] - excess[index] - program.rowLimits[index] }

            let gap = complementarity()
            let objective = program.objective(at: x)
            relativeGap = gap / max(abs(objective), Self.smallestObjective)
            infeasibility = max(
                Vector.largestMagnitude(dual), Vector.largestMagnitude(primal), Vector.largestMagnitude(rows))
            // Slacks and multipliers may become too small to divide by.
            guard relativeGap.isFinite, infeasibility.isFinite else { return false }
            if distance <= nearest.distance { nearest = self }
            if relativeGap <= tolerance, infeasibility <= tolerance { return true }
            guard iterations < limit, let system = NewtonSystem(program, diagonal: boundWeights, rows: rowWeights)
            else { return false }
            iterations += 1

            let mean = gap / pairs
            let predictor = step(system, dual, primal, rows, Target())
            let (p, d) = lengths(predictor, fraction: 1)
            let reached = complementarity(after: predictor, p, d) / pairs
            let ratio = min(1, max(0, reached / mean))
            let target = Target(
                value: ratio * ratio * ratio * mean,
                lower: (0..<n).map { predictor.x[$0] * predictor.lower[$0] },
                upper: (0..<n).map { -predictor.x[$0] * predictor.upper[$0] },
                slack: slack.indices.map { predictor.slack[$0] * predictor.duals[$0] },
                excess: slack.indices.map { -predictor.excess[$0] * predictor.duals[$0] })
            let corrector = step(system, dual, primal, rows, target)
            let (primalLength, dualLength) = lengths(corrector, fraction: Self.stepFraction)
            guard max(primalLength, dualLength) > 1e-10 else { return false }
            advance(corrector, primalLength, dualLength)
        }
    }

    private var boundWeights: [Double] {
        (0..<n).map { (index: Int) -> Double in
            // A missing bound has a multiplier of zero and an infinite slack.
            let below: Double = lowerDuals[index] / (x[index] - program.lower[index])
            let above: Double = upperDuals[index] / (program.upper[index] - x[index])
            return below + above
        }
    }

    private var rowWeights: [Double] {
        slack.indices.map { (index: Int) -> Double in
            let rest: Double = program.rowPenalties[index] - duals[index]
            let kink: Double = rest.isFinite ? excess[index] / rest : 0
            return 1 / (slack[index] / duals[index] + kink)
        }
    }

    private func step(
        _ system: NewtonSystem, _ dual: [Double], _ primal: [Double], _ rows: [Double], _ target: Target
    ) -> Step {
        let isCorrector = !target.lower.isEmpty
        func wanted(_ correction: [Double], _ index: Int) -> Double {
            isCorrector ? target.value - correction[index] : 0
        }
        var right = [Double](repeating: 0, count: n)
        for index in 0..<n {
            right[index] = -dual[index] - lowerDuals[index] + upperDuals[index]
            guard isCorrector else { continue }
            if program.lower[index].isFinite {
                right[index] += wanted(target.lower, index) / (x[index] - program.lower[index])
            }
            if program.upper[index].isFinite {
                right[index] -= wanted(target.upper, index) / (program.upper[index] - x[index])
            }
        }
        var shift = rows
        for index in shift.indices {
            shift[index] += wanted(target.slack, index) / duals[index] - slack[index]
            let rest = program.rowPenalties[index] - duals[index]
            if rest.isFinite { shift[index] += excess[index] - wanted(target.excess, index) / rest }
        }
        let weighted = shift.indices.map { -system.rowWeights[$0] * shift[$0] }
        program.rows.addProduct(with: weighted, transposed: true, to: &right)
        let (dx, dy) = system.solve(right, primal.map { -$0 })

        var change = program.rows * dx
        for index in change.indices { change[index] = (change[index] + shift[index]) * system.rowWeights[index] }
        var step = Step(
            x: dx, y: dy, lower: lowerDuals, upper: upperDuals, slack: slack, duals: change, excess: excess)
        for index in 0..<n {
            step.lower[index] =
                program.lower[index].isFinite
                ? (wanted(target.lower, index) - lowerDuals[index] * dx[index]) / (x[index] - program.lower[index])
                    - lowerDuals[index] : 0
            step.upper[index] =
                program.upper[index].isFinite
                ? (wanted(target.upper, index) + upperDuals[index] * dx[index]) / (program.upper[index] - x[index])
                    - upperDuals[index] : 0
        }
        for index in change.indices {
            step.slack[index] =
                (wanted(target.slack, index) - slack[index] * change[index]) / duals[index] - slack[index]
            let rest = program.rowPenalties[index] - duals[index]
            step.excess[index] =
                rest.isFinite
                ? (wanted(target.excess, index) + excess[index] * change[index]) / rest - excess[index] : 0
        }
        return step
    }

    private func complementarity() -> Double {
        var sum = 0.0
        for index in 0..<n {
            if program.lower[index].isFinite { sum += lowerDuals[index] * (x[index] - program.lower[index]) }
            if program.upper[index].isFinite { sum += upperDuals[index] * (program.upper[index] - x[index]) }
        }
        for index in slack.indices {
            sum += slack[index] * duals[index]
            let rest = program.rowPenalties[index] - duals[index]
            if rest.isFinite { sum += excess[index] * rest }
        }
        return sum
    }

    private func complementarity(after step: Step, _ primal: Double, _ dual: Double) -> Double {
        var copy = self
        copy.advance(step, primal, dual)
        return copy.complementarity()
    }

    /// How far primal and dual can go; the same for both where there is a quadratic part, which couples them.
    private func lengths(_ step: Step, fraction: Double) -> (primal: Double, dual: Double) {
        var (primal, dual) = (1 / fraction, 1 / fraction)
        func limit(_ length: inout Double, _ value: Double, _ change: Double) {
            if change < 0 { length = min(length, -value / change) }
        }
        for index in 0..<n {
            limit(&primal, x[index] - program.lower[index], step.x[index])
            limit(&primal, program.upper[index] - x[index], -step.x[index])
            limit(&dual, lowerDuals[index], step.lower[index])
            limit(&dual, upperDuals[index], step.upper[index])
        }
        for index in slack.indices {
            limit(&primal, slack[index], step.slack[index])
            limit(&dual, duals[index], step.duals[index])
            let rest = program.rowPenalties[index] - duals[index]
            if rest.isFinite {
                limit(&primal, excess[index], step.excess[index])
                limit(&dual, rest, -step.duals[index])
            }
        }
        (primal, dual) = (fraction * primal, fraction * dual)
        return hasQuadratic ? (min(primal, dual), min(primal, dual)) : (primal, dual)
    }

    private mutating func advance(_ step: Step, _ primal: Double, _ dual: Double) {
        Vector.add(primal, step.x, to: &x)
        Vector.add(dual, step.y, to: &y)
        Vector.add(dual, step.lower, to: &lowerDuals)
        Vector.add(dual, step.upper, to: &upperDuals)
        Vector.add(primal, step.slack, to: &slack)
        Vector.add(primal, step.excess, to: &excess)
        Vector.add(dual, step.duals, to: &duals)
    }

    // MARK: - Results

    var solution: QuadraticSolution {
        QuadraticSolution(
            point: x, equalityDuals: y, rowDuals: duals, lowerDuals: lowerDuals, upperDuals: upperDuals,
            iterations: iterations)
    }

    /// What seems to hold with equality: where a multiplier is larger than its slack, both against their usual size.
    var activeSet: ActiveSet {
        var set = ActiveSet(unconstrained: program)
        for index in 0..<n {
            if lowerDuals[index] > x[index] - program.lower[index] { set.variables[index] = .lower }
            if upperDuals[index] > program.upper[index] - x[index] { set.variables[index] = .upper }
        }
        for index in slack.indices {
            let penalty = program.rowPenalties[index]
            if penalty.isFinite {
                // Multipliers are measured by the penalty, slacks by the spread of the rows.
                if excess[index] / rowSpread > 1 - duals[index] / penalty {
                    set.rows[index] = .exceeded
                } else if duals[index] / penalty > slack[index] / rowSpread {
                    set.rows[index] = .active
                }
            } else if duals[index] > slack[index] {
                set.rows[index] = .active
            }
        }
        return set
    }

    private var rowSpread: Double {
        max(1e-300, slack.indices.reduce(0) { $0 + slack[$1] + excess[$1] } / Double(max(1, slack.count)))
    }
}
