internal import StructuredData

/// The parameters of a risk assessment, as used: what was given, and defaults for the rest.
struct RiskParameters: Sendable {
    struct Position: Sendable {
        let symbol: String
        let quantity: Double
        let currency: String
        /// In its currency; `nil`: the last one of its input.
        let price: Double?
    }

    struct BacktestRequest: Sendable {
        let method: RiskMethod
        let confidence: Double
    }

    /// `nil`: weights were given.
    let positions: [Position]?
    let weights: [(symbol: String, weight: Double)]
    let baseCurrency: String
    let fx: [(pair: String, rate: Double)]
    let riskFree: Double
    let volumes: [(symbol: String, volume: Double)]
    let participation: Double
    let confidence: [Double]
    let horizon: Int
    let quantile: QuantileConvention
    let methods: [RiskMethod]
    let hasComponents: Bool
    let scenarios: [StressScenario]
    let backtest: BacktestRequest?
    let benchmark: String?
    let periodsPerYear: Double
    let returns: ReturnKind
    let missing: InputReader.MissingPolicy
    let covarianceRepair: String
    let seed: UInt64

    static let defaultConfidence = [0.95, 0.99]
    static let defaultParticipation = 0.1
    static let defaultBacktestConfidence = 0.99

    /// - Parameter input: an envelope that fits the schema.
    init(_ input: JSON) throws(Rejection) {
        let params = input["params"] ?? [:]
        let rawPositions = params["positions"]?.arrayValue
        let currencies = Set((rawPositions ?? []).compactMap { $0["currency"]?.stringValue })
        // Where all positions agree on a currency there is nothing to convert.
        let base = params["baseCurrency"]?.stringValue ?? (currencies.count == 1 ? currencies.first : nil) ?? "USD"
        baseCurrency = base
        positions = rawPositions.map { positions in
            positions.map {
                Position(
                    symbol: $0["symbol"]?.stringValue ?? "", quantity: $0["quantity"]?.doubleValue ?? .nan,
                    currency: $0["currency"]?.stringValue ?? base, price: $0["price"]?.doubleValue)
            }
        }
        weights = Self.pairs(params["weights"])
        fx = Self.pairs(params["fx"])
        riskFree = params["riskFree"]?.doubleValue ?? 0
        volumes = Self.pairs(params["adv"])
        participation = params["participation"]?.doubleValue ?? Self.defaultParticipation
        confidence = params["confidence"]?.arrayValue?.compactMap(\.doubleValue) ?? Self.defaultConfidence
        horizon = params["horizonDays"]?.intValue ?? 1
        quantile = params["quantile"]?.stringValue.flatMap(QuantileConvention.init) ?? .linear
        methods = (params["methods"]?.arrayValue ?? [["method": "historical"]]).map { RiskMethod($0) }
        hasComponents = params["components"]?.boolValue ?? false
        scenarios = try Self.scenarios(params["scenarios"])
        backtest = params["backtest"].map { request in
            BacktestRequest(
                method: RiskMethod(request["method"] ?? [:], isBacktest: true),
                confidence: request["confidence"]?.doubleValue ?? Self.defaultBacktestConfidence)
        }
        benchmark = params["benchmark"]?.stringValue
        periodsPerYear = params["periodsPerYear"]?.doubleValue ?? 252
        returns = params["returns"]?.stringValue.flatMap(ReturnKind.init) ?? .simple
        let repair = try Envelope.repair(input)
        missing = repair?["missing"]?.stringValue.flatMap(InputReader.MissingPolicy.init) ?? .reject
        covarianceRepair = repair?["covariance"]?.stringValue ?? "reject"
        seed = try Self.seed(input["seed"])
    }

    private static func pairs(_ json: JSON?) -> [(String, Double)] {
        (json?.objectValue ?? [:]).map { ($0.key, $0.value.doubleValue ?? .nan) }
    }

    private static func scenarios(_ json: JSON?) throws(Rejection) -> [StressScenario] {
        var scenarios: [StressScenario] = []
        for (index, scenario) in (json?.arrayValue ?? []).enumerated() {
            scenarios.append(
                try StressScenario(scenario, at: JSONPointer(tokens: ["params", "scenarios", String(index)])))
        }
        return scenarios
    }

    private static func seed(_ json: JSON?) throws(Rejection) -> UInt64 {
        guard let json else { return 0 }
        guard let value = json.intValue else {
            let path = JSONPointer(tokens: ["seed"])
            throw Rejection(Finding(.schema, path: path, "\(path): \(json.text()) is not an integer of 64 bits"))
        }
        return UInt64(bitPattern: Int64(value))
    }

    /// The parameters for the answer's lineage.
    var json: JSON {
        var members = JSONObject()
        if let positions {
            members["positions"] = .array(positions.map(\.json))
            members["baseCurrency"] = JSON(baseCurrency)
            members["fx"] = Self.object(fx)
        } else {
            members["weights"] = Self.object(weights)
        }
        members["riskFree"] = JSON(riskFree)
        if !volumes.isEmpty {
            members["adv"] = Self.object(volumes)
            members["participation"] = JSON(participation)
        }
        members["confidence"] = .array(confidence.map(JSON.number))
        members["horizonDays"] = JSON(horizon)
        members["quantile"] = JSON(quantile.rawValue)
        members["methods"] = .array(methods.map(\.json))
        members["components"] = JSON(hasComponents)
        if !scenarios.isEmpty { members["scenarios"] = .array(scenarios.map(\.json)) }
        if let backtest {
            members["backtest"] = ["method": backtest.method.json, "confidence": JSON(backtest.confidence)]
        }
        if let benchmark { members["benchmark"] = JSON(benchmark) }
        members["returns"] = JSON(returns.rawValue)
        members["periodsPerYear"] = JSON(periodsPerYear)
        members["repair"] = ["missing": JSON(missing.rawValue), "covariance": JSON(covarianceRepair)]
        return .object(members)
    }

    private static func object(_ pairs: [(String, Double)]) -> JSON {
        .object(JSONObject(pairs.map { ($0.0, JSON($0.1)) }))
    }
}

extension RiskParameters.Position {
    var json: JSON {
        var members: JSONObject = [
            "symbol": JSON(symbol), "quantity": JSON(quantity), "currency": JSON(currency),
        ]
        if let price { members["price"] = JSON(price) }
        return .object(members)
    }
}
