extension GarchFit {
    /// The standard errors of ``GarchSpecification/parameters``, robust against another distribution of the errors: the square
    /// roots of the diagonal of H⁻¹·S·H⁻¹/n, H the Hessian of the mean log-likelihood, S the covariance of the scores
    /// (Bollerslev and Wooldridge 1992, "Quasi-maximum likelihood estimation and inference in dynamic models with time-varying
    /// covariances", Econometric Reviews 11). What is fixed before the first return is taken for known, as the search takes it.
    ///
    /// `nil`: the likelihood is flat in some direction, or not smooth there.
    package func standardErrors() -> [Double]? {
        let names = specification.parameters
        let count = Double(likelihood.returns.count)
        // ω of GARCH may be so small that its step must be a part of itself.
        let units = names.map { $0 == .omega && specification.variance != .egarch ? standardised[.omega] : 1 }
        let point = zip(names, units).map { standardised[$0] / $1 }
        let hessian = NumericalDerivatives().hessian(at: point) { moved in
            var parameters = standardised
            for (index, name) in names.enumerated() { parameters[name] = moved[index] * units[index] }
            let gradient = likelihood.value(parameters).gradient
            return zip(names, units).map { gradient[$0] * $1 / count }
        }
        let moments = likelihood.scores(standardised)
        let scores = Matrix(
            rows: names.enumerated().map { i, left in
                names.enumerated().map { j, right in moments.covariance(left, right) * units[i] * units[j] }
            })
        let matrix = Matrix(rows: hessian)
        guard scores.isFinite, let factors = try? LUFactorization(matrix) else { return nil }
        let identity = Matrix.identity(names.count)
        let inverse = Matrix(columns: names.indices.map { factors.solve(identity.column($0)) })
        var covariance = (1 / count) * (inverse * scores * inverse.transposed)
        for i in names.indices { for j in names.indices { covariance[i, j] *= units[i] * units[j] } }
        let errors = zip(names, jacobian(names)).map { _, row in
            zip(names.indices, row).reduce(0) { sum, item in
                sum + names.indices.reduce(0) { $0 + item.1 * covariance[item.0, $1] * row[$1] }
            }.squareRoot()
        }
        return errors.allSatisfy(\.isFinite) ? errors : nil
    }

    /// The derivatives of the parameters of scaled returns by those of standardised ones, row by row.
    private func jacobian(_ names: [GarchParameter]) -> [[Double]] {
        names.map { row in
            names.map { column in
                switch (row, column) {
                case (.mu, .mu): scaledUnit
                case (.omega, .omega): specification.variance == .egarch ? 1 : scaledUnit * scaledUnit
                case (.omega, .beta): specification.variance == .egarch ? -2 * RealMath.logarithm(scaledUnit) : 0
                default: row == column ? 1 : 0
                }
            }
        }
    }
}
