internal import StructuredData

/// The volatility of one symbol by one model, for the result.
struct VolatilitySection {
    let model: VolatilityModel
    let symbol: SymbolSeries
    let periodsPerYear: Double
    let isWholeSeries: Bool
    /// Where the model was asked for.
    let path: JSONPointer

    /// What a model says of a symbol.
    struct Outcome {
        var entry: JSON
        var annualized: Double
        var figures: Reading.VolatilityFigures?
    }

    func outcome(_ findings: inout [Finding]) throws(Rejection) -> Outcome {
        try checkLength()
        switch model {
        case .closeToClose(let window):
            let values = VolatilityModel.closeToClose(symbol.returns, window: window ?? symbol.returns.count)
            return outcome(atRows(values), parameters: model.settings, &findings)
        case .ewma(let lambda):
            let values = VolatilityModel.exponential(symbol.returns, lambda: lambda)
            return outcome(atRows(values), parameters: model.settings, &findings)
        case .range(let estimator, let window):
            try checkColumns(estimator)
            let all = symbol.rowCount - (estimator.bars(window: 0))
            let values = estimator.values(symbol.prices, window: window ?? all)
            return outcome(values, parameters: model.settings, &findings)
        case .garch(let specification, let hasScale, let horizon):
            return try garch(specification, hasScale: hasScale, horizon: horizon, &findings)
        }
    }

    private func rejection(_ code: Finding.Code, _ message: String) -> Rejection {
        Rejection(Finding(code, input: symbol.input, symbol: symbol.symbol, path: path, message))
    }

    private func checkLength() throws(Rejection) {
        let (count, what): (Int, String) =
            if case .range = model { (symbol.rowCount, "bars") } else { (symbol.returns.count, "returns") }
        guard count < model.fewest else { return }
        throw rejection(
            .tooFewBars,
            "\(model.name) volatility needs at least \(model.fewest) \(what), but \(symbol.symbol) has \(count)")
    }

    private func checkColumns(_ estimator: RangeEstimator) throws(Rejection) {
        let missing = estimator.columns.filter { symbol.prices[$0] == nil }
        guard !missing.isEmpty else { return }
        let has = PriceColumn.allCases.filter { symbol.prices[$0] != nil }.map(\.rawValue)
        throw rejection(
            .missingColumn,
            "\(estimator.rawValue) volatility needs \(estimator.columns.map(\.rawValue).joined(separator: ", ")), but "
                + "\(symbol.symbol) has "
                + (has.isEmpty ? "returns, no prices" : "only \(has.joined(separator: ", "))")
                + "; give bars with \(missing.map(\.rawValue).joined(separator: ", "))")
    }

    /// Values of returns, as values of rows: a price series has no return on its first row.
    private func atRows(_ values: [Double?]) -> [Double?] {
        [Double?](repeating: nil, count: symbol.rowCount - values.count) + values
    }

    private func outcome(
        _ values: [Double?], parameters: JSONObject, _ findings: inout [Finding]
    ) -> Outcome {
        let last = (values.last ?? nil) ?? .nan
        let annualized = last * periodsPerYear.squareRoot()
        let shown = isWholeSeries ? values[...] : values.suffix(1)
        let bad = shown.indices.filter { index in shown[index].map { !$0.isFinite } ?? (index == values.count - 1) }
        if let first = bad.first {
            findings.append(
                Finding(
                    .nonFinite, symbol: symbol.symbol, row: first + 1,
                    "\(symbol.symbol): \(model.name) volatility is not a finite number in \(bad.count) "
                        + "row\(bad.count > 1 ? "s" : ""), the first row \(first + 1); null there"))
        }
        var entry: JSONObject = [
            "model": JSON(model.name), "parameters": .object(parameters), "conditionalLast": Self.number(last),
            "annualized": Self.number(annualized),
        ]
        if isWholeSeries { entry["values"] = .array(values.map(Self.number)) }
        return Outcome(entry: .object(entry), annualized: annualized)
    }

