/// Which constraints of a quadratic program hold with equality.
struct ActiveSet: Sendable, Equatable {
    enum Variable: Sendable { case free, lower, upper }
    enum Row: Sendable {
        case inactive
        /// At its limit; where the row has a penalty, that is its kink.
        case active
        /// Beyond its limit, at a penalty.
        case exceeded
    }

    var variables: [Variable]
    var rows: [Row]

    /// Nothing held but the equalities.
    init(unconstrained program: QuadraticProgram) {
        variables = [Variable](repeating: .free, count: program.count)
        rows = [Row](repeating: .inactive, count: program.rowLimits.count)
    }

    /// Moves what contradicts optimality to where it belongs; answers how many there were.
    mutating func correct(by solution: QuadraticSolution, of program: QuadraticProgram, tolerance: Double) -> Int {
        var changes = 0
        for index in variables.indices {
            let x = solution.point[index]
            switch variables[index] {
            case .free:
                if x < program.lower[index] - tolerance {
                    variables[index] = .lower
                } else if x > program.upper[index] + tolerance {
                    variables[index] = .upper
                } else {
                    continue
                }
            case .lower where solution.lowerDuals[index] < -tolerance: variables[index] = .free
            case .upper where solution.upperDuals[index] < -tolerance: variables[index] = .free
            default: continue
            }
            changes += 1
        }
        guard !rows.isEmpty else { return changes }
        for (index, value) in (program.rows * solution.point).enumerated() {
            let excess = value - program.rowLimits[index]
            switch rows[index] {
            case .inactive where excess > tolerance, .exceeded where excess < -tolerance: rows[index] = .active
            case .active where solution.rowDuals[index] < -tolerance: rows[index] = .inactive
            case .active where solution.rowDuals[index] > program.rowPenalties[index] + tolerance:
                rows[index] = .exceeded
            default: continue
            }
            changes += 1
        }
        return changes
    }
}
