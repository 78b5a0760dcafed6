internal import StructuredData

extension VolatilityModel {
    /// - Parameter json: what fits ``VolatilitySchema/request``.
    init(_ json: JSON) {
        let name = json["model"]?.stringValue ?? ""
        let window = json["window"]?.intValue
        if let estimator = RangeEstimator(rawValue: name) {
            self = .range(estimator, window: window)
        } else if let variance = GarchSpecification.Variance(rawValue: name) {
            var specification = GarchSpecification(variance: variance)
            specification.distribution = json["distribution"]?.stringValue == "t" ? .t : .normal
            specification.mean = json["mean"]?.stringValue == "zero" ? .zero : .constant
            specification.scale = json["scale"]?.doubleValue ?? specification.scale
            specification.backcast =
                json["backcast"]?.doubleValue.map { .fixed($0) }
                ?? (json["backcast"]?.stringValue == "mean-squared" ? .meanSquared : .exponential)
            self = .garch(
                specification, hasScale: json["scale"] != nil,
                horizon: json["horizon"]?.intValue ?? VolatilitySchema.defaultHorizon)
        } else if name == Self.ewmaName {
            self = .ewma(lambda: json["lambda"]?.doubleValue ?? VolatilitySchema.defaultLambda)
        } else {
            self = .closeToClose(window: window)
        }
    }

    /// The parameters that it was asked for with, by name.
    var settings: JSONObject {
        switch self {
        case .closeToClose(let window), .range(_, let window): return window.map { ["window": JSON($0)] } ?? [:]
        case .ewma(let lambda): return ["lambda": JSON(lambda)]
        case .garch(let specification, _, let horizon):
            let backcast: JSON =
                switch specification.backcast {
                case .exponential: "exponential"
                case .meanSquared: "mean-squared"
                case .fixed(let value): JSON(value)
                }
            return [
                "distribution": JSON(specification.distribution.rawValue), "mean": JSON(specification.mean.rawValue),
                "scale": JSON(specification.scale), "backcast": backcast, "horizon": JSON(horizon),
            ]
        }
    }

    /// The model as it is asked for.
    var json: JSON {
        var members: JSONObject = ["model": JSON(name)]
        for (name, value) in settings { members[name] = value }
        return .object(members)
    }
}