    private static func number(_ value: Double?) -> JSON { value.flatMap { $0.isFinite ? JSON($0) : nil } ?? .null }

    // MARK: - Fitted models

    private func garch(
        _ given: GarchSpecification, hasScale: Bool, horizon: Int, _ findings: inout [Finding]
    ) throws(Rejection) -> Outcome {
        var specification = given
        if hasScale { specification.scale *= symbol.unitScale }
        let fit: GarchFit
        do throws(GarchFit.Failure) {
            fit = try GarchFit(symbol.returns, specification)
        } catch {
            throw rejection(error == .constant ? .constantSeries : .nonFinite, message(for: error))
        }
        let names = specification.parameters
        let errors = fit.standardErrors()
        warn(of: fit, errors, &findings)
        let forecast = fit.forecast(horizon)
        warn(of: forecast, &findings)

        let parameters = JSONObject(names.map { ($0.rawValue, Self.number(fit.parameters[$0])) })
        let values: [Double?] = atRows(fit.volatilities.dropLast().map { $0 })
        var outcome = outcome(values, parameters: parameters, &findings)
        outcome.entry["standardErrors"] = .object(
            JSONObject(names.enumerated().map { ($1.rawValue, Self.number(errors?[$0])) }))
        outcome.entry["logLikelihood"] = Self.number(fit.logLikelihood)
        outcome.entry["forecast"] = .array(forecast.volatilities.map(Self.number))
        outcome.figures = Reading.VolatilityFigures(
            persistence: fit.persistence, forecast: forecast.volatilities[horizon - 1], horizon: horizon)
        return outcome
    }

    private func message(for failure: GarchFit.Failure) -> String {
        switch failure {
        case .constant:
            "the returns of \(symbol.symbol) do not vary, so that there is no \(model.name) model of them; leave the "
                + "symbol or the model out"
        case .nonFinite: "the returns of \(symbol.symbol) are too large for a \(model.name) model"
        case .undefined:
            "no \(model.name) model has a likelihood for the returns of \(symbol.symbol); look for outliers, or leave "
                + "the model out"
        }
    }

    private func warn(of fit: GarchFit, _ errors: [Double]?, _ findings: inout [Finding]) {
        func warn(_ code: Finding.Code, _ text: String) {
            findings.append(
                Finding(
                    code, input: symbol.input, symbol: symbol.symbol, path: path,
                    "\(symbol.symbol), \(model.name): \(text)"))
        }
        if !fit.hasConverged {
            warn(
                .notConverged,
                "the search did not come to rest at a maximum; its best point is given, and says little")
        }
        if !fit.isInvertible {
            warn(
                .notInvertible,
                "the fitted model does not forget where it started, so that its likelihood is erratic; do not rely on it, "
                    + "but take more returns, or garch or gjr"
            )
        }
        if errors == nil {
            warn(.nonFinite, "the likelihood is not curved in every direction; standard errors are null")
        } else if !fit.atBound.isEmpty {
            let names = fit.atBound.map(\.rawValue).joined(separator: ", ")
            warn(
                .parameterAtBound,
                "the maximum lies at a bound of \(names); standard errors, made for the interior, say little")
        }
    }

    private func warn(of forecast: GarchFit.Forecast, _ findings: inout [Finding]) {
        if forecast.volatilities.contains(nil) {
            findings.append(
                Finding(
                    .nonFinite, input: symbol.input, symbol: symbol.symbol, path: path,
                    "\(symbol.symbol), \(model.name): the variance has no expectation over the whole horizon; null there"
                ))
        } else if forecast.isTruncated {
            findings.append(
                Finding(
                    .tailsLeftOut, input: symbol.input, symbol: symbol.symbol, path: path,
                    "\(symbol.symbol), \(model.name): with Student's t the expected variance beyond one period is infinite; the "
                        + "forecast leaves out errors so rare that their weight no longer falls"))
        }
    }
}
