internal import StructuredData

/// One function over one symbol's columns.
struct IndicatorRun: Sendable {
    let request: MarketAnalysisParameters.FunctionRequest
    let symbol: String
    let columns: [[Double]]
    /// The name under which the symbol's series holds it.
    var key: String

    /// The runs that the requests ask for, in their order.
    static func all(
        _ requests: [MarketAnalysisParameters.FunctionRequest], _ symbols: [SymbolSeries]
    ) throws(Rejection) -> [IndicatorRun] {
        var runs: [IndicatorRun] = []
        for request in requests {
            if let inputs = request.inputs {
                runs.append(try run(request, inputs: inputs, symbols))
            } else {
                for symbol in symbols { runs.append(try run(request, symbol)) }
            }
        }
        try nameKeys(&runs)
        for run in runs { try run.checkLength() }
        return runs
    }

    /// A function on a symbol's own columns.
    private static func run(
        _ request: MarketAnalysisParameters.FunctionRequest, _ symbol: SymbolSeries
    ) throws(Rejection) -> IndicatorRun {
        let function = request.function
        let columns = function.inputs.map { input in input.column.flatMap { symbol.prices[$0] } }
        let missing = zip(function.inputs, columns).filter { $1 == nil }.map(\.0)
        guard missing.isEmpty else {
            let has = PriceColumn.allCases.filter { symbol.prices[$0] != nil }.map(\.rawValue)
            throw Rejection(
                Finding(
                    .missingColumn, input: symbol.input, symbol: symbol.symbol, path: request.path,
                    "\(function.name) needs \(function.inputs.map(\.rawValue).joined(separator: ", ")), but "
                        + "\(symbol.symbol) has "
                        + (has.isEmpty ? "returns, no prices" : "only \(has.joined(separator: ", "))")
                        + "; \(advice(missing))name the columns to read in \"inputs\""))
        }
        return IndicatorRun(
            request: request, symbol: symbol.symbol, columns: columns.compactMap { $0 }, key: function.name)
    }

    private static func advice(_ missing: [IndicatorInput]) -> String {
        guard missing.allSatisfy({ $0.column != nil }) else { return "" }
        return "give bars with \(missing.map(\.rawValue).joined(separator: ", ")), or "
    }

    /// A function on named columns; its result belongs to the first one's symbol.
    private static func run(
        _ request: MarketAnalysisParameters.FunctionRequest, inputs: [String], _ symbols: [SymbolSeries]
    ) throws(Rejection) -> IndicatorRun {
        var found: [(symbol: SymbolSeries, values: [Double])] = []
        for (index, name) in inputs.enumerated() {
            let path = request.path.appending("inputs").appending(index)
            guard let column = column(name, symbols) else {
                let known = symbols.flatMap(columnNames)
                let advice =
                    Spelling.nearest(to: name, among: known).map { "did you mean \($0)?" }
                    ?? "write the input's name, a dot and the column, such as \(known.first ?? "SPX.close")"
                throw Rejection(
                    Finding(
                        .unknownInput, path: path,
                        "\(path): no column is called \(JSON.string(name).text()); \(advice)"))
            }
            found.append(column)
        }
        let first = found[0].symbol
        for other in found.dropFirst()
        where other.values.count != found[0].values.count || other.symbol.points != first.points {
            throw Rejection(
                Finding(
                    .inputsNotAligned, input: other.symbol.input, symbol: other.symbol.symbol, path: request.path,
                    "\(request.function.name): \(inputs.joined(separator: ", ")) do not have the same times"))
        }
        return IndicatorRun(
            request: request, symbol: first.symbol, columns: found.map(\.values), key: request.function.name)
    }

    /// `SPX.close` of bars, `prices.AAPL` of a table or of returns.
    private static func column(
        _ name: String, _ symbols: [SymbolSeries]
    ) -> (symbol: SymbolSeries, values: [Double])? {
        for symbol in symbols {
            if !symbol.isBars, name == "\(symbol.input).\(symbol.symbol)" {
                return (symbol, symbol.prices[.close] ?? symbol.returns)
            }
            for (column, values) in symbol.prices where name == "\(symbol.symbol).\(column.rawValue)" {
                return (symbol, values)
            }
        }
        return nil
    }

    private static func columnNames(_ symbol: SymbolSeries) -> [String] {
        guard symbol.isBars else { return ["\(symbol.input).\(symbol.symbol)"] }
        return PriceColumn.allCases.filter { symbol.prices[$0] != nil }.map { "\(symbol.symbol).\($0.rawValue)" }
    }

    /// The first of a name keeps it, a later one carries its parameters, and its inputs where those still agree.
    private static func nameKeys(_ runs: inout [IndicatorRun]) throws(Rejection) {
        var taken: [String: Set<String>] = [:]
        // Of the first of each name, so that the same function asked for twice is noticed.
        var longNames: [String: Set<String>] = [:]
        for index in runs.indices {
            let (request, symbol) = (runs[index].request, runs[index].symbol)
            let inputs = request.inputs.map { "@\($0.joined(separator: ","))" } ?? ""
            guard longNames[symbol, default: []].insert(request.longName + inputs).inserted else {
                throw Rejection(
                    Finding(
                        .duplicateFunction, symbol: symbol, path: request.path,
                        "\(request.path): \(request.longName) is asked for twice"))
            }
            let candidates = [request.function.name, request.longName, request.longName + inputs]
            runs[index].key =
                candidates.first { taken[symbol, default: []].insert($0).inserted } ?? request.longName + inputs
        }
    }

    private func checkLength() throws(Rejection) {
        let rows = columns[0].count
        let needed = request.function.lookback(request.arguments) + 1
        guard rows < needed else { return }
        throw Rejection(
            Finding(
                .tooFewBars, symbol: symbol, path: request.path,
                "\(request.longName) needs at least \(needed) bars, but \(symbol) has \(rows)"))
    }

    /// The outputs by name: all values with `null` before the first, or the last only.
    func outputs(isWholeSeries: Bool, findings: inout [Finding]) -> JSON {
        let series = request.function.values(request.arguments, over: columns)
        var members = JSONObject()
        for (name, values) in zip(request.function.outputs, series.columns) {
            let shown = isWholeSeries ? values[...] : values.suffix(1)
            if let bad = shown.firstIndex(where: { !$0.isFinite }) {
                let count = shown.count { !$0.isFinite }
                findings.append(
                    Finding(
                        .nonFinite, symbol: symbol, row: series.firstIndex + bad + 1,
                        "\(symbol): \(key).\(name) is not finite in \(count) row\(count > 1 ? "s" : ""), "
                            + "the first row \(series.firstIndex + bad + 1); null there"))
            }
            let warmUp = isWholeSeries ? [JSON](repeating: .null, count: series.firstIndex) : []
            members[name] = .array(warmUp + shown.map(json))
        }
        return .object(members)
    }

    private func json(_ value: Double) -> JSON {
        guard value.isFinite else { return .null }
        return request.function.isInteger ? JSON(Int(value)) : .number(value)
    }
}
