internal import StructuredData

/// Makes the result of a risk assessment from checked data.
struct RiskReport {
    let parameters: RiskParameters
    let known: [String: SymbolSeries]
    let book: Book
    let sample: RiskSample

    init(
        _ symbols: [SymbolSeries], _ parameters: RiskParameters, findings: inout [Finding]
    ) throws(Rejection) {
        self.parameters = parameters
        known = Dictionary(symbols.map { ($0.symbol, $0) }, uniquingKeysWith: { first, _ in first })
        book = try Book(parameters, known, findings: &findings)
        let series = book.symbols.compactMap { [known] in known[$0] }
        let assets = try Self.returns(of: series, parameters.returns, findings: &findings)
        sample = RiskSample(assets: assets, weights: book.weights)
        try Self.checkVariation(book, assets, findings: &findings)
        if let row = sample.portfolio.firstIndex(where: { !$0.isFinite }) {
            throw Rejection(
                Finding(.nonFinite, row: row + 1, "the portfolio's return \(row + 1) is not a finite number"))
        }
        for (index, method) in parameters.methods.enumerated() {
            let path = JSONPointer(tokens: ["params", "methods", String(index)])
            try checkLength(method, at: path)
            try checkWork(method.variates(assets: assets.count, horizon: parameters.horizon), method, at: path)
        }
        try checkBacktest()
        try checkNames()
    }

    func json(findings: inout [Finding]) throws(Rejection) -> JSON {
        var result: JSONObject = ["value": JSON(book.value)]
        if book.hasAmounts { result["currency"] = JSON(parameters.baseCurrency) }
        result["observations"] = JSON(sample.count)
        result["weights"] = bySymbol(book.weights)
        var risk: [JSON] = []
        for (index, method) in parameters.methods.enumerated() {
            let path = JSONPointer(tokens: ["params", "methods", String(index)])
            risk += entries(method, at: path, findings: &findings)
        }
        result["risk"] = .array(risk)
        addScalingNote(&findings)
        result["scenarios"] = .array(try scenarios(&findings))
        result["ratios"] = try ratios(&findings)
        if let backtest = parameters.backtest { result["backtest"] = try self.backtest(backtest, &findings) }
        return .object(result)
    }

    // MARK: - Checks

    /// Simple returns over the periods that all symbols have.
    static func returns(
        of series: [SymbolSeries], _ kind: ReturnKind, findings: inout [Finding]
    ) throws(Rejection) -> [[Double]] {
        guard let alignment = ReturnAlignment(series, kind: kind) else {
            if let short = series.first(where: { $0.returns.count < ReturnStatistics.fewestReturns }) {
                throw Rejection(
                    Finding(
                        .tooFewBars, input: short.input, symbol: short.symbol,
                        "risk needs at least \(ReturnStatistics.fewestReturns) returns, but \(short.symbol) has "
                            + "\(short.returns.count)"))
            }
            throw Rejection(
                Finding(
                    .inputsNotAligned,
                    "the symbols \(series.map(\.symbol).joined(separator: ", ")) have no two returns over the same times; "
                        + "give them times, or series of equal length"))
        }
        if alignment.droppedRows > 0 {
            findings.append(
                Finding(
                    .inputsNotAligned,
                    "risk is over the \(alignment.returns[0].count) returns between times that all symbols have"))
        }
        guard kind == .log else { return alignment.returns }
        return alignment.returns.map { $0.map(RealMath.exponentialM1) }
    }

    private static func checkVariation(
        _ book: Book, _ assets: [[Double]], findings: inout [Finding]
    ) throws(Rejection) {
        func varies(_ returns: [Double]) -> Bool {
            guard let low = returns.min(), let high = returns.max() else { return false }
            // A steady growth differs by rounding.
            return high - low > 1e-13 * (1 + max(abs(low), abs(high)))
        }
        let constant = book.holdings.indices.filter { !varies(assets[$0]) }
        let notes = constant.map { index in
            Finding(
                .constantSeries, symbol: book.holdings[index].symbol,
                "\(book.holdings[index].symbol): the return is \(NumberText.shortest(assets[index][0])) in every row; "
                    + "a series that does not vary has no risk to show")
        }
        if book.holdings.indices.allSatisfy({ constant.contains($0) || book.holdings[$0].weight == 0 }) {
            throw Rejection(notes.isEmpty ? [Finding(.constantSeries, "every weight is zero")] : notes)
        }
        findings += notes
    }

    private func checkLength(_ method: RiskMethod, at path: JSONPointer) throws(Rejection) {
        let rows = method.window ?? sample.count
        if rows > sample.count {
            throw Rejection(
                Finding(
                    .tooFewBars, path: path.appending("window"),
                    "\(path): \(method.name) looks at \(rows) returns, but there are \(sample.count)"))
        }
        if rows < method.fewestReturns {
            throw Rejection(
                Finding(
                    .tooFewBars, path: method.window == nil ? path : path.appending("window"),
                    "\(path): \(method.name) needs at least \(method.fewestReturns) returns, but there are \(rows)"))
        }
    }

    private func checkWork(_ variates: Int, _ method: RiskMethod, at path: JSONPointer) throws(Rejection) {
        guard variates > Backtest.mostVariates else { return }
        throw Rejection(
            Finding(
                .tooMuchWork, path: path,
                "\(path): \(method.name) would simulate \(variates) variates; at most \(Backtest.mostVariates): lower paths"
            ))
    }

