/// A portfolio's quadratic program.
///
/// A bound on trading, Σ|w − w₀| ≤ T, is looked at where it binds only: weights are then split into purchases and sales,
/// w = w₀ + b − s, whose own bounds 0 ≤ b ≤ max(0, u − w₀) and 0 ≤ s ≤ max(0, w₀ − l) stand for those of w. Costs start from
/// the same w₀; without a split, a proportional cost is a row with a penalty: κ|w − w₀| = 2κ·max(0, w − w₀) − κ(w − w₀).
struct PortfolioProgram: Sendable {
    let objective: PortfolioObjective
    let constraints: PortfolioConstraints

    private static let tolerance = 1e-12
    private static let rounding = 1e-13

    /// - Parameter start: a solution of a program that is nearly this one.
    func solve(from start: PortfolioSolution? = nil) throws(QuadraticProgramError) -> PortfolioSolution {
        guard let trading = constraints.trading else { return try solve(split: nil, from: start) }
        var iterations = 0
        var near: ActiveSet?
        if start?.isSplit != true, let free = try? solve(split: nil, from: start) {
            if PortfolioConstraints.traded(trading.from, free.weights) <= trading.limit + Self.tolerance { return free }
            iterations = free.iterations
            near = tradingStart(trading, free)
        }
        let solved = try solve(split: trading, from: start?.isSplit == true ? start : nil, near: near)
        var solution = solved
        solution.iterations += iterations
        return solution
    }

    private func solve(
        split trading: PortfolioConstraints.Trading?, from start: PortfolioSolution?, near: ActiveSet? = nil
    ) throws(QuadraticProgramError) -> PortfolioSolution {
        let program = program(split: trading)
        let matching = start.flatMap { $0.isSplit == (trading != nil) ? $0.activeSet : nil } ?? near
        let usable = matching.flatMap { set in
            set.variables.count == program.count && set.rows.count == program.rowLimits.count ? set : nil
        }
        let point = start.flatMap { $0.isSplit == (trading != nil) ? $0.point : nil }
        let found = try impact(on: program, split: trading).solve(from: usable, at: point)
        return portfolio(found, program, split: trading)
    }

    private func impact(
        on program: QuadraticProgram, split trading: PortfolioConstraints.Trading?
    ) -> ImpactProgram {
        let costs = objective.costs?.impact ?? []
        let coefficients = trading == nil ? costs : costs + costs
        let origins = trading == nil ? objective.costs?.from ?? [] : coefficients.map { _ in 0 }
        let others = [Double](repeating: 0, count: program.count - coefficients.count)
        return ImpactProgram(program: program, coefficients: coefficients + others, origins: origins + others)
    }

    private var count: Int { constraints.count }

    // MARK: - Program

    private func program(split trading: PortfolioConstraints.Trading?) -> QuadraticProgram {
        let origin = trading?.from ?? [Double](repeating: 0, count: count)
        var linear = objective.linear
        if trading != nil { objective.quadratic?.addProduct(with: origin, to: &linear) }
        var (lower, upper) = (constraints.lower, constraints.upper)
        if trading != nil {
            let (l, u) = (constraints.lower, constraints.upper)
            lower = (0..<count).map { max(0, l[$0] - origin[$0]) } + (0..<count).map { max(0, origin[$0] - u[$0]) }
            upper = (0..<count).map { max(0, u[$0] - origin[$0]) } + (0..<count).map { max(0, origin[$0] - l[$0]) }
            linear += linear.map { -$0 }
        }
        addCosts(to: &linear, isSplit: trading != nil)
        if objective.scenarios != nil {
            // The threshold of Rockafellar and Uryasev, which is the value at risk at the optimum.
            linear.append(1)
            lower.append(-.infinity)
            upper.append(.infinity)
        }
        var program = QuadraticProgram(
            quadratic: objective.quadratic.map { quadratic(of: $0, isSplit: trading != nil, order: linear.count) },
            linear: linear, lower: lower, upper: upper)
        if let budget = constraints.budget {
            let ones = [Double](repeating: 1, count: count)
            program.equalities = Matrix(rows: [coefficients(ones, in: program.count, isSplit: trading != nil)])
            program.equalityValues = [budget - Vector.sum(origin)]
        }
        addRows(to: &program, split: trading, origin)
        return program
    }

