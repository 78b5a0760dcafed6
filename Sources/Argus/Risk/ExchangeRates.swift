internal import StructuredData

/// Rates between currencies. A pair is named for two currencies of three letters, and is the price of one unit of the first in the
/// second: `EURUSD` 1.06 says that 1 EUR is 1.06 USD.
struct ExchangeRates: Sendable {
    let base: String
    private let pairs: [(pair: String, rate: Double)]

    /// How far a pair and the inverse of its inverse may lie apart.
    private static let tolerance = 1e-3

    init(base: String, pairs: [(pair: String, rate: Double)]) {
        self.base = base
        self.pairs = pairs
    }

    private func pair(_ name: String) -> Double? { pairs.first { $0.pair == name }?.rate }

    /// What one unit of `currency` is in the base currency: from the pair, or from its inverse where that alone is given.
    func rate(of currency: String) -> Double? {
        if currency == base { return 1 }
        return pair(currency + base) ?? pair(base + currency).map { 1 / $0 }
    }

    /// Pairs that are given both ways and do not agree.
    var contradictions: [Finding] {
        pairs.compactMap { name, rate in
            let inverse = String(name.suffix(3) + name.prefix(3))
            guard name < inverse, let other = pair(inverse), abs(rate * other - 1) > Self.tolerance else { return nil }
            return Finding(
                .inconsistentRate, path: JSONPointer(tokens: ["params", "fx", name]),
                "/params/fx: \(name) \(NumberText.shortest(rate)) and \(inverse) \(NumberText.shortest(other)) contradict "
                    + "each other; the pair that ends in \(base) is used")
        }
    }
}