    private func checkBacktest() throws(Rejection) {
        guard let backtest = parameters.backtest else { return }
        let path = JSONPointer(tokens: ["params", "backtest", "method"])
        let window = backtest.method.window ?? RiskMethod.defaultBacktestWindow
        guard sample.count > window else {
            throw Rejection(
                Finding(
                    .tooFewBars, path: path.appending("window"),
                    "\(path): a backtest with a window of \(window) needs at least \(window + 1) returns, but there are "
                        + "\(sample.count)"))
        }
        try checkLength(backtest.method, at: path)
        let variates = backtest.method.variates(assets: book.holdings.count, horizon: 1)
        try checkWork(variates * (sample.count - window), backtest.method, at: path)
    }

    /// Symbols that are named beside the book's.
    private func checkNames() throws(Rejection) {
        let volumes = JSONPointer(tokens: ["params", "adv"])
        var bad = parameters.volumes.filter { known[$0.symbol] == nil }
            .map { Finding.unknown($0.symbol, known.keys, at: volumes.appending($0.symbol)) }
        if let benchmark = parameters.benchmark, known[benchmark] == nil {
            bad.append(.unknown(benchmark, known.keys, at: JSONPointer(tokens: ["params", "benchmark"])))
        }
        guard bad.isEmpty else { throw Rejection(bad) }
    }

    // MARK: - Risk

    private func entries(
        _ method: RiskMethod, at path: JSONPointer, findings: inout [Finding]
    ) -> [JSON] {
        let sample = self.sample.latest(method.window ?? self.sample.count)
        let estimator = RiskEstimator(
            method: method, alphas: parameters.confidence.map { 1 - $0 }, convention: parameters.quantile,
            horizon: parameters.horizon, seed: parameters.seed)
        let loss: any LossDistribution
        do throws(Refusal) {
            loss = try estimator.fit(sample)
        } catch {
            findings.append(Finding(error.code, path: path, "\(path): \(method.name): \(error.reason)"))
            return parameters.confidence.map { refused(method, $0, error.reason) }
        }
        if let simulated = loss as? SimulatedLoss { findings += simulated.notes }
        addTailNote(method, loss, at: path, &findings)
        return parameters.confidence.map { confidence in
            entry(method, confidence, loss, sample, estimator)
        }
    }

    private func refused(_ method: RiskMethod, _ confidence: Double, _ reason: String) -> JSON {
        [
            "method": JSON(method.name), "confidence": JSON(confidence), "horizonDays": JSON(parameters.horizon),
            "valueAtRisk": .null, "expectedShortfall": .null, "refused": JSON(reason),
        ]
    }

    private func entry(
        _ method: RiskMethod, _ confidence: Double, _ loss: any LossDistribution, _ sample: RiskSample,
        _ estimator: RiskEstimator
    ) -> JSON {
        let alpha = 1 - confidence
        let (valueAtRisk, shortfall) = (loss.valueAtRisk(alpha), loss.expectedShortfall(alpha))
        var members: JSONObject = [
            "method": JSON(method.name), "confidence": JSON(confidence), "horizonDays": JSON(parameters.horizon),
            "valueAtRisk": JSON(valueAtRisk), "expectedShortfall": JSON(shortfall),
        ]
        if book.hasAmounts {
            members["valueAtRiskAmount"] = JSON(valueAtRisk * book.value)
            members["expectedShortfallAmount"] = JSON(shortfall * book.value)
        }
        if let interval = loss.interval(alpha) {
            members["interval"] = [JSON(interval.lowerBound), JSON(interval.upperBound)]
        }
        members["parameters"] = .object(loss.parameters)
        if parameters.hasComponents, let components = RiskComponents(loss, sample, estimator, alpha: alpha) {
            members["components"] = bySymbol(components.valueAtRisk)
            members["expectedShortfallComponents"] = bySymbol(components.expectedShortfall)
            members["marginal"] = bySymbol(components.marginal)
            members["incremental"] = .object(
                JSONObject(zip(book.symbols, components.incremental).map { ($0, $1.map(JSON.number) ?? .null) }))
        }
        return .object(members)
    }

    func bySymbol(_ values: [Double]) -> JSON {
        .object(JSONObject(zip(book.symbols, values).map { ($0, JSON($1)) }))
    }

    private func addScalingNote(_ findings: inout [Finding]) {
        let scaled = parameters.methods.filter { !$0.isSimulated }.map(\.name)
        guard parameters.horizon > 1, !scaled.isEmpty else { return }
        findings.append(
            Finding(
                .squareRootOfTime, path: JSONPointer(tokens: ["params", "horizonDays"]),
                "\(scaled.joined(separator: ", ")): one period scaled by the square root of \(parameters.horizon), as if "
                    + "returns were independent and alike"))
    }

    private func addTailNote(
        _ method: RiskMethod, _ loss: any LossDistribution, at path: JSONPointer, _ findings: inout [Finding]
    ) {
        guard case .historical = method.kind, let loss = loss as? HistoricalLoss else { return }
        let thin = parameters.confidence.filter { Double(loss.tail.count) * (1 - $0) < 1 - 1e-9 }
        guard !thin.isEmpty else { return }
        findings.append(
            Finding(
                .thinTail, path: path,
                "\(path): \(loss.tail.count) returns have less than one beyond the quantile at "
                    + thin.map(NumberText.shortest).joined(separator: ", ")))
    }
}
