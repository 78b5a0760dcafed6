internal import StructuredData

extension RiskReport {
    func scenarios(_ findings: inout [Finding]) throws(Rejection) -> [JSON] {
        var results: [JSON] = []
        for scenario in parameters.scenarios {
            let returns = try scenario.returns(of: book, known, findings: &findings)
            let losses = zip(book.weights, returns).map { 0 - $0 * $1 }
            let loss = losses.reduce(0, +)
            var members: JSONObject = ["name": JSON(scenario.name), "loss": JSON(loss)]
            if book.hasAmounts { members["lossAmount"] = JSON(loss * book.value) }
            members["bySymbol"] = bySymbol(losses)
            results.append(.object(members))
        }
        return results
    }

    func ratios(_ findings: inout [Finding]) throws(Rejection) -> JSON {
        let ratios = RiskRatios(
            sample.portfolio, periodsPerYear: parameters.periodsPerYear, riskFree: parameters.riskFree)
        var members: JSONObject = [
            "sharpe": JSON(ratios.sharpe), "sortino": JSON(ratios.sortino), "calmar": JSON(ratios.calmar),
            "maxDrawdown": JSON(ratios.maxDrawdown),
        ]
        if let benchmark = parameters.benchmark.flatMap({ known[$0] }) {
            let (portfolio, other) = try beside(benchmark, &findings)
            let ratios = BenchmarkRatios(portfolio, benchmark: other, periodsPerYear: parameters.periodsPerYear)
            members["beta"] = JSON(ratios.beta)
            members["trackingError"] = JSON(ratios.trackingError)
        }
        addLiquidity(to: &members, &findings)
        return .object(members)
    }

    /// The portfolio's and the benchmark's returns over the periods that all have.
    private func beside(
        _ benchmark: SymbolSeries, _ findings: inout [Finding]
    ) throws(Rejection) -> ([Double], [Double]) {
        if let index = book.symbols.firstIndex(of: benchmark.symbol) { return (sample.portfolio, sample.assets[index]) }
        let series = book.symbols.compactMap { known[$0] } + [benchmark]
        var notes: [Finding] = []
        var returns = try Self.returns(of: series, parameters.returns, findings: &notes)
        let other = returns.removeLast()
        if other.count != sample.count {
            findings.append(
                Finding(
                    .inputsNotAligned, input: benchmark.input, symbol: benchmark.symbol,
                    "beta and tracking error are over the \(other.count) returns between times that the book and "
                        + "\(benchmark.symbol) have"))
        }
        return (RiskSample.combine(returns, book.weights), other)
    }

    /// The days that selling each position takes when a part of the daily volume can be sold.
    private func addLiquidity(to members: inout JSONObject, _ findings: inout [Finding]) {
        guard !parameters.volumes.isEmpty else { return }
        let path = JSONPointer(tokens: ["params", "adv"])
        guard book.hasAmounts else {
            findings.append(
                Finding(.missingVolume, path: path, "\(path): liquidity needs positions with quantities, not weights"))
            return
        }
        let volumes = Dictionary(
            parameters.volumes.map { ($0.symbol, $0.volume) }, uniquingKeysWith: { first, _ in first })
        var days: [(String, JSON)] = []
        var slowest: Double? = 0
        for holding in book.holdings {
            guard let volume = volumes[holding.symbol] else {
                slowest = nil
                days.append((holding.symbol, .null))
                findings.append(
                    Finding(
                        .missingVolume, symbol: holding.symbol, path: path,
                        "\(path): the daily volume of \(holding.symbol) is not given, so that liquidityDays is not known"
                    ))
                continue
            }
            let needed = abs(holding.quantity ?? 0) / (parameters.participation * volume)
            days.append((holding.symbol, JSON(needed)))
            slowest = slowest.map { max($0, needed) }
        }
        members["liquidityDays"] = slowest.map(JSON.number) ?? .null
        members["liquidityDaysBySymbol"] = .object(JSONObject(days))
    }

    func backtest(_ request: RiskParameters.BacktestRequest, _ findings: inout [Finding]) throws(Rejection) -> JSON {
        let path = JSONPointer(tokens: ["params", "backtest"])
        let estimator = RiskEstimator(
            method: request.method, alphas: [1 - request.confidence], convention: parameters.quantile, horizon: 1,
            seed: parameters.seed)
        let backtest = Backtest(
            sample, estimator, window: request.method.window ?? RiskMethod.defaultBacktestWindow,
            confidence: request.confidence)
        guard let coverage = backtest.coverage, let zone = backtest.zone else {
            throw Rejection(
                Finding(
                    .methodRefused, path: path,
                    "\(path): \(request.method.name) has no answer for any day: \(backtest.reason ?? "")"))
        }
        if backtest.refused > 0 {
            findings.append(
                Finding(
                    .methodRefused, path: path,
                    "\(path): \(request.method.name) has no answer for \(backtest.refused) of "
                        + "\(backtest.valueAtRisk.count) days, which are left out: \(backtest.reason ?? "")"))
        }
        if !coverage.isIdentified {
            findings.append(
                Finding(
                    .notIdentified, path: path,
                    "\(path): \(coverage.exceptions) exceptions in \(coverage.observations) days do not tell whether they "
                        + "follow each other"))
        }
        func test(_ test: CoverageTests.Test) -> JSON {
            ["statistic": JSON(test.statistic), "pValue": JSON(test.pValue)]
        }
        return [
            "observations": JSON(coverage.observations), "exceptions": JSON(coverage.exceptions),
            "kupiec": test(coverage.kupiec),
            "christoffersen": [
                "independence": test(coverage.independence), "conditional": test(coverage.conditional),
            ],
            "z2": JSON(backtest.z2), "zone": JSON(zone.rawValue),
            "valueAtRisk": .array(backtest.valueAtRisk.map { $0.map(JSON.number) ?? .null }),
        ]
    }
}
