/// How returns are measured.
enum ReturnKind: String, Sendable, CaseIterable {
    /// p₁/p₀ − 1
    case simple
    /// ln(p₁/p₀)
    case log

    /// The factor by which a return multiplies wealth.
    func growth(_ value: Double) -> Double { self == .simple ? 1 + value : RealMath.exponential(value) }
}

/// One symbol's history: prices as bars or closes, or returns, with what both have in common.
struct SymbolSeries: Sendable {
    let symbol: String
    /// The name of the input that it came in.
    let input: String
    let isBars: Bool
    /// A label for each row: its time, or where there are no times nothing.
    let times: [String]
    let points: [TimePoint]
    /// The price columns; none where returns were given.
    let prices: [PriceColumn: [Double]]
    /// Return k leads from level k to level k + 1.
    let returns: [Double]
    /// The closes; where returns were given, the wealth that they make of 1, which therefore has one value more than rows.
    let levels: [Double]
    let rowCount: Int
    /// How many of the units in which returns were given make one: 100 where they came in percent, else 1.
    let unitScale: Double

    /// The row that a level belongs to; `nil` for the wealth before the first return.
    func row(ofLevel index: Int) -> Int? {
        let row = index - (levels.count - rowCount)
        return row < 0 ? nil : row
    }

    /// The level that a row ends with.
    func level(ofRow row: Int) -> Int { row + levels.count - rowCount }

    init(symbol: String, dataset: Dataset, prices: [PriceColumn: [Double]], kind: ReturnKind) {
        self.symbol = symbol
        input = dataset.name
        isBars = dataset.form == .bars
        times = dataset.times
        points = dataset.points
        rowCount = dataset.rowCount
        unitScale = dataset.unitScale
        self.prices = prices
        levels = prices[.close] ?? []
        returns = Self.returns(of: levels, kind)
    }

    init(symbol: String, dataset: Dataset, returns: [Double], kind: ReturnKind) {
        self.symbol = symbol
        input = dataset.name
        isBars = dataset.form == .bars
        times = dataset.times
        points = dataset.points
        rowCount = dataset.rowCount
        unitScale = dataset.unitScale
        prices = [:]
        self.returns = returns
        var wealth = 1.0
        levels =
            [1]
            + returns.map { value in
                wealth *= kind.growth(value)
                return wealth
            }
    }

    static func returns(of levels: [Double], _ kind: ReturnKind) -> [Double] {
        guard levels.count > 1 else { return [] }
        return (1..<levels.count).map { index in
            let ratio = levels[index] / levels[index - 1]
            return kind == .simple ? ratio - 1 : RealMath.logarithm(ratio)
        }
    }

    /// The symbols of a dataset.
    static func all(in dataset: Dataset, kind: ReturnKind) -> [SymbolSeries] {
        switch dataset.form {
        case .bars:
            let prices = Dictionary(
                uniqueKeysWithValues: dataset.columns.compactMap { column in
                    PriceColumn(rawValue: column.name).map { ($0, column.values) }
                })
            return [SymbolSeries(symbol: dataset.name, dataset: dataset, prices: prices, kind: kind)]
        case .table:
            return dataset.columns.map {
                SymbolSeries(symbol: $0.name, dataset: dataset, prices: [.close: $0.values], kind: kind)
            }
        case .returns:
            return dataset.columns.map {
                SymbolSeries(symbol: $0.name, dataset: dataset, returns: $0.values, kind: kind)
            }
        }
    }
}

extension Dataset {
    fileprivate var unitScale: Double {
        if case .returns(let unit) = form { unit.scale } else { 1 }
    }
}
