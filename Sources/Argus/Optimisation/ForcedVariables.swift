/// Variables that can only have one value: their bounds are the same, or a constraint leaves them no other, as weights that can
/// add up to 1 at their upper bounds only.
///
/// Where a constraint rᵀx ≤ h holds at the bounds alone that make rᵀx least, its variables are there. Such programs have no
/// interior, so that they are taken out before one is looked for.
struct ForcedVariables {
    /// A constraint ±rᵀx ≤ ±h that forces `variables`.
    private struct Force {
        var row: Int
        var isEquality: Bool
        var sign: Double
        var variables: [Int]
    }

    /// By variable; `nil`: not forced.
    private(set) var values: [Double?]
    /// Whether a constraint cannot hold within the bounds.
    private(set) var isInfeasible = false
    private var forces: [Force] = []
    private let program: QuadraticProgram

    /// How near the least value of a row comes to its limit where it is that, and by how much it may lie beyond it.
    private static let (rounding, slack) = (1e-15, 1e-7)

    init(_ program: QuadraticProgram) {
        self.program = program
        values = program.lower.indices.map { program.upper[$0] <= program.lower[$0] ? program.lower[$0] : nil }
        let hard = program.rowPenalties.indices.filter { !program.rowPenalties[$0].isFinite }
        guard program.equalities.rows + hard.count > 0 else { return }
        var isChanged = true
        while isChanged, !isInfeasible {
            isChanged = false
            for row in program.equalityValues.indices {
                for sign in [1.0, -1] {
                    let found = force(
                        program.equalities, row, isEquality: true, sign: sign, limit: program.equalityValues[row])
                    isChanged = found || isChanged
                }
            }
            for row in hard {
                let found = force(program.rows, row, isEquality: false, sign: 1, limit: program.rowLimits[row])
                isChanged = found || isChanged
            }
        }
    }

    /// The variables that are free.
    var free: [Int] { values.indices.filter { values[$0] == nil } }

    /// A point with the forced values, and zero for the others.
    var point: [Double] { values.map { $0 ?? 0 } }

    /// - Returns: whether the row forces variables that were not forced before.
    private mutating func force(
        _ rows: Matrix, _ row: Int, isEquality: Bool, sign: Double, limit: Double
    ) -> Bool {
        var (least, size) = (0.0, abs(limit))
        var places: [(variable: Int, value: Double)] = []
        for variable in values.indices {
            let coefficient = sign * rows[row, variable]
            guard coefficient != 0 else { continue }
            let value: Double
            if let known = values[variable] {
                value = known
            } else {
                value = coefficient > 0 ? program.lower[variable] : program.upper[variable]
                places.append((variable, value))
            }
            least += coefficient * value
            size = max(size, abs(coefficient * value))
        }
        guard least.isFinite else { return false }
        if least > sign * limit + Self.slack * max(1, size) {
            isInfeasible = true
            return false
        }
        guard !places.isEmpty, least >= sign * limit - Self.rounding * Double(places.count) * size else { return false }
        for (variable, value) in places { values[variable] = value }
        forces.append(Force(row: row, isEquality: isEquality, sign: sign, variables: places.map(\.variable)))
        return true
    }

    /// The multipliers of the forced variables' constraints, so that the solution of the rest is one of the whole.
    ///
    /// A force's own is the least for which none of its variables would rather leave its bound.
    func complete(_ solution: inout QuadraticSolution) {
        var slope = program.gradient(at: solution.point)
        program.equalities.addProduct(with: solution.equalityDuals, transposed: true, to: &slope)
        program.rows.addProduct(with: solution.rowDuals, transposed: true, to: &slope)
        for force in forces.reversed() {
            let rows = force.isEquality ? program.equalities : program.rows
            var multiplier = 0.0
            for variable in force.variables {
                multiplier = max(multiplier, -slope[variable] / (force.sign * rows[force.row, variable]))
            }
            guard multiplier > 0 else { continue }
            for variable in slope.indices { slope[variable] += multiplier * force.sign * rows[force.row, variable] }
            if force.isEquality {
                solution.equalityDuals[force.row] += multiplier * force.sign
            } else {
                solution.rowDuals[force.row] += multiplier
                solution.activeSet?.rows[force.row] = .active
            }
        }
        for (variable, value) in values.enumerated() where value != nil {
            let isLower = slope[variable] >= 0
            solution.lowerDuals[variable] = max(0, slope[variable])
            solution.upperDuals[variable] = max(0, -slope[variable])
            if program.lower[variable] < program.upper[variable], value != program.lower[variable], isLower {
                solution.lowerDuals[variable] = 0
            }
            solution.activeSet?.variables[variable] =
                value == program.lower[variable] && (isLower || value != program.upper[variable]) ? .lower : .upper
        }
    }
}
