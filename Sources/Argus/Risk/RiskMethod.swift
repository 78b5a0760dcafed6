internal import StructuredData

/// A way to find the distribution of losses.
package struct RiskMethod: Sendable {
    enum Kind: Sendable {
        case historical
        case ageWeighted(decay: Double)
        case normal
        case studentT
        case cornishFisher
        case ewma(lambda: Double)
        case filteredHistorical(filter: VolatilityFilter, paths: Int)
        case monteCarlo(copula: Copula, marginals: MarginalKind, paths: Int)
    }

    package enum Copula: String, Sendable, CaseIterable { case gaussian, t }

    package enum MarginalKind: String, Sendable, CaseIterable { case normal, t, empirical }

    let kind: Kind
    /// The latest returns that it looks at; `nil`: all.
    var window: Int?

    static let defaultDecay = 0.98
    static let defaultLambda = 0.94
    static let defaultPaths = 100_000
    /// In a backtest the simulation is made anew for every day.
    static let defaultBacktestPaths = 10_000
    static let defaultBacktestWindow = 250

    static let names = [
        "historical", "age-weighted", "normal", "t", "cornish-fisher", "ewma", "filtered-historical", "monte-carlo",
    ]

    /// - Parameter json: a request that fits the schema.
    init(_ json: JSON, isBacktest: Bool = false) {
        let paths = json["paths"]?.intValue ?? (isBacktest ? Self.defaultBacktestPaths : Self.defaultPaths)
        let lambda = json["lambda"]?.doubleValue ?? Self.defaultLambda
        switch json["method"]?.stringValue {
        case "age-weighted": kind = .ageWeighted(decay: json["decay"]?.doubleValue ?? Self.defaultDecay)
        case "normal": kind = .normal
        case "t": kind = .studentT
        case "cornish-fisher": kind = .cornishFisher
        case "ewma": kind = .ewma(lambda: lambda)
        case "filtered-historical":
            kind = .filteredHistorical(
                filter: json["filter"]?.stringValue == "garch" ? .garch : .ewma(lambda: lambda), paths: paths)
        case "monte-carlo":
            let copula = json["copula"]?.stringValue.flatMap(Copula.init) ?? .gaussian
            let marginals = json["marginals"]?.stringValue.flatMap(MarginalKind.init)
            kind = .monteCarlo(copula: copula, marginals: marginals ?? (copula == .t ? .t : .normal), paths: paths)
        default: kind = .historical
        }
        window = json["window"]?.intValue ?? (isBacktest ? Self.defaultBacktestWindow : nil)
    }

    var name: String {
        switch kind {
        case .historical: "historical"
        case .ageWeighted: "age-weighted"
        case .normal: "normal"
        case .studentT: "t"
        case .cornishFisher: "cornish-fisher"
        case .ewma: "ewma"
        case .filteredHistorical: "filtered-historical"
        case .monteCarlo: "monte-carlo"
        }
    }

    /// The method as it is asked for, with its defaults.
    var json: JSON {
        var members: JSONObject = ["method": JSON(name)]
        switch kind {
        case .historical, .normal, .studentT, .cornishFisher: break
        case .ageWeighted(let decay): members["decay"] = JSON(decay)
        case .ewma(let lambda): members["lambda"] = JSON(lambda)
        case .filteredHistorical(let filter, let paths):
            members["filter"] = JSON(filter.name)
            if case .ewma(let lambda) = filter { members["lambda"] = JSON(lambda) }
            members["paths"] = JSON(paths)
        case .monteCarlo(let copula, let marginals, let paths):
            members["copula"] = JSON(copula.rawValue)
            members["marginals"] = JSON(marginals.rawValue)
            members["paths"] = JSON(paths)
        }
        if let window { members["window"] = JSON(window) }
        return .object(members)
    }

    /// The fewest returns that it can be made of.
    var fewestReturns: Int {
        switch kind {
        case .historical, .ageWeighted, .ewma: 1
        case .normal, .monteCarlo: 2
        case .cornishFisher, .studentT: 4
        case .filteredHistorical: FilteredReturns.warmUp + 2
        }
    }

    /// Whether a horizon is simulated; otherwise it is scaled.
    var isSimulated: Bool {
        switch kind {
        case .filteredHistorical, .monteCarlo: true
        default: false
        }
    }

    /// How many variates a fit simulates for so many assets, about; a bound on its work.
    func variates(assets: Int, horizon: Int) -> Int {
        switch kind {
        case .monteCarlo(_, _, let paths): paths * horizon * assets
        case .filteredHistorical(_, let paths): horizon > 1 ? paths * horizon : 0
        default: 0
        }
    }
}

/// What brings past returns to a common scale of volatility.
enum VolatilityFilter: Sendable {
    case ewma(lambda: Double)
    case garch

    var name: String {
        switch self {
        case .ewma: "ewma"
        case .garch: "garch"
        }
    }
}
