internal import StructuredData

/// What advice is made from: symbols with their returns, covariance, expected returns and prices, and the book.
struct AdvisoryMarket: Sendable {
    let symbols: [String]
    let index: [String: Int]
    /// Simple returns by period (rows) and symbol (columns).
    let returns: Matrix
    /// Of a period; after views where there are any.
    var covariance: Matrix
    /// Of a year; after views where there are any.
    var expected: [Double]
    /// The price to trade at; `nil` where there is none.
    let prices: [Double?]
    /// Shares a day, over the last bars; `nil` where bars have no volume.
    let volumes: [Double?]
    /// Shares held.
    let holdings: [Double]
    /// What holdings and cash are worth together; 0 where there is no book.
    let value: Double
    /// The share of each holding in the value.
    let before: [Double]
    let cashBefore: Double

    static let mostSymbols = 1000
    private static let volumeBars = 20

    init(
        _ series: [SymbolSeries], _ parameters: AdvisoryParameters, into answer: inout AnswerBuilder
    ) throws(Rejection) {
        let symbols = series.map(\.symbol)
        self.symbols = symbols
        let index = Dictionary(uniqueKeysWithValues: symbols.enumerated().map { ($1, $0) })
        self.index = index
        guard symbols.count <= Self.mostSymbols else {
            throw Rejection(
                Finding(
                    .schema, path: JSONPointer(tokens: ["inputs"]),
                    "/inputs: \(symbols.count) symbols are more than the \(Self.mostSymbols) that one task takes"))
        }
        try AdvisoryNames(symbols).check(parameters)

        let aligned = try Self.align(series, &answer.findings)
        returns = Matrix(columns: aligned)
        try Self.checkVariation(series, aligned, parameters)
        covariance = try Self.covariance(symbols, aligned, parameters, &answer)
        let market = Self.marketWeights(symbols, parameters, &answer.findings)
        expected = try Self.expected(symbols, returns, covariance, market, parameters)

        prices = series.map { parameters.prices[$0.symbol] ?? ($0.prices[.close] == nil ? nil : $0.levels.last) }
        volumes = series.map { Self.volume($0) }
        let holdings = symbols.map { parameters.holdings[$0] ?? 0 }
        self.holdings = holdings
        (value, before, cashBefore) = try Self.book(symbols, holdings, prices, parameters)
        if parameters.objective == .blackLitterman {
            try applyViews(parameters, market: market)
        }
        guard covariance.isFinite, expected.allSatisfy(\.isFinite) else {
            throw Rejection(Finding(.nonFinite, "returns are so large that their covariance is not a finite number"))
        }
    }

    // MARK: - Returns

    private static func align(_ series: [SymbolSeries], _ findings: inout [Finding]) throws(Rejection) -> [[Double]] {
        if let short = series.first(where: { $0.returns.count < ReturnStatistics.fewestReturns }) {
            throw Rejection(
                Finding(
                    .tooFewBars, input: short.input, symbol: short.symbol,
                    "advice needs at least \(ReturnStatistics.fewestReturns) returns, but \(short.symbol) has \(short.returns.count)"
                ))
        }
        guard let alignment = ReturnAlignment(series, kind: .simple) else {
            throw Rejection(
                Finding(
                    .inputsNotAligned,
                    "advice needs two or more returns over the same times of all symbols; give them common times"))
        }
        let count = alignment.returns[0].count
        if alignment.droppedRows > 0 {
            findings.append(
                Finding(.inputsNotAligned, "advice is from the \(count) returns between times that all symbols have"))
        }
        if count <= series.count {
            findings.append(
                Finding(
                    .singularCovariance,
                    "\(count) returns of \(series.count) symbols make a singular covariance; ledoit-wolf suits better"))
        }
        return alignment.returns
    }

    private static func checkVariation(
        _ series: [SymbolSeries], _ returns: [[Double]], _ parameters: AdvisoryParameters
    ) throws(Rejection) {
        guard case .estimated = parameters.covariance else { return }
        let flat = returns.indices.filter { column in returns[column].allSatisfy { $0 == returns[column][0] } }
        guard !flat.isEmpty else { return }
        throw Rejection(
            flat.map { column in
                Finding(
                    .constantSeries, input: series[column].input, symbol: series[column].symbol, row: 1,
                    "\(series[column].symbol): from row 1 on returns do not vary, so that no risk can be told; leave it out"
                )
            })
    }

    // MARK: - Model

