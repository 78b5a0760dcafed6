/// A model of volatility over time.
enum VolatilityModel: Sendable, Equatable {
    /// The sample standard deviation of the returns of a window; without a window, of all.
    case closeToClose(window: Int?)
    /// σ²_{t+1} = Σλⁱr²_{t−i}/Σλⁱ, with zero mean and no seed.
    case ewma(lambda: Double)

    /// The models that can be asked for, by name.
    static let names = ["close-to-close", "ewma"]

    var name: String {
        switch self {
        case .closeToClose: Self.names[0]
        case .ewma: Self.names[1]
        }
    }

    /// The returns needed for one value.
    var fewestReturns: Int {
        switch self {
        case .closeToClose(let window): window ?? 2
        case .ewma: 1
        }
    }

    /// The volatility per period after each return, from that return and those before; `nil` while there is none.
    func values(_ returns: [Double]) -> [Double?] {
        switch self {
        case .closeToClose(let window):
            var moments = SlidingMoments(window: window ?? returns.count)
            return returns.map { moments.next($0) }
        case .ewma(let lambda):
            var (weighted, weights) = (0.0, 0.0)
            return returns.map { value in
                weighted = value * value + lambda * weighted
                weights = 1 + lambda * weights
                // Null until the first return that is not zero: there is nothing to weight before.
                return weighted > 0 ? (weighted / weights).squareRoot() : nil
            }
        }
    }
}
