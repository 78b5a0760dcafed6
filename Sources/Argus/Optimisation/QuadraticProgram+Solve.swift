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
    /// What constraints are given where they leave no room.
    private static let room = 1e-8

    /// Solves the program; its constraints' multipliers and the optimality residual are in the solution.
    ///
    /// - Throws: ``QuadraticProgramError``; `noConvergence` is what infeasible programs end with.
    public func solve() throws(QuadraticProgramError) -> QuadraticSolution { try solve(from: nil) }

    /// Solves the program: by the active-set method alone where that ends, else by an interior-point method, which the
    /// active-set method makes exact. Of very many rows with one penalty, those that do not matter are left out.
    ///
    /// - Parameter start: an active set that is expected to be nearly right.
    /// - Throws: ``QuadraticProgramError``; `noConvergence` is what infeasible programs end with.
    func solve(from start: ActiveSet?) throws(QuadraticProgramError) -> QuadraticSolution {
        guard isWellFormed, zip(lower, upper).allSatisfy({ $0 <= $1 }) else {
            throw QuadraticProgramError(code: .malformed)
        }
        guard count > 0 else { return try solutionWithoutVariables() }
        let forced = ForcedVariables(self)
        guard !forced.isInfeasible else { throw QuadraticProgramError(code: .noConvergence) }
        if forced.free.count < count { return try solve(without: forced, from: start) }

        let scale = objectiveScale
        let sizes = rowSizes
        let scaled = scaled(by: 1 / scale).dividingRows(by: sizes)
        var solution = try scaled.solveScaled(from: start)
        solution.kktResidual = scaled.kktResidual(of: solution)
        solution.multiplyDuals(by: scale)
        for (index, size) in sizes.enumerated() { solution.rowDuals[index] /= size }
        solution.objective = objective(at: solution.point)
        return solution
    }

    /// - Precondition: the objective's largest coefficient is about 1, and l < u.
    /// - Parameter isPart: whether rows that do not matter were left out already.
    func solveScaled(from start: ActiveSet?, isPart: Bool = false) throws(QuadraticProgramError) -> QuadraticSolution {
        var exact = ActiveSetMethod(self)
        if quadratic != nil || start != nil,
            var solution = exact.solve(
                from: start ?? ActiveSet(unconstrained: self), near: nil, limit: Self.roundsBefore)
        {
            solution.iterations = exact.rounds
            return solution
        }
        if !isPart, let solution = RowGeneration(self)?.solve() { return solution }
        // Constraints that leave no room may have an interior once they are given a little.
        for program in [self, widened(by: Self.room)] {
            if let solution = interiorSolution(of: program, exact: &exact) { return solution }
        }
        throw QuadraticProgramError(code: .noConvergence)
    }

    /// - Parameters:
    ///   - program: this, or nearly so.
    ///   - exact: of this program, whose solution is wanted.
    private func interiorSolution(
        of program: QuadraticProgram, exact: inout ActiveSetMethod
    ) -> QuadraticSolution? {
        var interior = InteriorPoint(program)
        for tolerance in Self.tolerances {
            let isNear = interior.iterate(to: tolerance, limit: Self.mostIterations)
            let current = interior.solution
            if var solution = exact.solve(from: interior.activeSet, near: current.point, limit: Self.roundsAfter) {
                solution.iterations = exact.rounds + interior.iterations
                return solution
            }
            if !isNear { break }
        }
        guard max(interior.relativeGap, interior.infeasibility) <= Self.coarsest else { return nil }
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

    /// Solves for the variables that are free.
    private func solve(
        without forced: ForcedVariables, from start: ActiveSet?
    ) throws(QuadraticProgramError) -> QuadraticSolution {
        let (free, point) = (forced.free, forced.point)
        let shift = gradient(at: point)
        var reduced = QuadraticProgram(
            quadratic: quadratic?.principal(free), linear: free.map { shift[$0] }, lower: free.map { lower[$0] },
            upper: free.map { upper[$0] })
        let (equalitiesOfFree, rowsOfFree) = (equalities.selecting(columns: free), rows.selecting(columns: free))
        let values = zip(equalityValues, equalities * point).map { $0 - $1 }
        let limits = zip(rowLimits, rows * point).map { $0 - $1 }
        // What says nothing of free variables holds, or it does not.
        let kept = values.indices.filter { row in free.indices.contains { equalitiesOfFree[row, $0] != 0 } }
        let keptRows = limits.indices.filter { row in
            rowPenalties[row].isFinite || free.indices.contains { rowsOfFree[row, $0] != 0 }
        }
        let (others, otherRows) = (Set(values.indices).subtracting(kept), Set(limits.indices).subtracting(keptRows))
        guard others.allSatisfy({ abs(values[$0]) <= Self.coarsest }),
            otherRows.allSatisfy({ limits[$0] >= -Self.coarsest })
        else { throw QuadraticProgramError(code: .noConvergence) }
        reduced.equalities = equalitiesOfFree.selecting(rows: kept)
        reduced.equalityValues = kept.map { values[$0] }
        reduced.rows = rowsOfFree.selecting(rows: keptRows)
        reduced.rowLimits = keptRows.map { limits[$0] }
        reduced.rowPenalties = keptRows.map { rowPenalties[$0] }
        var near: ActiveSet?
        if let start {
            near = ActiveSet(unconstrained: reduced)
            near?.variables = free.map { start.variables[$0] }
            near?.rows = keptRows.map { start.rows[$0] }
        }
        let found = try reduced.solve(from: near)

        let none = [Double](repeating: 0, count: count)
        var solution = QuadraticSolution(
            point: point, equalityDuals: values.map { _ in 0 }, rowDuals: limits.map { _ in 0 }, lowerDuals: none,
            upperDuals: none)
        var active = ActiveSet(unconstrained: self)
        for (offset, index) in free.enumerated() {
            solution.point[index] = found.point[offset]
            solution.lowerDuals[index] = found.lowerDuals[offset]
            solution.upperDuals[index] = found.upperDuals[offset]
            active.variables[index] = found.activeSet?.variables[offset] ?? .free
        }
        for (offset, row) in kept.enumerated() { solution.equalityDuals[row] = found.equalityDuals[offset] }
        for (offset, row) in keptRows.enumerated() {
            solution.rowDuals[row] = found.rowDuals[offset]
            active.rows[row] = found.activeSet?.rows[offset] ?? .inactive
        }
        solution.activeSet = active
        solution.iterations = found.iterations
        solution.kktResidual = found.kktResidual
        forced.complete(&solution)
        solution.objective = objective(at: solution.point)
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
