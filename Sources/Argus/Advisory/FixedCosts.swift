/// Which symbols are worth the fixed cost of an order.
///
/// That is no convex problem. As Lobo, Fazel and Boyd (2007, section 3) do, fixed costs are replaced again and again by
/// proportional ones that would be the same for the last solution's trades, until the symbols traded stay; then trades are left out,
/// taken in or exchanged one by one while that pays. Each choice of symbols is solved for without those prices, and the best is
/// taken; to trade nothing, and to trade as if orders were free, are among them.
struct FixedCosts {
    private let solver: AdvisorySolver
    /// A share of the value.
    private let perOrder: Double
    private let before: [Double]

    private static let mostRounds = 8
    private static let mostAttempts = 100
    /// What a trade counts for at least, when a fixed cost is spread over it.
    private static let smallestTrade = 1e-4

    init(_ solver: AdvisorySolver, perOrder: Double) {
        self.solver = solver
        self.perOrder = perOrder
        before = solver.constraints.market.before
    }

    private struct Candidate {
        var solver: AdvisorySolver
        var outcome: AdvisorySolver.Outcome
    }

    /// - Parameter free: the solution where orders cost nothing by themselves.
    func best(from free: AdvisorySolver.Outcome) -> (AdvisorySolver.Outcome, AdvisorySolver) {
        var best = priced(Candidate(solver: solver, outcome: free))
        func consider(_ traded: Set<Int>) -> Bool {
            guard let candidate = solved(trading: traded) else { return false }
            guard value(candidate) > value(best) else { return false }
            best = candidate
            return true
        }
        _ = consider([])
        var last = traded(free)
        var outcome = free
        for _ in 0..<Self.mostRounds {
            var next = solver
            for index in before.indices {
                let size = max(abs(outcome.weights[index] - before[index]), Self.smallestTrade)
                next.costs?.proportional[index] += perOrder / size
            }
            // Where prices leave no solution, the search ends with the best that it has.
            guard let found = try? next.solve() else { break }
            outcome = found
            let symbols = traded(found)
            if symbols == last { break }
            last = symbols
            _ = consider(symbols)
        }
        var attempts = 0
        search: while attempts < Self.mostAttempts {
            for change in neighbours(of: traded(best.outcome), best.outcome) {
                attempts += 1
                if consider(change) { continue search }
                if attempts >= Self.mostAttempts { break }
            }
            break
        }
        return (best.outcome, best.solver)
    }

    /// Choices that differ by a symbol less, by one more, or by both; those without the smallest trades first.
    private func neighbours(of symbols: Set<Int>, _ outcome: AdvisorySolver.Outcome) -> some Sequence<Set<Int>> {
        let ranked = symbols.sorted {
            (abs(outcome.weights[$0] - before[$0]), $0) < (abs(outcome.weights[$1] - before[$1]), $1)
        }
        let others = before.indices.filter { !symbols.contains($0) }
        let fewer = ranked.lazy.map { symbols.subtracting([$0]) }
        let more = others.lazy.map { symbols.union([$0]) }
        let exchanged = ranked.lazy.flatMap { left in others.lazy.map { symbols.subtracting([left]).union([$0]) } }
        return [AnySequence(fewer), AnySequence(exchanged), AnySequence(more)].lazy.joined()
    }

    private func traded(_ outcome: AdvisorySolver.Outcome) -> Set<Int> {
        Set(before.indices.filter { abs(outcome.weights[$0] - before[$0]) > AdvisoryDecision.smallestWeight })
    }

    private func solved(trading symbols: Set<Int>) -> Candidate? {
        var next = solver
        next.constraints.untraded = before.indices.map { !symbols.contains($0) }
        next.fixedCosts = perOrder * Double(symbols.count)
        // Constraints may need other symbols than these: then this is no choice.
        guard let outcome = try? next.solve() else { return nil }
        return priced(Candidate(solver: next, outcome: outcome))
    }

    /// With the fixed costs of what is traded in fact.
    private func priced(_ candidate: Candidate) -> Candidate {
        let symbols = traded(candidate.outcome)
        let whole = perOrder * Double(symbols.count)
        guard candidate.solver.fixedCosts != whole else { return candidate }
        var next = candidate.solver
        next.fixedCosts = whole
        // Without a solution at that price the one at hand stands: it keeps within the constraints all the same.
        guard let outcome = try? next.solve(from: candidate.outcome) else { return candidate }
        return Candidate(solver: next, outcome: outcome)
    }

    /// The objective in the direction in which it is better.
    private func value(_ candidate: Candidate) -> Double {
        switch solver.constraints.parameters.objective {
        case .maximumSharpe, .targetRisk, .blackLitterman: candidate.outcome.objective
        default: -candidate.outcome.objective
        }
    }
}
