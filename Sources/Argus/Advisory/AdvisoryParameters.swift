internal import StructuredData

/// The parameters of advice, as used: what was given, and defaults for the rest.
struct AdvisoryParameters: Sendable {
    enum Objective: String, Sendable, CaseIterable {
        case minimumVariance = "minimum-variance"
        case maximumSharpe = "maximum-sharpe"
        case targetReturn = "target-return"
        case targetRisk = "target-risk"
        case meanCVaR = "mean-cvar"
        case equalRisk = "equal-risk"
        case hrp = "hrp"
        case blackLitterman = "black-litterman"

        var needsTarget: Bool { self == .targetReturn || self == .targetRisk }
        var takesTarget: Bool { needsTarget || self == .meanCVaR }
    }

    enum Covariance: Sendable, Equatable {
        case estimated(CovarianceEstimator)
        /// Per period, by symbol.
        case given([String: [String: Double]])
    }

    enum Mean: Sendable, Equatable {
        case historical, capm
        /// Per year, by symbol.
        case given([String: Double])
    }

    struct View: Sendable {
        var long: [String: Double]
        var short: [String: Double]
        var expected: Double
        var confidence: Double?
    }

    struct Group: Sendable {
        var name: String
        var symbols: [String]
        var minimum: Double?
        var maximum: Double?
    }

    struct Bounds: Sendable {
        var lower: Double
        var upper: Double
    }

    struct Constraints: Sendable {
        /// `nil`: not given, 0.
        var minimum: Double?
        /// `nil`: not given, 1.
        var maximum: Double?
        var bounds: [String: Bounds] = [:]
        var groups: [Group] = []
        var turnover: Double?
        var cash = 0.0
        var count: Int?
    }

    struct Costs: Sendable {
        var basisPoints = 0.0
        var fixed = 0.0
        /// k of k·σ·√(q/ADV)·value; 0: none.
        var impact = 0.0
        /// Daily volumes in shares.
        var volumes: [String: Double] = [:]
        /// Trading days over which costs must be earned, for weights that are optimal net of them; `nil`: weights do not look
        /// at costs.
        var horizon: Double?

        var areNone: Bool { basisPoints == 0 && fixed == 0 && impact == 0 }
    }

    struct Policy: Sendable {
        var maximumValueAtRisk: Double?
        var maximumWeight: Double?
        var allowed: [String]?
    }

    var objective = Objective.minimumVariance
    var target: Double?
    var riskFree = 0.0
    var confidence = 0.95
    var covariance = Covariance.estimated(.sample)
    var mean = Mean.historical
    var views: [View] = []
    var marketWeights: [String: Double]?
    var riskAversion = 2.5
    var tau = 0.05
    var constraints = Constraints()
    var holdings: [String: Double] = [:]
    var cash = 0.0
    var prices: [String: Double] = [:]
    var lotSize = 1.0
    var costs = Costs()
    var noTradeBand = 0.0
    var policy = Policy()
    /// Points of the efficient frontier; 0: none.
    var frontier = 0
    var periodsPerYear = 252.0
    var missing = InputReader.MissingPolicy.reject
    var repairsCovariance = false

    static let path = JSONPointer(tokens: ["params"])
    static let constraintsPath = path.appending("constraints")

    /// - Parameter input: an envelope that fits the schema.
    init(_ input: JSON) throws(Rejection) {
        let params = input["params"] ?? [:]
        try readObjective(params["objective"])
        readModel(params)
        readConstraints(params["constraints"])
        readBook(params)
        periodsPerYear = params["periodsPerYear"]?.doubleValue ?? periodsPerYear
        frontier = params["frontier"]?.intValue ?? frontier
        let repair = try Envelope.repair(input)
        missing = repair?["missing"]?.stringValue.flatMap(InputReader.MissingPolicy.init) ?? missing
        repairsCovariance = repair?["covariance"]?.stringValue == "nearest"
        if constraints.turnover != nil, holdings.isEmpty, cash == 0 {
            throw Self.bad(
                Self.constraintsPath.appending("turnover"), "a turnover needs holdings or cash to be measured from")
        }
        if costs.horizon != nil, !hasBook {
            throw Self.bad(
                Self.path.appending("costs").appending("horizonDays"),
                "weights net of costs need holdings or cash to trade from")
        }
    }

    private static func bad(_ path: JSONPointer, _ message: String) -> Rejection {
        Rejection(Finding(.schema, path: path, "\(path): \(message)"))
    }

