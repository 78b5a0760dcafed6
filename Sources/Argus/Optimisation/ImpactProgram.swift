/// A quadratic program with impact costs besides: Σ gᵢ((xᵢ − oᵢ)² + ε²)^{3/4}, gᵢ ≥ 0.
///
/// The small ε makes |x − o|^{3/2} smooth where nothing is traded; it adds less than gε^{3/2}. The program is solved as a sequence
/// of quadratic ones (Newton's method with the constraints kept; Nocedal and Wright 2006, chapter 18), each from the active set
/// of the last. At the end the multipliers are those of the program itself, since the last step is none.
struct ImpactProgram: Sendable {
    let program: QuadraticProgram
    /// g and o, by variable.
    let coefficients: [Double]
    let origins: [Double]

    /// ε: a weight that is no trade.
    private static let smallest = 1e-8
    private static let mostSteps = 80
    /// A residual at which to stop, one that will do, the worst that is accepted, and how often it may fail to fall in between.
    private static let (precise, fine, coarsest, mostStalls) = (1e-14, 1e-10, 1e-7, 3)
    /// How much of the slope at its start a whole step may leave at its end; less where steps have led to nothing.
    private static let (largestSlope, smallSlope) = (0.5, 0.01)
    private static let mostHalvings = 40
    /// Curvatures beyond this multiple of the others are taken out of the variables' units.
    private static let usualCurvature = 10.0

    /// - Parameters:
    ///   - start: an active set that is expected to be nearly right.
    ///   - point: where to begin; it need not keep within the constraints.
    func solve(from start: ActiveSet?, at point: [Double]?) throws(QuadraticProgramError) -> QuadraticSolution {
        guard coefficients.contains(where: { $0 > 0 }) else { return try program.solve(from: start) }
        guard coefficients.allSatisfy({ $0 >= 0 && $0.isFinite }) else { throw QuadraticProgramError(code: .malformed) }
        var set = start
        var iterations = 0
        var x: [Double]
        if let point, point.count == program.count {
            x = point
        } else {
            let first = try program.solve(from: start)
            (x, set, iterations) = (first.point, first.activeSet, first.iterations)
        }
        var best: QuadraticSolution?
        var stalls = 0
        for step in 0..<Self.mostSteps {
            var solution = try model(at: x, from: set)
            iterations += solution.iterations
            set = solution.activeSet
            // The first step leads into the constraints, whatever it costs.
            let slope = stalls < Self.mostStalls ? Self.largestSlope : Self.smallSlope
            let length = step == 0 ? 1 : length(from: x, to: solution.point, leaving: slope)
            guard length == 1 else {
                for index in x.indices { x[index] += length * (solution.point[index] - x[index]) }
                continue
            }
            x = solution.point
            solution.kktResidual = residual(of: solution)
            if solution.kktResidual < best?.kktResidual ?? .infinity {
                (best, stalls) = (solution, 0)
            } else {
                stalls += 1
            }
            guard let best else { continue }
            if best.kktResidual <= Self.precise { break }
            let isEnough = best.kktResidual <= Self.fine && stalls >= Self.mostStalls
            if isEnough || (best.kktResidual <= Self.coarsest && stalls >= 2 * Self.mostStalls) { break }
        }
        guard var found = best, found.kktResidual <= Self.coarsest else {
            throw QuadraticProgramError(code: .noConvergence)
        }
        found.objective = program.objective(at: found.point) + impact(at: found.point)
        found.iterations = iterations
        return found
    }

    // MARK: - Impact

    private func impact(at x: [Double]) -> Double {
        var sum = 0.0
        for index in x.indices where coefficients[index] > 0 {
            let traded = abs(x[index] - origins[index])
            sum += coefficients[index] * traded * traded.squareRoot()
        }
        return sum
    }

    /// First and second derivative of the impact in variable `index`.
    private func derivatives(_ index: Int, at value: Double) -> (slope: Double, curvature: Double) {
        let coefficient = coefficients[index]
        guard coefficient > 0 else { return (0, 0) }
        let d = value - origins[index]
        let size = d * d + Self.smallest * Self.smallest
        let root = size.squareRoot().squareRoot()
        let slope = 1.5 * coefficient * d / root
        return (slope, 1.5 * coefficient / root * (1 - 0.5 * d * d / size))
    }

    private func gradient(at x: [Double]) -> [Double] {
        var gradient = program.gradient(at: x)
        for index in x.indices { gradient[index] += derivatives(index, at: x[index]).slope }
        return gradient
    }

    // MARK: - Steps

