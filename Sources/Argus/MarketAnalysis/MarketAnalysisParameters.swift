internal import StructuredData

/// The parameters of a market analysis, as used: what was given, and defaults for the rest.
struct MarketAnalysisParameters: Sendable {
    struct FunctionRequest: Sendable {
        let function: IndicatorFunction
        let arguments: IndicatorArguments
        /// The columns to read; `nil`: each symbol's own.
        let inputs: [String]?
        let path: JSONPointer
    }

    /// A part of the result that is made unless it is declined.
    enum Section: Sendable, Equatable {
        /// Asked for: data that does not suffice is rejected.
        case asked
        /// By default: data that does not suffice is a warning.
        case offered
        case declined
    }

    var functions: [FunctionRequest] = []
    /// Whether series hold all values or the last only.
    var isWholeSeries = false
    var volatility: [VolatilityModel] = []
    var statistics = Section.offered
    var regimes = Section.offered
    var covariance = Section.offered
    var covarianceEstimator = CovarianceEstimator.sample
    var returns = ReturnKind.simple
    var periodsPerYear = 252.0
    var riskFree = 0.0
    var missing = InputReader.MissingPolicy.reject
    var covarianceRepair = "reject"

    /// - Parameter input: an envelope that fits the schema.
    init(_ input: JSON) throws(Rejection) {
        let params = input["params"] ?? [:]
        let root = JSONPointer(tokens: ["params"])
        for (index, request) in (params["functions"]?.arrayValue ?? []).enumerated() {
            functions.append(try Self.request(request, at: root.appending("functions").appending(index)))
        }
        isWholeSeries = params["series"]?.stringValue == "all"
        volatility = (params["volatility"]?.arrayValue ?? []).map(VolatilityModel.init)
        statistics = Self.section(params["statistics"])
        regimes = Self.section(params["regimes"])
        covariance = params["covariance"] == nil ? .offered : .asked
        covarianceEstimator = CovarianceEstimator(params["covariance"])
        returns = params["returns"]?.stringValue.flatMap(ReturnKind.init) ?? returns
        periodsPerYear = params["periodsPerYear"]?.doubleValue ?? periodsPerYear
        riskFree = params["riskFree"]?.doubleValue ?? riskFree
        let repair = try Envelope.repair(input)
        missing = repair?["missing"]?.stringValue.flatMap(InputReader.MissingPolicy.init) ?? missing
        covarianceRepair = repair?["covariance"]?.stringValue ?? covarianceRepair
    }

    private static func section(_ json: JSON?) -> Section {
        json?.boolValue.map { $0 ? .asked : .declined } ?? .offered
    }

    private static func request(_ json: JSON, at path: JSONPointer) throws(Rejection) -> FunctionRequest {
        let name = json["function"]?.stringValue ?? ""
        guard let function = IndicatorFunction.named(name) else {
            throw Rejection(Finding(.schema, path: path.appending("function"), IndicatorFunction.unknown(name)))
        }
        var given: [String: Double] = [:]
        for (name, value) in json["parameters"]?.objectValue ?? [:] { given[name] = value.doubleValue }
        do throws(IndicatorArgumentError) {
            return FunctionRequest(
                function: function, arguments: try function.arguments(given),
                inputs: json["inputs"]?.arrayValue?.compactMap(\.stringValue), path: path)
        } catch {
            let place = path.appending("parameters").appending(error.parameter)
            throw Rejection(Finding(.schema, path: place, "\(place): \(error.message)"))
        }
    }

    /// The parameters for the answer's lineage.
    var json: JSON {
        [
            "functions": .array(functions.map(\.json)),
            "series": isWholeSeries ? "all" : "last",
            "volatility": .array(volatility.map(\.json)),
            "statistics": JSON(statistics != .declined), "regimes": JSON(regimes != .declined),
            "covariance": covarianceEstimator.json, "returns": JSON(returns.rawValue),
            "periodsPerYear": JSON(periodsPerYear),
            "riskFree": JSON(riskFree),
            "repair": ["missing": JSON(missing.rawValue), "covariance": JSON(covarianceRepair)],
        ]
    }
}

extension MarketAnalysisParameters.FunctionRequest {
    var json: JSON {
        var members: JSONObject = ["function": JSON(function.name), "parameters": .object(arguments.json(function))]
        if let inputs { members["inputs"] = JSON(inputs) }
        return .object(members)
    }

    /// The function's name with its parameters, such as `RSI(timeperiod=28)`.
    var longName: String {
        let parameters = zip(arguments.names, arguments.values).map { "\($0)=\(NumberText.shortest($1))" }
        return "\(function.name)(\(parameters.joined(separator: ",")))"
    }
}

extension IndicatorArguments {
    /// The arguments by name, integers as integers.
    func json(_ function: IndicatorFunction) -> JSONObject {
        JSONObject(
            zip(function.parameters, values).map { parameter, value in
                (parameter.name, parameter.isInteger ? JSON(Int(value)) : JSON(value))
            })
    }
}