    private mutating func readObjective(_ json: JSON?) throws(Rejection) {
        objective = json?["kind"]?.stringValue.flatMap(Objective.init) ?? objective
        target = json?["target"]?.doubleValue
        riskFree = json?["riskFree"]?.doubleValue ?? riskFree
        confidence = json?["confidence"]?.doubleValue ?? confidence
        let path = Self.path.appending("objective")
        if target == nil, objective.needsTarget {
            throw Self.bad(
                path.appending("target"),
                "\(objective.rawValue) needs a target, \(objective == .targetRisk ? "a volatility" : "a return") of a year"
            )
        }
        if target != nil, !objective.takesTarget {
            throw Self.bad(path.appending("target"), "\(objective.rawValue) takes no target")
        }
        if objective == .targetRisk, let target, target <= 0 {
            throw Self.bad(path.appending("target"), "a volatility must be positive")
        }
    }

    private mutating func readModel(_ params: JSON) {
        if let matrix = params["covariance"]?["matrix"]?.objectValue {
            covariance = .given(
                Dictionary(matrix.map { ($0.key, Self.numbers($0.value)) }, uniquingKeysWith: { first, _ in first }))
        } else {
            covariance = .estimated(CovarianceEstimator(params["covariance"]))
        }
        switch params["mean"] {
        case .object?: mean = .given(Self.numbers(params["mean"]))
        case .string("capm")?: mean = .capm
        default: mean = .historical
        }
        views = (params["views"]?.arrayValue ?? []).map { view in
            View(
                long: Self.numbers(view["long"]), short: Self.numbers(view["short"]),
                expected: view["return"]?.doubleValue ?? 0, confidence: view["confidence"]?.doubleValue)
        }
        marketWeights = params["marketWeights"].map(Self.numbers)
        riskAversion = params["riskAversion"]?.doubleValue ?? riskAversion
        tau = params["tau"]?.doubleValue ?? tau
    }

    private mutating func readConstraints(_ json: JSON?) {
        constraints.minimum = json?["min"]?.doubleValue
        constraints.maximum = json?["max"]?.doubleValue
        for (symbol, pair) in json?["bounds"]?.objectValue ?? [:] {
            constraints.bounds[symbol] = Bounds(
                lower: pair[0]?.doubleValue ?? 0, upper: pair[1]?.doubleValue ?? 1)
        }
        constraints.groups = (json?["groups"]?.arrayValue ?? []).map { group in
            Group(
                name: group["name"]?.stringValue ?? "",
                symbols: (group["symbols"]?.arrayValue ?? []).compactMap(\.stringValue),
                minimum: group["min"]?.doubleValue, maximum: group["max"]?.doubleValue)
        }
        constraints.turnover = json?["turnover"]?.doubleValue
        constraints.cash = json?["cash"]?.doubleValue ?? 0
        constraints.count = json?["count"]?.intValue
    }

    private mutating func readBook(_ params: JSON) {
        holdings = Self.numbers(params["holdings"])
        cash = params["cash"]?.doubleValue ?? cash
        prices = Self.numbers(params["prices"])
        lotSize = params["lotSize"]?.doubleValue ?? lotSize
        let given = params["costs"]
        costs.basisPoints = given?["bps"]?.doubleValue ?? 0
        costs.fixed = given?["fixed"]?.doubleValue ?? 0
        costs.impact = given?["impact"]?.doubleValue ?? given?["impact"]?["coefficient"]?.doubleValue ?? 0
        costs.volumes = Self.numbers(given?["impact"]?["adv"])
        costs.horizon = given?["horizonDays"]?.doubleValue
        noTradeBand = params["noTradeBand"]?.doubleValue ?? noTradeBand
        policy = Policy(
            maximumValueAtRisk: params["policy"]?["maxValueAtRisk"]?.doubleValue,
            maximumWeight: params["policy"]?["maxWeight"]?.doubleValue,
            allowed: params["policy"]?["allowed"]?.arrayValue.map { $0.compactMap(\.stringValue) })
    }

    private static func numbers(_ json: JSON?) -> [String: Double] {
        var result: [String: Double] = [:]
        for (key, value) in json?.objectValue ?? [:] { result[key] = value.doubleValue }
        return result
    }

    /// Whether there is anything to trade with.
    var hasBook: Bool { !holdings.isEmpty || cash != 0 }
}