    private func quadratic(of matrix: Matrix, isSplit: Bool, order: Int) -> Matrix {
        guard order > count else { return matrix }
        var result = Matrix(rows: order, columns: order)
        for j in 0..<count {
            for i in 0..<count {
                let value = matrix[i, j]
                result[i, j] = value
                guard isSplit else { continue }
                result[count + i, j] = -value
                result[i, count + j] = -value
                result[count + i, count + j] = value
            }
        }
        return result
    }

    /// The coefficients of weights as those of the program's variables.
    private func coefficients(_ values: [Double], in order: Int, isSplit: Bool) -> [Double] {
        let all = values + (isSplit ? values.map { -$0 } : [])
        return all + [Double](repeating: 0, count: order - all.count)
    }

    private func addRows(
        to program: inout QuadraticProgram, split trading: PortfolioConstraints.Trading?, _ origin: [Double]
    ) {
        let order = program.count
        var rows = constraints.rows.map { coefficients($0.coefficients, in: order, isSplit: trading != nil) }
        var limits = constraints.rows.map { $0.limit - Vector.dot($0.coefficients, origin) }
        if let trading {
            let ones = [Double](repeating: 1, count: 2 * count)
            rows.append(ones + [Double](repeating: 0, count: order - 2 * count))
            limits.append(trading.limit)
        }
        let hard = limits.count
        let kinks = trading == nil ? kinks : []
        for kink in kinks {
            var row = [Double](repeating: 0, count: order)
            row[kink.index] = 1
            rows.append(row)
            limits.append(kink.limit)
        }
        let penalties = [Double](repeating: .infinity, count: hard) + kinks.map(\.penalty)
        let special = limits.count
        guard let scenarios = objective.scenarios else {
            guard special > 0 else { return }
            program.require(rows: Matrix(rows: rows), atMost: limits)
            program.rowPenalties = penalties
            return
        }
        let returns = scenarios.returns
        var matrix = Matrix(rows: special + returns.rows, columns: order)
        for (i, row) in rows.enumerated() { for (j, value) in row.enumerated() { matrix[i, j] = value } }
        for j in 0..<count {
            for i in 0..<returns.rows {
                matrix[special + i, j] = -returns[i, j]
                if trading != nil { matrix[special + i, count + j] = returns[i, j] }
            }
        }
        for i in 0..<returns.rows { matrix[special + i, order - 1] = -1 }
        program.rows = matrix
        program.rowLimits = limits + returns * origin
        let penalty = 1 / (Double(returns.rows) * (1 - scenarios.confidence))
        program.rowPenalties = penalties + [Double](repeating: penalty, count: returns.rows)
    }

    // MARK: - Costs

    /// Where a cost changes from that of selling to that of buying, inside the bounds.
    private var kinks: [(index: Int, limit: Double, penalty: Double)] {
        guard let costs = objective.costs else { return [] }
        return (0..<count).filter { costs.proportional[$0] > 0 && side(costs, $0) == 0 }.map {
            ($0, costs.from[$0], 2 * costs.proportional[$0])
        }
    }

    /// 1 where a weight can only rise from where it is, −1 where it can only fall, else 0.
    private func side(_ costs: PortfolioCosts, _ index: Int) -> Double {
        if costs.from[index] <= constraints.lower[index] { return 1 }
        return costs.from[index] >= constraints.upper[index] ? -1 : 0
    }

    /// Proportional costs as far as they are linear.
    private func addCosts(to linear: inout [Double], isSplit: Bool) {
        guard let costs = objective.costs else { return }
        for index in 0..<count {
            let price = costs.proportional[index]
            if isSplit {
                linear[index] += price
                linear[count + index] += price
            } else {
                linear[index] += side(costs, index) == 1 ? price : -price
            }
        }
    }

