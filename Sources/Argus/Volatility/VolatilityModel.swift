/// A model of volatility over time.
enum VolatilityModel: Sendable, Equatable {
    /// The sample standard deviation of the returns of a window; without a window, of all.
    case closeToClose(window: Int?)
    /// From what prices do within the bars of a window; without a window, of all.
    case range(RangeEstimator, window: Int?)
    /// σ²_{t+1} = Σλⁱr²_{t−i}/Σλⁱ, with zero mean and no seed.
    case ewma(lambda: Double)
    /// Fitted by maximum likelihood; without a scale of its own, of returns in percent.
    case garch(GarchSpecification, hasScale: Bool, horizon: Int)

    static let closeToCloseName = "close-to-close"
    static let ewmaName = "ewma"

    /// The models that can be asked for, by name.
    static let names =
        [closeToCloseName] + RangeEstimator.allCases.map(\.rawValue) + [ewmaName]
        + GarchSpecification.Variance.allCases.map(\.rawValue)

    var name: String {
        switch self {
        case .closeToClose: Self.closeToCloseName
        case .range(let estimator, _): estimator.rawValue
        case .ewma: Self.ewmaName
        case .garch(let specification, _, _): specification.variance.rawValue
        }
    }

    /// The fewest of what it is made from: bars for ranges, else returns.
    var fewest: Int {
        switch self {
        case .closeToClose(let window): window ?? 2
        case .range(let estimator, let window): estimator.bars(window: window ?? (estimator == .yangZhang ? 2 : 1))
        case .ewma: 1
        case .garch: GarchSpecification.fewestReturns
        }
    }

    /// The standard deviation of the last `window` returns after each return; `nil` before there are so many.
    static func closeToClose(_ returns: [Double], window: Int) -> [Double?] {
        var moments = SlidingMoments(window: window)
        return returns.map { moments.next($0) }
    }

    /// The exponentially weighted volatility after each return; `nil` until the first return that is not zero, since there is
    /// nothing to weight before.
    static func exponential(_ returns: [Double], lambda: Double) -> [Double?] {
        var (weighted, weights) = (0.0, 0.0)
        return returns.map { value in
            weighted = value * value + lambda * weighted
            weights = 1 + lambda * weights
            return weighted > 0 ? (weighted / weights).squareRoot() : nil
        }
    }
}
