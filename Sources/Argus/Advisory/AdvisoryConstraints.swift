internal import StructuredData

/// A limit that a portfolio may rest on.
enum AdvisoryLimit: Hashable, Sendable {
    case minimum(Int)
    case maximum(Int)
    case groupMinimum(Int)
    case groupMaximum(Int)
    case turnover
    case targetReturn
    case targetRisk
}

/// A constraint as it was asked for, which may bound many weights at once.
enum AdvisoryDemand: Hashable, Sendable {
    case minimum, maximum
    case bounds(Int)
    case groupMinimum(Int)
    case groupMaximum(Int)
    case turnover, cash, target
}

/// The constraints of the parameters over the symbols there are.
struct AdvisoryConstraints: Sendable {
    let market: AdvisoryMarket
    let parameters: AdvisoryParameters
    /// The symbols that may have a weight, where their number is limited; `nil`: all.
    var selected: [Bool]?
    /// The symbols whose weights stay where they are, as far as their bounds allow it; `nil`: none.
    var untraded: [Bool]?

    /// What bounds are where nothing else is asked for, in the search for conflicts.
    private static let farAway = 1000.0

    private var given: AdvisoryParameters.Constraints { parameters.constraints }

    /// The return of a year that is asked for.
    var targetReturn: Double? { parameters.objective == .targetRisk ? nil : parameters.target }

    /// The limits that belong to `rows` of ``portfolio(keeping:relaxing:by:)``, in their order.
    var rowLimits: [AdvisoryLimit] { rows().map(\.limit) }

    /// - Parameters:
    ///   - demands: what to keep to; `nil`: everything.
    ///   - relaxed: a limit that is looser by `amount` than asked for.
    func portfolio(
        keeping demands: Set<AdvisoryDemand>? = nil, relaxing relaxed: AdvisoryLimit? = nil, by amount: Double = 0
    ) -> PortfolioConstraints {
        func keeps(_ demand: AdvisoryDemand) -> Bool { demands?.contains(demand) ?? true }
        var (lower, upper) = ([Double](), [Double]())
        for (index, symbol) in market.symbols.enumerated() {
            let own = given.bounds[symbol]
            // The defaults give way to a symbol's own bounds; what was given for all holds besides them.
            var low = keeps(.minimum) && (own == nil || given.minimum != nil) ? given.minimum ?? 0 : -Self.farAway
            var high = keeps(.maximum) && (own == nil || given.maximum != nil) ? given.maximum ?? 1 : Self.farAway
            if let own, keeps(.bounds(index)) { (low, high) = (max(low, own.lower), min(high, own.upper)) }
            if relaxed == .minimum(index) { low -= amount }
            if relaxed == .maximum(index) { high += amount }
            if let selected {
                if !selected[index] { (low, high) = (0, 0) }
            } else if given.count != nil {
                low = min(low, 0)
            }
            let now = market.before[index]
            if untraded?[index] == true, low <= now, now <= high { (low, high) = (now, now) }
            lower.append(low)
            upper.append(high)
        }
        var constraints = PortfolioConstraints(
            lower: lower, upper: upper, budget: keeps(.cash) ? 1 - given.cash : nil)
        constraints.rows = rows().filter { keeps($0.demand) }.map { row in
            var row = row
            // A row for a return is of a period; its limit of a year.
            let scale = row.limit == .targetReturn ? parameters.periodsPerYear : 1
            if row.limit == relaxed { row.row.limit += amount / scale }
            return row.row
        }
        if let turnover = given.turnover, keeps(.turnover) {
            // What cash changes by is half of it already.
            let cash = keeps(.cash) ? abs(given.cash - market.cashBefore) : 0
            let limit = 2 * (turnover + (relaxed == .turnover ? amount : 0)) - cash
            constraints.trading = .init(from: market.before, limit: limit)
        }
        return constraints
    }

    private func rows() -> [(limit: AdvisoryLimit, demand: AdvisoryDemand, row: PortfolioConstraints.Row)] {
        var rows: [(limit: AdvisoryLimit, demand: AdvisoryDemand, row: PortfolioConstraints.Row)] = []
        for (index, group) in given.groups.enumerated() {
            let members = Set(group.symbols)
            let coefficients = market.symbols.map { members.contains($0) ? 1.0 : 0 }
            if let maximum = group.maximum {
                rows.append(
                    (.groupMaximum(index), .groupMaximum(index), .init(coefficients: coefficients, limit: maximum)))
            }
            if let minimum = group.minimum {
                let negative = coefficients.map { -$0 }
                rows.append(
                    (.groupMinimum(index), .groupMinimum(index), .init(coefficients: negative, limit: -minimum)))
            }
        }
        if let targetReturn {
            let periods = parameters.periodsPerYear
            rows.append(
                (
                    .targetReturn, .target,
                    .init(coefficients: market.expected.map { -$0 / periods }, limit: -targetReturn / periods)
                ))
        }
        return rows
    }

    // MARK: - Names

    /// All that was asked for, the defaults too.
    var demands: [AdvisoryDemand] {
        var demands: [AdvisoryDemand] = [.minimum, .maximum]
        demands += market.symbols.indices.filter { given.bounds[market.symbols[$0]] != nil }.map { .bounds($0) }
        demands += rows().map(\.demand).filter { $0 != .target }
        if given.turnover != nil { demands.append(.turnover) }
        demands.append(.cash)
        if parameters.target != nil { demands.append(.target) }
        return demands
    }

    func name(_ demand: AdvisoryDemand) -> String {
        func number(_ value: Double?) -> String { NumberText.shortest(value ?? 0) }
        switch demand {
        case .minimum: return "min \(number(given.minimum ?? 0))"
        case .maximum: return "max \(number(given.maximum ?? 1))"
        case .bounds(let index):
            let bounds = given.bounds[market.symbols[index]]
            return "bounds \(market.symbols[index]) [\(number(bounds?.lower)), \(number(bounds?.upper))]"
        case .groupMinimum(let index):
            return "group \(given.groups[index].name) min \(number(given.groups[index].minimum))"
        case .groupMaximum(let index):
            return "group \(given.groups[index].name) max \(number(given.groups[index].maximum))"
        case .turnover: return "turnover \(number(given.turnover))"
        case .cash: return "cash \(number(given.cash)) (weights add up to \(number(1 - given.cash)))"
        case .target: return "target \(number(parameters.target))"
        }
    }

    func name(_ limit: AdvisoryLimit) -> String {
        switch limit {
        case .minimum(let index): "min \(market.symbols[index])"
        case .maximum(let index): "max \(market.symbols[index])"
        case .groupMinimum(let index): "group \(given.groups[index].name) min"
        case .groupMaximum(let index): "group \(given.groups[index].name) max"
        case .turnover: "turnover"
        case .targetReturn: "target return"
        case .targetRisk: "target risk"
        }
    }
}