    /// Minimises the program with the impact's second-order expansion at `x`.
    private func model(at x: [Double], from set: ActiveSet?) throws(QuadraticProgramError) -> QuadraticSolution {
        var model = program
        var matrix = program.quadratic ?? Matrix(rows: program.count, columns: program.count)
        let usual = Self.usualCurvature * max(matrix.largestMagnitude, 1e-300)
        let hasQuadratic = program.quadratic != nil
        var units = [Double](repeating: 1, count: x.count)
        var isScaled = false
        for index in x.indices {
            let (slope, curvature) = derivatives(index, at: x[index])
            matrix[index, index] += curvature
            model.linear[index] += slope - curvature * x[index]
            if hasQuadratic, curvature > usual {
                units[index] = (usual / curvature).squareRoot()
                isScaled = true
            }
        }
        model.quadratic = matrix
        guard isScaled else { return try model.solve(from: set) }
        var solution = try model.inUnits(units).solve(from: set)
        for index in x.indices {
            solution.point[index] *= units[index]
            solution.lowerDuals[index] /= units[index]
            solution.upperDuals[index] /= units[index]
            // Bounds are met exactly, as in units of 1.
            switch solution.activeSet?.variables[index] {
            case .lower?: solution.point[index] = program.lower[index]
            case .upper?: solution.point[index] = program.upper[index]
            default: break
            }
        }
        return solution
    }

    /// How far to go toward `target`: 1 where the objective still falls there or hardly rises, else to where it is least.
    private func length(from x: [Double], to target: [Double], leaving share: Double) -> Double {
        let direction = zip(target, x).map { $0 - $1 }
        let moves = program.rows * direction
        let reached = program.rows * x
        let start: Double = self.slope(at: x, direction, reached, moves, comingFrom: false)
        func slope(after length: Double) -> Double {
            let point = zip(x, direction).map { $0 + length * $1 }
            let rows = zip(reached, moves).map { $0 + length * $1 }
            return self.slope(at: point, direction, rows, moves, comingFrom: true)
        }
        guard start < 0 else { return 1 }
        guard slope(after: 1) > share * -start else { return 1 }
        var (low, high) = (0.0, 1.0)
        for _ in 0..<Self.mostHalvings {
            let middle = (low + high) / 2
            let found = slope(after: middle)
            if abs(found) <= 0.2 * share * -start { return middle }
            if found > 0 { high = middle } else { low = middle }
        }
        return low > 0 ? low : high
    }

    /// The objective's derivative along `direction`: ahead, or looking back from where one has come.
    private func slope(
        at x: [Double], _ direction: [Double], _ reached: [Double], _ moves: [Double], comingFrom: Bool
    ) -> Double {
        var slope = Vector.dot(gradient(at: x), direction)
        for index in reached.indices where program.rowPenalties[index].isFinite {
            let excess = reached[index] - program.rowLimits[index]
            let isBeyond = abs(excess) <= 1e-12 ? (moves[index] > 0) != comingFrom : excess > 0
            if isBeyond { slope += program.rowPenalties[index] * moves[index] }
        }
        return slope
    }

    /// The residual of the optimality conditions of the program itself: those of its linear expansion.
    private func residual(of solution: QuadraticSolution) -> Double {
        var expansion = program
        for index in solution.point.indices {
            expansion.linear[index] += derivatives(index, at: solution.point[index]).slope
        }
        let scale = max(expansion.objectiveScale, Vector.largestMagnitude(coefficients))
        let sizes = expansion.rowSizes
        var scaled = solution
        scaled.multiplyDuals(by: 1 / scale)
        for (index, size) in sizes.enumerated() { scaled.rowDuals[index] *= size }
        return expansion.scaled(by: 1 / scale).dividingRows(by: sizes).kktResidual(of: scaled)
    }
}

extension QuadraticProgram {
    /// The same program in variables x/units.
    func inUnits(_ units: [Double]) -> QuadraticProgram {
        var program = self
        func multiplyColumns(_ matrix: inout Matrix) {
            for j in 0..<count where units[j] != 1 { for i in 0..<matrix.rows { matrix[i, j] *= units[j] } }
        }
        if var matrix = quadratic {
            for j in 0..<count { for i in 0..<count { matrix[i, j] *= units[i] * units[j] } }
            program.quadratic = matrix
        }
        multiplyColumns(&program.equalities)
        multiplyColumns(&program.rows)
        for index in units.indices {
            program.linear[index] *= units[index]
            program.lower[index] /= units[index]
            program.upper[index] /= units[index]
        }
        return program
    }
}
