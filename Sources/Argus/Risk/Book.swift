internal import StructuredData

/// What is held: symbols with their part of the value.
struct Book: Sendable {
    struct Holding: Sendable {
        let symbol: String
        /// A fraction of the book's value; negative where sold short.
        let weight: Double
        /// In the base currency; `nil` where weights were given.
        let value: Double?
        /// Units held; `nil` where weights were given.
        let quantity: Double?
    }

    let holdings: [Holding]
    /// In the base currency; 1 where weights were given.
    let value: Double
    /// Whether risk has amounts beside its fractions.
    let hasAmounts: Bool

    var weights: [Double] { holdings.map(\.weight) }
    var symbols: [String] { holdings.map(\.symbol) }

    private static let slack = 1e-9

    init(
        _ parameters: RiskParameters, _ known: [String: SymbolSeries], findings: inout [Finding]
    ) throws(Rejection) {
        if let positions = parameters.positions {
            self = try Self.book(of: positions, parameters, known, findings: &findings)
        } else {
            self = try Self.book(of: parameters.weights, known, findings: &findings)
        }
    }

    private init(holdings: [Holding], value: Double, hasAmounts: Bool) {
        self.holdings = holdings
        self.value = value
        self.hasAmounts = hasAmounts
    }

    private static func book(
        of weights: [(symbol: String, weight: Double)], _ known: [String: SymbolSeries], findings: inout [Finding]
    ) throws(Rejection) -> Book {
        let path = JSONPointer(tokens: ["params", "weights"])
        var bad: [Finding] = []
        for (symbol, weight) in weights {
            if known[symbol] == nil {
                bad.append(.unknown(symbol, known.keys, at: path.appending(symbol)))
            } else if !weight.isFinite {
                bad.append(
                    Finding(
                        .nonFinite, symbol: symbol, path: path.appending(symbol),
                        "\(path.appending(symbol)): the weight of \(symbol) is not a finite number"))
            }
        }
        guard bad.isEmpty else { throw Rejection(bad) }
        let sum = weights.reduce(0) { $0 + $1.weight }
        guard sum.isFinite else {
            throw Rejection(Finding(.nonFinite, path: path, "\(path): the weights have no finite sum"))
        }
        if abs(sum - 1) > slack {
            findings.append(
                Finding(
                    .weightsSum, path: path,
                    "the weights sum to \(NumberText.shortest(sum)); the rest of 1 is taken as cash that earns nothing")
            )
        }
        return Book(
            holdings: weights.map { Holding(symbol: $0.symbol, weight: $0.weight, value: nil, quantity: nil) },
            value: 1, hasAmounts: false)
    }

    private static func book(
        of positions: [RiskParameters.Position], _ parameters: RiskParameters, _ known: [String: SymbolSeries],
        findings: inout [Finding]
    ) throws(Rejection) -> Book {
        let path = JSONPointer(tokens: ["params", "positions"])
        let rates = ExchangeRates(base: parameters.baseCurrency, pairs: parameters.fx)
        findings += rates.contradictions
        var bad: [Finding] = []
        var values: [(symbol: String, quantity: Double, value: Double)] = []
        var places: [String: Int] = [:]
        for (index, position) in positions.enumerated() {
            let place = path.appending(index)
            do throws(Rejection) {
                let value = try self.value(of: position, at: place, known, rates)
                if let first = places[position.symbol] {
                    try checkSame(positions, first, index, place)
                    values[first].quantity += position.quantity
                    values[first].value += value
                } else {
                    places[position.symbol] = values.count
                    values.append((position.symbol, position.quantity, value))
                }
            } catch {
                bad += error.findings
            }
        }
        guard bad.isEmpty else { throw Rejection(bad) }
        let total = values.reduce(0) { $0 + $1.value }
        guard total.isFinite, values.allSatisfy({ ($0.value / total).isFinite }), total > 0 else {
            throw Rejection(
                Finding(
                    .nonPositiveValue, path: path,
                    "the book is worth \(NumberText.shortest(total)) \(parameters.baseCurrency): risk is a fraction of its "
                        + "value, which must be positive; add what it is financed with, or give weights"))
        }
        let foreign = Set(positions.map(\.currency)).subtracting([parameters.baseCurrency]).sorted()
        if !foreign.isEmpty {
            findings.append(
                Finding(
                    .rateHeld,
                    "exchange rates of \(foreign.joined(separator: ", ")) are held where they are: the risk is that of prices "
                        + "in their own currencies"))
        }
        return Book(
            holdings: values.map {
                Holding(symbol: $0.symbol, weight: $0.value / total, value: $0.value, quantity: $0.quantity)
            }, value: total, hasAmounts: true)
    }

    /// In the base currency.
    private static func value(
        of position: RiskParameters.Position, at place: JSONPointer, _ known: [String: SymbolSeries],
        _ rates: ExchangeRates
    ) throws(Rejection) -> Double {
        guard let series = known[position.symbol] else {
            throw Rejection(.unknown(position.symbol, known.keys, at: place.appending("symbol")))
        }
        guard let price = position.price ?? series.prices[.close]?.last else {
            throw Rejection(
                Finding(
                    .missingPrice, input: series.input, symbol: position.symbol, path: place,
                    "\(place): there is no price of \(position.symbol): \(series.input) gives returns; give the position a "
                        + "\"price\""))
        }
        guard let rate = rates.rate(of: position.currency) else {
            throw Rejection(
                Finding(
                    .missingRate, symbol: position.symbol, path: JSONPointer(tokens: ["params", "fx"]),
                    "/params/fx: \(position.symbol) is in \(position.currency), and there is no rate to "
                        + "\(rates.base): give \"\(position.currency)\(rates.base)\" (\(rates.base) for one "
                        + "\(position.currency)) or \"\(rates.base)\(position.currency)\""))
        }
        let value = position.quantity * price * rate
        guard value.isFinite else {
            throw Rejection(
                Finding(
                    .nonFinite, symbol: position.symbol, path: place,
                    "\(place): the value of \(position.symbol) is not a finite number"))
        }
        return value
    }

    /// Positions of one symbol are added up, which they can only be where they are of the same kind.
    private static func checkSame(
        _ positions: [RiskParameters.Position], _ first: Int, _ index: Int, _ place: JSONPointer
    ) throws(Rejection) {
        let (symbol, position) = (positions[index].symbol, positions[index])
        let other = positions.first { $0.symbol == symbol } ?? position
        guard other.currency != position.currency || other.price != position.price else { return }
        throw Rejection(
            Finding(
                .duplicateSymbol, symbol: symbol, path: place,
                "\(place): there are two positions in \(symbol) with different currencies or prices"))
    }
}

extension Finding {
    /// A symbol that no input has.
    static func unknown(_ symbol: String, _ known: some Collection<String>, at path: JSONPointer) -> Finding {
        let advice =
            Spelling.nearest(to: symbol, among: known.sorted()).map { "did you mean \($0)?" }
            ?? "the inputs have \(known.sorted().prefix(5).joined(separator: ", "))"
        return Finding(
            .unknownSymbol, symbol: symbol, path: path,
            "\(path): no input has the symbol \(JSON.string(symbol).text()); \(advice)")
    }
}
