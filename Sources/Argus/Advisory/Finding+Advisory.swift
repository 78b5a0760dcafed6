extension Finding.Code {
    /// No expected return for a symbol.
    static let missingMean = Finding.Code(text: "MISSING_MEAN")
    /// Constraints that no weights satisfy; the message names an irreducible set of them.
    static let infeasible = Finding.Code(text: "INFEASIBLE")
    /// A constraint that the objective has no place for.
    static let unsupportedConstraint = Finding.Code(text: "UNSUPPORTED_CONSTRAINT")
    static let notPositiveSemidefinite = Finding.Code(text: "NOT_POSITIVE_SEMIDEFINITE")
    /// The repair of such a covariance.
    static let covarianceRepaired = Finding.Code(text: "COVARIANCE_REPAIRED")
    /// As many symbols as returns, or more.
    static let singularCovariance = Finding.Code(text: "SINGULAR_COVARIANCE")
    /// A solution by a rule that need not find the best one.
    static let heuristic = Finding.Code(text: "HEURISTIC")
    /// Market weights that were not given.
    static let equalMarket = Finding.Code(text: "EQUAL_MARKET_WEIGHTS")
    /// Views with an objective that does not take them.
    static let viewsIgnored = Finding.Code(text: "VIEWS_IGNORED")
    /// Costs that weights do not look at, though it was asked for.
    static let costsIgnored = Finding.Code(text: "COSTS_IGNORED")
    /// Orders that a policy does not let pass.
    static let policyBlocked = Finding.Code(text: "POLICY_BLOCKED")
    /// Cash that stays below what was asked for.
    static let cashBelowFloor = Finding.Code(text: "CASH_BELOW_FLOOR")
    /// Constraints whose explanation was left out, as there are many.
    static let explanationsLimited = Finding.Code(text: "EXPLANATIONS_LIMITED")
    /// A numeric method that came to no end.
    static let noConvergence = Finding.Code(text: "NO_CONVERGENCE")
}
