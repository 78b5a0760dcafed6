internal import StructuredData

/// Makes the result of a market analysis from checked data.
struct MarketReport {
    private let symbols: [SymbolSeries]
    private let parameters: MarketAnalysisParameters
    private let runs: [IndicatorRun]
    private let rule = RegimeRule()

    init(_ symbols: [SymbolSeries], _ parameters: MarketAnalysisParameters) throws(Rejection) {
        self.symbols = symbols
        self.parameters = parameters
        runs = try IndicatorRun.all(parameters.functions, symbols)
    }

    func json(findings: inout [Finding]) throws(Rejection) -> JSON {
        var result = JSONObject()
        if !runs.isEmpty { result["series"] = series(&findings) }

        var volatility = JSONObject()
        var statistics = JSONObject()
        var regimes = JSONObject()
        var readings = JSONObject()
        var figures = JSONObject()
        for symbol in symbols {
            var reading = Reading(symbol, periodsPerYear: parameters.periodsPerYear)
            if try isEnough(
                symbol, for: "statistics", parameters.statistics, needed: ReturnStatistics.fewestReturns + 1, &findings)
            {
                statistics[symbol.symbol] = self.statistics(symbol, &reading, &findings)
            }
            if try isEnough(symbol, for: "regimes", parameters.regimes, needed: rule.fewestLevels, &findings) {
                regimes[symbol.symbol] = regime(symbol, &reading)
            }
            if !parameters.volatility.isEmpty {
                volatility[symbol.symbol] = try self.volatility(symbol, &reading, &findings)
            }
            reading.add(series: result["series"]?[symbol.symbol])
            readings[symbol.symbol] = JSON(reading.text)
            figures[symbol.symbol] = reading.figures.json
        }
        if !volatility.isEmpty { result["volatility"] = .object(volatility) }
        if !statistics.isEmpty { result["statistics"] = .object(statistics) }
        if !regimes.isEmpty { result["regimes"] = .object(regimes) }
        if symbols.count > 1 { try addComovement(to: &result, &findings) }
        result["reading"] = .object(readings)
        result["figures"] = .object(figures)
        return .object(result)
    }

    private func series(_ findings: inout [Finding]) -> JSON {
        var series = JSONObject()
        for run in runs {
            let outputs = run.outputs(isWholeSeries: parameters.isWholeSeries, findings: &findings)
            series[run.symbol, default: [:]][run.key] = outputs
        }
        return .object(series)
    }

    /// Whether there are enough levels for a part of the result; if not, and it was asked for, the task is rejected.
    private func isEnough(
        _ symbol: SymbolSeries, for part: String, _ section: MarketAnalysisParameters.Section, needed: Int,
        _ findings: inout [Finding]
    ) throws(Rejection) -> Bool {
        guard section != .declined else { return false }
        guard symbol.levels.count < needed else { return true }
        // A series of returns has one level more than it has rows.
        let rows = needed - (symbol.levels.count - symbol.rowCount)
        let finding = Finding(
            .tooFewBars, input: symbol.input, symbol: symbol.symbol,
            "\(part) need at least \(rows) rows, but \(symbol.symbol) has \(symbol.rowCount)")
        if section == .asked { throw Rejection(finding) }
        findings.append(finding)
        return false
    }

    /// A number for the result: `null`, with a warning, where it is not finite.
    private func number(
        _ value: Double, _ name: String, _ symbol: SymbolSeries, _ findings: inout [Finding]
    ) -> JSON {
        guard !value.isFinite else { return JSON(value) }
        findings.append(
            Finding(.nonFinite, symbol: symbol.symbol, "\(symbol.symbol): \(name) is not a finite number; null there"))
        return .null
    }

    // MARK: - Parts