    /// What the linear part of the costs leaves out.
    private func constantCosts(isSplit: Bool) -> Double {
        guard let costs = objective.costs, !isSplit else { return 0 }
        return (0..<count).reduce(0) {
            $0 - (side(costs, $1) == 1 ? 1 : -1) * costs.proportional[$1] * costs.from[$1]
        }
    }

    /// The program of the least violation: everything but the bounds may bend, at a price of 1.
    func bending() -> QuadraticProgram {
        var program = program(split: constraints.trading)
        program.quadratic = nil
        program.linear = program.linear.map { _ in 0 }
        var rows = (0..<program.rows.rows).map { program.rows.row($0) }
        for (index, value) in program.equalityValues.enumerated() {
            let row = program.equalities.row(index)
            rows += [row, row.map { -$0 }]
            program.rowLimits += [value, -value]
        }
        program.equalities = Matrix(rows: 0, columns: program.count)
        program.equalityValues = []
        if !rows.isEmpty { program.rows = Matrix(rows: rows) }
        program.rowPenalties = rows.map { _ in 1 }
        return program
    }

    // MARK: - Solution

    /// Where to look for a solution that trades less than `free` does.
    private func tradingStart(_ trading: PortfolioConstraints.Trading, _ free: PortfolioSolution) -> ActiveSet? {
        let program = program(split: trading)
        var set = ActiveSet(unconstrained: program)
        for index in 0..<count {
            let isBuying = free.weights[index] > trading.from[index]
            set.variables[index] = isBuying ? .free : .lower
            set.variables[count + index] = isBuying ? .lower : .free
        }
        if set.rows.count > constraints.rows.count { set.rows[constraints.rows.count] = .active }
        return set
    }

    private func portfolio(
        _ found: QuadraticSolution, _ program: QuadraticProgram, split trading: PortfolioConstraints.Trading?
    ) -> PortfolioSolution {
        var solution = PortfolioSolution(
            weights: Array(found.point.prefix(count)), objective: found.objective,
            budgetRate: -(found.equalityDuals.first ?? 0), lowerDuals: Array(found.lowerDuals.prefix(count)),
            upperDuals: Array(found.upperDuals.prefix(count)),
            rowDuals: Array(found.rowDuals.prefix(constraints.rows.count)), tradingDual: 0,
            kktResidual: found.kktResidual, iterations: found.iterations, activeSet: found.activeSet,
            isSplit: trading != nil, point: found.point)
        solution.objective += constantCosts(isSplit: trading != nil)
        guard let trading else {
            // What rests on a kink is not traded at all.
            for (offset, kink) in kinks.enumerated()
            where found.activeSet?.rows[constraints.rows.count + offset] == .active {
                solution.weights[kink.index] = kink.limit
            }
            solution.kktResidual = max(solution.kktResidual, constraints.violation(by: solution.weights))
            return solution
        }
        let origin = trading.from
        for index in 0..<count {
            let sold = count + index
            solution.weights[index] = origin[index] + found.point[index] - found.point[sold]
            solution.upperDuals[index] =
                constraints.upper[index] >= origin[index] ? found.upperDuals[index] : found.lowerDuals[sold]
            solution.lowerDuals[index] =
                constraints.lower[index] <= origin[index] ? found.upperDuals[sold] : found.lowerDuals[index]
            // What rests on a bound is put there exactly: the sum above has rounded.
            for bound in [constraints.lower[index], constraints.upper[index]]
            where abs(solution.weights[index] - bound) <= Self.rounding {
                solution.weights[index] = bound
            }
        }
        solution.tradingDual = found.rowDuals[constraints.rows.count]
        // The program's objective leaves out what the starting weights have by themselves.
        if let quadratic = objective.quadratic { solution.objective += quadratic.quadraticForm(origin) / 2 }
        solution.objective += Vector.dot(objective.linear, origin)
        solution.kktResidual = max(solution.kktResidual, constraints.violation(by: solution.weights))
        return solution
    }
}
