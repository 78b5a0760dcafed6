/// Finding out which constraints contradict each other.
enum ConstraintConflict {
    /// An irreducible part of what cannot hold together: it cannot hold, but without any one of its members it can.
    ///
    /// The deletion filter (Chinneck and Dravnieks 1991): what can be left out with the rest still contradicting itself is
    /// left out. - Precondition: all of `sources` together cannot hold.
    static func irreducible<Source>(of sources: [Source], canHold: ([Source]) -> Bool) -> [Source] {
        var kept = sources
        var index = 0
        while index < kept.count {
            var others = kept
            others.remove(at: index)
            if canHold(others) { index += 1 } else { kept = others }
        }
        return kept
    }
}

extension PortfolioConstraints {
    /// What sums of violations count as none, for weights of the order of 1.
    private static let tolerance = 1e-8

    /// Whether there are weights that keep within the constraints; `nil` where that could not be found out.
    var areSatisfiable: Bool? {
        guard zip(lower, upper).allSatisfy({ $0 <= $1 }) else { return false }
        let objective = PortfolioObjective(quadratic: nil, linear: lower.map { _ in 0 })
        let program = PortfolioProgram(objective: objective, constraints: self).bending()
        return (try? program.solve()).map { $0.objective <= Self.tolerance }
    }
}