    private func statistics(
        _ symbol: SymbolSeries, _ reading: inout Reading, _ findings: inout [Finding]
    ) -> JSON {
        let values = ReturnStatistics(
            symbol.returns, kind: parameters.returns, periodsPerYear: parameters.periodsPerYear,
            riskFree: parameters.riskFree)
        let drawdown = Drawdown(symbol.levels)
        reading.add(values, drawdown)

        func number(_ value: Double, _ name: String) -> JSON { self.number(value, name, symbol, &findings) }
        func test(_ test: ReturnStatistics.Test, _ name: String) -> JSONObject {
            [
                "statistic": number(test.statistic, "\(name).statistic"),
                "pValue": number(test.pValue, "\(name).pValue"),
            ]
        }
        var fall: JSONObject = ["depth": JSON(drawdown.depth)]
        if drawdown.depth > 0 {
            fall["peak"] = symbol.place(ofLevel: drawdown.peak)
            fall["trough"] = symbol.place(ofLevel: drawdown.trough)
            fall["recovered"] = drawdown.recovered.map(symbol.place(ofLevel:))
        }
        let ljungBox = values.ljungBox.enumerated().map { index, value in
            var members: JSONObject = ["lag": JSON(index + 1)]
            for (name, member) in test(value, "ljungBox lag \(index + 1)") { members[name] = member }
            return JSON.object(members)
        }
        var members: JSONObject = [
            "observations": JSON(values.observations), "mean": number(values.mean, "mean"),
            "stdev": number(values.standardDeviation, "stdev"), "skewness": number(values.skewness, "skewness"),
            "kurtosis": number(values.kurtosis, "kurtosis"),
            "annualReturn": number(values.annualReturn, "annualReturn"),
            "annualVolatility": number(values.annualVolatility, "annualVolatility"),
            "sharpe": number(values.sharpe, "sharpe"), "maxDrawdown": .object(fall),
            "jarqueBera": .object(test(values.jarqueBera, "jarqueBera")), "ljungBox": .array(ljungBox),
        ]
        if let adf = AugmentedDickeyFuller(symbol.levels.map(RealMath.logarithm)) {
            reading.add(adf)
            members["adf"] = [
                "statistic": JSON(adf.statistic), "pValue": JSON(adf.pValue), "lags": JSON(adf.lags),
                "observations": JSON(adf.observations),
                "criticalValues": .object(
                    JSONObject(zip(AugmentedDickeyFuller.levels, adf.criticalValues.map(JSON.number)))),
            ]
        } else {
            // Of a short series there is nothing to say; of one that does not vary, nothing can be said.
            members["adf"] = .null
            if symbol.levels.count >= AugmentedDickeyFuller.fewest {
                _ = number(.nan, "adf")
            }
        }
        return .object(members)
    }

    private func regime(_ symbol: SymbolSeries, _ reading: inout Reading) -> JSON? {
        guard let assessment = rule.assess(levels: symbol.levels, returns: symbol.returns) else { return nil }
        reading.add(assessment, rule)
        return [
            "trend": JSON(assessment.regime.trend.rawValue), "volatility": JSON(assessment.regime.volatility.rawValue),
            "since": symbol.place(ofLevel: assessment.since), "rule": JSON(rule.text),
        ]
    }

    private func volatility(
        _ symbol: SymbolSeries, _ reading: inout Reading, _ findings: inout [Finding]
    ) throws(Rejection) -> JSON {
        var entries: [JSON] = []
        for (index, model) in parameters.volatility.enumerated() {
            let section = VolatilitySection(
                model: model, symbol: symbol, periodsPerYear: parameters.periodsPerYear,
                isWholeSeries: parameters.isWholeSeries,
                path: JSONPointer(tokens: ["params", "volatility", String(index)]))
            let outcome = try section.outcome(&findings)
            reading.add(model, annualized: outcome.annualized, outcome.figures, index: index)
            entries.append(outcome.entry)
        }
        return .array(entries)
    }

    private func addComovement(to result: inout JSONObject, _ findings: inout [Finding]) throws(Rejection) {
        guard let alignment = ReturnAlignment(symbols, kind: parameters.returns) else {
            let finding = Finding(
                .inputsNotAligned,
                "covariance and correlation need two or more returns over the same times of all symbols")
            if parameters.covariance == .asked { throw Rejection(finding) }
            findings.append(finding)
            return
        }
        if alignment.droppedRows > 0 {
            findings.append(
                Finding(
                    .inputsNotAligned,
                    "covariance and correlation are over the \(alignment.returns[0].count) returns between times that all "
                        + "symbols have"))
        }
        let comovement = Comovement(
            symbols: symbols.map(\.symbol), returns: alignment.returns, estimator: parameters.covarianceEstimator)
        for (index, symbol) in symbols.enumerated() where comovement.correlation[index, index].isNaN {
            let isFinite = comovement.covariance[index, index].isFinite
            findings.append(
                Finding(
                    .nonFinite, symbol: symbol.symbol,
                    "\(symbol.symbol): returns "
                        + (isFinite ? "do not vary, so that there is no correlation" : "are too large for a covariance")
                        + "; null there"))
        }
        result["correlation"] = matrix(comovement.symbols, comovement.correlation)
        result["covariance"] = matrix(comovement.symbols, comovement.covariance)
    }

    private func matrix(_ symbols: [String], _ values: Matrix) -> JSON {
        .object(
            JSONObject(
                symbols.enumerated().map { row, symbol in
                    let cells = symbols.enumerated().map { column, other in
                        (other, values[row, column].isFinite ? JSON(values[row, column]) : JSON.null)
                    }
                    return (symbol, .object(JSONObject(cells)))
                }))
    }
}

extension SymbolSeries {
    /// Where a level stands, for the result: its time; its row, counted from 1, where there are no times; `null` for the
    /// wealth before the first return.
    func place(ofLevel index: Int) -> JSON {
        guard let row = row(ofLevel: index) else { return .null }
        return times.isEmpty ? JSON(row + 1) : JSON(times[row])
    }
}
