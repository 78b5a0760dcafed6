/// Why a quadratic program has no solution here.
public struct QuadraticProgramError: Error, Equatable, CustomStringConvertible {
    public struct Code: Sendable, Equatable {
        let text: String

        /// Shapes that do not fit, or numbers that are none.
        public static let malformed = Code(text: "malformed")
        /// The method came to no end: the constraints contradict each other, or the objective falls without bound.
        public static let noConvergence = Code(text: "no convergence")
    }

    public let code: Code
    public var description: String { "the quadratic program has no solution: \(code.text)" }
}

extension QuadraticProgram {
    private static let mostIterations = 200
    /// Rounds of the active-set method before the interior point's way, and after it.
    private static let (roundsBefore, roundsAfter) = (25, 12)
    /// How near the interior point comes before the active-set method is tried again.
    private static let tolerances = [1e-4, 1e-6, 1e-8, 1e-10, 1e-12]
    /// The worst that is accepted where no active set is found: relative gap and infeasibility.
    private static let coarsest = 1e-7

    /// Solves the program; its constraints' multipliers and the optimality residual are in the solution.
    ///
    /// - Throws: ``QuadraticProgramError``; `noConvergence` is what infeasible programs end with.
    public func solve() throws(QuadraticProgramError) -> QuadraticSolution { try solve(from: nil) }

    /// Solves the program: by the active-set method alone where that ends, else by an interior-point method, which the
    /// active-set method makes exact.
    ///
    /// - Parameter start: an active set that is expected to be nearly right.
    /// - Throws: ``QuadraticProgramError``; `noConvergence` is what infeasible programs end with.
    func solve(from start: ActiveSet?) throws(QuadraticProgramError) -> QuadraticSolution {
        guard isWellFormed, zip(lower, upper).allSatisfy({ $0 <= $1 }) else {
            throw QuadraticProgramError(code: .malformed)
        }
        guard count > 0 else { return try solutionWithoutVariables() }
        let fixed = (0..<count).filter { upper[$0] - lower[$0] <= 0 }
        if !fixed.isEmpty { return try solve(fixing: fixed, from: start) }

        let scale = objectiveScale
        let scaled = scaled(by: 1 / scale)
        var solution = try scaled.solveScaled(from: start)
        solution.kktResidual = scaled.kktResidual(of: solution)
        solution.multiplyDuals(by: scale)
        solution.objective = objective(at: solution.point)
        return solution
    }

    private func solveScaled(from start: ActiveSet?) throws(QuadraticProgramError) -> QuadraticSolution {
        var exact = ActiveSetMethod(self)
        if quadratic != nil || start != nil,
            var solution = exact.solve(
                from: start ?? ActiveSet(unconstrained: self), near: nil, limit: Self.roundsBefore)
        {
            solution.iterations = exact.rounds
            return solution
        }
        var interior = InteriorPoint(self)
        for tolerance in Self.tolerances {
            let isNear = interior.iterate(to: tolerance, limit: Self.mostIterations)
            let current = interior.solution
            if var solution = exact.solve(from: interior.activeSet, near: current.point, limit: Self.roundsAfter) {
                solution.iterations = exact.rounds + interior.iterations
                return solution
            }
            if !isNear { break }
        }
        guard max(interior.relativeGap, interior.infeasibility) <= Self.coarsest else {
            throw QuadraticProgramError(code: .noConvergence)
        }
        var solution = interior.solution
        solution.iterations = exact.rounds + interior.iterations
        solution.activeSet = interior.activeSet
        return solution
    }

    /// Where there is nothing to choose, the constraints hold or they do not.
    private func solutionWithoutVariables() throws(QuadraticProgramError) -> QuadraticSolution {
        let hard = zip(rowLimits, rowPenalties).filter { !$1.isFinite }.map(\.0)
        guard equalityValues.allSatisfy({ abs($0) <= Self.coarsest }), hard.allSatisfy({ $0 >= -Self.coarsest }) else {
            throw QuadraticProgramError(code: .noConvergence)
        }
        var solution = QuadraticSolution(
            point: [], equalityDuals: equalityValues.map { _ in 0 },
            rowDuals: zip(rowLimits, rowPenalties).map { $0 < 0 && $1.isFinite ? $1 : 0 }, lowerDuals: [],
            upperDuals: [])
        solution.objective = objective(at: [])
        solution.kktResidual = kktResidual(of: solution)
        solution.activeSet = ActiveSet(unconstrained: self)
        return solution
    }

    /// Solves for the variables whose bounds differ.
    private func solve(
        fixing fixed: [Int], from start: ActiveSet?
    ) throws(QuadraticProgramError) -> QuadraticSolution {
        let free = (0..<count).filter { upper[$0] > lower[$0] }
        var point = [Double](repeating: 0, count: count)
        for index in fixed { point[index] = lower[index] }
        let shift = gradient(at: point)
        var reduced = QuadraticProgram(
            quadratic: quadratic?.principal(free), linear: free.map { shift[$0] }, lower: free.map { lower[$0] },
            upper: free.map { upper[$0] })
        reduced.equalities = equalities.selecting(columns: free)
        reduced.equalityValues = zip(equalityValues, equalities * point).map { $0 - $1 }
        reduced.rows = rows.selecting(columns: free)
        reduced.rowLimits = zip(rowLimits, rows * point).map { $0 - $1 }
        reduced.rowPenalties = rowPenalties
        var near: ActiveSet?
        if let start {
            near = ActiveSet(unconstrained: reduced)
            near?.variables = free.map { start.variables[$0] }
            near?.rows = start.rows
        }
        var solution = try reduced.solve(from: near)

        var active = ActiveSet(unconstrained: self)
        active.rows = solution.activeSet?.rows ?? active.rows
        for (offset, index) in free.enumerated() {
            point[index] = solution.point[offset]
            active.variables[index] = solution.activeSet?.variables[offset] ?? .free
        }
        var slope = gradient(at: point)
        equalities.addProduct(with: solution.equalityDuals, transposed: true, to: &slope)
        rows.addProduct(with: solution.rowDuals, transposed: true, to: &slope)
        var (lowerDuals, upperDuals) = (slope.map { _ in 0.0 }, slope.map { _ in 0.0 })
        for (offset, index) in free.enumerated() {
            lowerDuals[index] = solution.lowerDuals[offset]
            upperDuals[index] = solution.upperDuals[offset]
        }
        for index in fixed {
            lowerDuals[index] = max(0, slope[index])
            upperDuals[index] = max(0, -slope[index])
            active.variables[index] = slope[index] >= 0 ? .lower : .upper
        }
        (solution.point, solution.lowerDuals, solution.upperDuals) = (point, lowerDuals, upperDuals)
        solution.activeSet = active
        solution.objective = objective(at: point)
        return solution
    }
}

extension QuadraticSolution {
    mutating func multiplyDuals(by factor: Double) {
        for index in equalityDuals.indices { equalityDuals[index] *= factor }
        for index in rowDuals.indices { rowDuals[index] *= factor }
        for index in lowerDuals.indices { lowerDuals[index] *= factor }
        for index in upperDuals.indices { upperDuals[index] *= factor }
    }
}
