/// Solves a program of many rows with one penalty, such as the scenarios of an expected shortfall, by those few that matter.
///
/// Rows that do not hold a solution back can be left out without changing it. The program is solved with the rows that are worst
/// at a guess, then again with those that its solution violates, until there are none (as cutting planes do for expected
/// shortfall: Künzi-Bay and Mayer 2006).
struct RowGeneration {
    private let program: QuadraticProgram
    /// The rows that may be left out, and how many to begin with.
    private let optional: [Int]
    private let first: Int

    private static let mostRounds = 12
    /// There must be so many times as many rows as are begun with.
    private static let smallestRatio = 2

    /// `nil` where the program has too few such rows.
    /// - Parameter program: scaled to an objective whose largest coefficient is 1.
    init?(_ program: QuadraticProgram) {
        guard let penalty = program.rowPenalties.last, penalty.isFinite else { return nil }
        let optional = program.rowPenalties.indices.filter { program.rowPenalties[$0] == penalty }
        // As many rows as it takes to hold the linear part are beyond their limits at the optimum.
        let balancing = Vector.largestMagnitude(program.linear) / penalty
        let first = 2 * Int(min(balancing, Double(optional.count))) + 3 * program.count
        guard optional.count >= Self.smallestRatio * first else { return nil }
        (self.program, self.optional, self.first) = (program, optional, first)
    }

    /// The solution, whose multipliers are those of the whole program; `nil` where there is none this way.
    func solve() -> QuadraticSolution? {
        let guess = excess(at: InteriorPoint.start(program))
        let ranked = optional.sorted { (guess[$0], $1) > (guess[$1], $0) }
        var isKept = [Bool](repeating: true, count: program.rowLimits.count)
        for row in ranked.dropFirst(first) { isKept[row] = false }
        var states: [ActiveSet.Row] = isKept.map { _ in .inactive }
        var variables: [ActiveSet.Variable]?
        var iterations = 0
        for _ in 0..<Self.mostRounds {
            let kept = isKept.indices.filter { isKept[$0] }
            let few = keeping(kept)
            var start: ActiveSet?
            if let variables {
                start = ActiveSet(unconstrained: few)
                start?.variables = variables
                start?.rows = kept.map { states[$0] }
            }
            guard let found = try? few.solveScaled(from: start, isPart: true), let set = found.activeSet else {
                return nil
            }
            iterations += found.iterations
            for (offset, row) in kept.enumerated() { states[row] = set.rows[offset] }
            variables = set.variables
            let excess = excess(at: found.point)
            let missing = optional.filter { !isKept[$0] && excess[$0] > ActiveSetMethod.tolerance }
            guard !missing.isEmpty else { return whole(found, kept, set, iterations) }
            for row in missing {
                isKept[row] = true
                states[row] = .exceeded
            }
        }
        return nil
    }

    private func excess(at point: [Double]) -> [Double] {
        var excess = program.rows * point
        for row in excess.indices { excess[row] -= program.rowLimits[row] }
        return excess
    }

    private func keeping(_ rows: [Int]) -> QuadraticProgram {
        var few = program
        few.rows = program.rows.selecting(rows: rows)
        few.rowLimits = rows.map { program.rowLimits[$0] }
        few.rowPenalties = rows.map { program.rowPenalties[$0] }
        return few
    }

    private func whole(
        _ found: QuadraticSolution, _ kept: [Int], _ set: ActiveSet, _ iterations: Int
    ) -> QuadraticSolution {
        var solution = found
        var active = ActiveSet(unconstrained: program)
        active.variables = set.variables
        solution.rowDuals = [Double](repeating: 0, count: program.rowLimits.count)
        for (offset, row) in kept.enumerated() {
            solution.rowDuals[row] = found.rowDuals[offset]
            active.rows[row] = set.rows[offset]
        }
        solution.activeSet = active
        solution.iterations = iterations
        return solution
    }
}
