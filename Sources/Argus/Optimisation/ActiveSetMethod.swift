/// The primal–dual active-set method (Hintermüller, Ito and Kunisch 2002): solves the equations of a guessed active set, moves
/// to the other side what contradicts optimality, and ends where nothing does, exactly.
///
/// It need not end by itself; it is given few rounds, from a guess that is nearly right, or where it is cheap to try.
struct ActiveSetMethod {
    /// Scaled to an objective whose largest coefficient is 1.
    let program: QuadraticProgram
    /// By how much a constraint or a multiplier's sign may be violated.
    static let tolerance = 1e-11
    /// The largest residual of what counts as a solution: equations of a nearly singular system may not hold by themselves.
    private static let largestResidual = 1e-9
    /// The largest system that is solved by a rank-revealing factorisation.
    private static let largestDeficient = 300

    /// Systems solved.
    private(set) var rounds = 0

    init(_ program: QuadraticProgram) { self.program = program }

    /// The solution; `nil` where no end is found within `limit` rounds.
    /// - Parameter near: a point that those of several solutions are close to.
    mutating func solve(from start: ActiveSet, near: [Double]?, limit: Int) -> QuadraticSolution? {
        var set = start
        var fewest = Int.max
        var worse = 0
        for _ in 0..<limit {
            rounds += 1
            guard var solution = equations(set, near: near) else { return nil }
            let changes = set.correct(by: solution, of: program, tolerance: Self.tolerance)
            if changes == 0 {
                solution.activeSet = set
                clean(&solution)
                return program.kktResidual(of: solution) <= Self.largestResidual ? solution : nil
            }
            worse = changes < fewest ? 0 : worse + 1
            fewest = min(fewest, changes)
            if worse > 4 { return nil }
        }
        return nil
    }

    /// Puts rounding errors within the tolerance to zero.
    private func clean(_ solution: inout QuadraticSolution) {
        for index in solution.point.indices {
            solution.point[index] = min(max(solution.point[index], program.lower[index]), program.upper[index])
            solution.lowerDuals[index] = max(0, solution.lowerDuals[index])
            solution.upperDuals[index] = max(0, solution.upperDuals[index])
        }
        for index in solution.rowDuals.indices {
            solution.rowDuals[index] = min(max(0, solution.rowDuals[index]), program.rowPenalties[index])
        }
    }

    /// Minimises over the free variables with the set's constraints as equations.
    private func equations(_ set: ActiveSet, near: [Double]?) -> QuadraticSolution? {
        let free = set.variables.indices.filter { set.variables[$0] == .free }
        let active = set.rows.indices.filter { set.rows[$0] == .active }
        var point = [Double](repeating: 0, count: program.count)
        var hasFixed = false
        for (index, state) in set.variables.enumerated() where state != .free {
            point[index] = state == .lower ? program.lower[index] : program.upper[index]
            hasFixed = hasFixed || point[index] != 0
        }
        var gradient = hasFixed ? program.gradient(at: point) : program.linear
        var duals = [Double](repeating: 0, count: set.rows.count)
        if set.rows.contains(.exceeded) {
            for (index, state) in set.rows.enumerated() where state == .exceeded {
                duals[index] = program.rowPenalties[index]
            }
            program.rows.addProduct(with: duals, transposed: true, to: &gradient)
        }

        // [P Bᵀ; B 0] [x; λ] = [−c; d] over the free variables.
        let constraints = constraintRows(active, free)
        var targets = program.equalityValues + active.map { program.rowLimits[$0] }
        if hasFixed {
            let reached = program.equalities * point
            for index in reached.indices { targets[index] -= reached[index] }
            if !active.isEmpty {
                let reached = program.rows * point
                for (offset, index) in active.enumerated() {
                    targets[program.equalities.rows + offset] -= reached[index]
                }
            }
        }
        let system = SaddleSystem(quadratic: program.quadratic, free: free, constraints: constraints)
        guard
            let (x, multipliers) = system.solve(
                free.map { -gradient[$0] }, targets, near: near.map { near in free.map { near[$0] } },
                largestDeficient: Self.largestDeficient)
        else { return nil }

        for (offset, index) in free.enumerated() { point[index] = x[offset] }
        let equalityDuals = Array(multipliers.prefix(program.equalities.rows))
        for (offset, index) in active.enumerated() { duals[index] = multipliers[program.equalities.rows + offset] }
        var slope = program.gradient(at: point)
        program.equalities.addProduct(with: equalityDuals, transposed: true, to: &slope)
        program.rows.addProduct(with: duals, transposed: true, to: &slope)
        var solution = QuadraticSolution(
            point: point, equalityDuals: equalityDuals, rowDuals: duals,
            lowerDuals: [Double](repeating: 0, count: program.count),
            upperDuals: [Double](repeating: 0, count: program.count))
        for (index, state) in set.variables.enumerated() {
            switch state {
            case .lower: solution.lowerDuals[index] = slope[index]
            case .upper: solution.upperDuals[index] = -slope[index]
            case .free: break
            }
        }
        return solution
    }

    private func constraintRows(_ active: [Int], _ free: [Int]) -> Matrix {
        let equalities = program.equalities.rows
        var result = Matrix(rows: equalities + active.count, columns: free.count)
        for (column, index) in free.enumerated() {
            for row in 0..<equalities { result[row, column] = program.equalities[row, index] }
            for (offset, row) in active.enumerated() { result[equalities + offset, column] = program.rows[row, index] }
        }
        return result
    }
}
