internal import StructuredData

/// The limits that a solution rests on, and what a little more room would change, solved for again.
struct BindingConstraints: Sendable {
    private struct Entry {
        var name: String
        var rate: Double
        var amount: Double
        var change: Double
    }

    private var entries: [Entry] = []
    /// Limits that were left out, being many.
    private(set) var omitted = 0

    /// The largest relaxation, and how often it is divided to stay with the same active set.
    private static let (largest, divisor, divisions) = (0.01, 4.0, 9)
    private static let agreement = 0.05
    private static let most = 50
    /// A rate whose effect is smaller relative to the objective is none.
    private static let smallest = 1e-8

    init(_ outcome: AdvisorySolver.Outcome, _ solver: AdvisorySolver) {
        let significant = outcome.rates.filter {
            abs($0.value) * Self.largest > Self.smallest * max(abs(outcome.objective), 1e-12)
        }
        let named = significant.map { (limit: $0.key, rate: $0.value, name: solver.constraints.name($0.key)) }
        let ranked = named.sorted { (abs($0.rate), $1.name) > (abs($1.rate), $0.name) }
        omitted = max(0, ranked.count - Self.most)
        for item in ranked.prefix(Self.most) {
            guard let entry = Self.relaxed(item.limit, item.rate, item.name, outcome, solver) else { continue }
            entries.append(entry)
        }
    }

    /// The largest relaxation by which the objective changes as the rate says, but for a twentieth.
    private static func relaxed(
        _ limit: AdvisoryLimit, _ rate: Double, _ name: String, _ outcome: AdvisorySolver.Outcome,
        _ solver: AdvisorySolver
    ) -> Entry? {
        var amount = largest
        var last: Entry?
        for _ in 0...divisions {
            if let relaxed = try? solver.solve(relaxing: .init(limit: limit, amount: amount), from: outcome) {
                let entry = Entry(name: name, rate: rate, amount: amount, change: relaxed.objective - outcome.objective)
                if abs(rate * amount - entry.change) <= agreement * abs(entry.change),
                    relaxed.activeSet == outcome.activeSet
                {
                    return entry
                }
                last = entry
            }
            amount /= divisor
        }
        // Multipliers are not unique at a corner; what counts then is what relaxing did.
        return last.map { entry in
            Entry(name: name, rate: entry.change / entry.amount, amount: entry.amount, change: entry.change)
        }
    }

    var json: [JSON] {
        entries.map { entry in
            [
                "kind": "binding-constraint", "constraint": JSON(entry.name), "dual": JSON(entry.rate),
                "relax": ["by": JSON(entry.amount), "changesObjectiveBy": JSON(entry.change)],
            ]
        }
    }
}