    private static func covariance(
        _ symbols: [String], _ returns: [[Double]], _ parameters: AdvisoryParameters, _ answer: inout AnswerBuilder
    ) throws(Rejection) -> Matrix {
        switch parameters.covariance {
        case .estimated(let estimator): return estimator.estimate(returns).matrix
        case .given(let rows):
            return try GivenCovariance(rows, repairs: parameters.repairsCovariance).matrix(symbols, into: &answer)
        }
    }

    private static func marketWeights(
        _ symbols: [String], _ parameters: AdvisoryParameters, _ findings: inout [Finding]
    ) -> [Double] {
        let given = symbols.map { parameters.marketWeights?[$0] ?? 0 }
        let sum = Vector.sum(given)
        if sum > 0 { return given.map { $0 / sum } }
        if parameters.objective == .blackLitterman || parameters.mean == .capm {
            findings.append(
                Finding(
                    .equalMarket, path: AdvisoryParameters.path.appending("marketWeights"),
                    "there are no marketWeights; all symbols were given the same"))
        }
        return symbols.map { _ in 1 / Double(symbols.count) }
    }

    private static func expected(
        _ symbols: [String], _ returns: Matrix, _ covariance: Matrix, _ market: [Double],
        _ parameters: AdvisoryParameters
    ) throws(Rejection) -> [Double] {
        let periods = parameters.periodsPerYear
        let means = symbols.indices.map { periods * Vector.sum(returns.column($0)) / Double(returns.rows) }
        switch parameters.mean {
        case .historical: return means
        case .capm:
            let slope = covariance * market
            let variance = Vector.dot(slope, market)
            guard variance > 0 else {
                throw Rejection(
                    Finding(.constantSeries, "the market's return does not vary, so that capm has no beta"))
            }
            let premium = Vector.dot(means, market) - parameters.riskFree
            return slope.map { parameters.riskFree + $0 / variance * premium }
        case .given(let values):
            var result: [Double] = []
            for symbol in symbols {
                guard let value = values[symbol] else {
                    let path = AdvisoryParameters.path.appending("mean")
                    throw Rejection(
                        Finding(
                            .missingMean, symbol: symbol, path: path,
                            "\(path): there is no expected return for \(symbol)"))
                }
                result.append(value)
            }
            return result
        }
    }

    private mutating func applyViews(_ parameters: AdvisoryParameters, market: [Double]) throws(Rejection) {
        let views = parameters.views.map { view in
            BlackLitterman.View(
                weights: symbols.map { (view.long[$0] ?? 0) - (view.short[$0] ?? 0) }, expected: view.expected,
                confidence: view.confidence)
        }
        do throws(LinearAlgebraError) {
            let model = try BlackLitterman(
                covariance: parameters.periodsPerYear * covariance, market: market,
                riskAversion: parameters.riskAversion, riskFree: parameters.riskFree, tau: parameters.tau, views: views)
            expected = model.expected
            covariance = (1 / parameters.periodsPerYear) * model.covariance
        } catch {
            let path = AdvisoryParameters.path.appending("views")
            throw Rejection(
                Finding(
                    .infeasible, path: path,
                    "\(path): views that are certain contradict or repeat each other; lower a confidence below 1"))
        }
    }

    // MARK: - Book

    private static func volume(_ series: SymbolSeries) -> Double? {
        guard let volumes = series.prices[.volume]?.suffix(volumeBars), !volumes.isEmpty else { return nil }
        let mean = volumes.reduce(0, +) / Double(volumes.count)
        return mean > 0 && mean.isFinite ? mean : nil
    }

    private static func book(
        _ symbols: [String], _ holdings: [Double], _ prices: [Double?], _ parameters: AdvisoryParameters
    ) throws(Rejection) -> (value: Double, before: [Double], cash: Double) {
        guard parameters.hasBook else { return (0, symbols.map { _ in 0 }, 1) }
        if let missing = prices.firstIndex(of: nil) {
            let path = AdvisoryParameters.path.appending("prices")
            throw Rejection(
                Finding(
                    .missingPrice, symbol: symbols[missing], path: path,
                    "\(path): orders need a price of \(symbols[missing]), whose input has returns only"))
        }
        let worth = zip(holdings, prices).map { $0 * ($1 ?? 0) }
        let value = Vector.sum(worth) + parameters.cash
        guard value > 0, value.isFinite else {
            let path = AdvisoryParameters.path.appending("holdings")
            throw Rejection(
                Finding(
                    .nonPositiveValue, path: path,
                    "\(path): holdings and cash are worth \(NumberText.shortest(value)); there must be something to invest"
                ))
        }
        return (value, worth.map { $0 / value }, parameters.cash / value)
    }
}
