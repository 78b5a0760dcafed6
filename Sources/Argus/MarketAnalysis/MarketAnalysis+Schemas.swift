public import StructuredData

extension MarketAnalysis {
    /// What inputs must look like, as a JSON Schema: the envelope and the parameters, with every function and model that this
    /// version knows.
    public static let inputSchema: JSON = EnvelopeSchema.input(params: parameters)

    /// What answers look like, as a JSON Schema.
    public static let outputSchema: JSON = EnvelopeSchema.output(result: result)

    /// The bounds on what one task may ask for.
    private static let mostFunctions = 200
    private static let mostModels = 20

    private static var parameters: JSON {
        [
            "type": "object", "additionalProperties": false,
            "properties": [
                "functions": [
                    "type": "array", "maxItems": JSON(mostFunctions),
                    "items": ["oneOf": .array(IndicatorFunction.all.map(request))],
                ],
                "series": ["enum": ["all", "last"], "default": "last"],
                "volatility": [
                    "type": "array", "maxItems": JSON(mostModels), "items": VolatilitySchema.request,
                ],
                "statistics": ["type": "boolean", "default": true],
                "regimes": ["type": "boolean", "default": true],
                "covariance": CovarianceEstimator.schema,
                "returns": ["enum": ["simple", "log"], "default": "simple"],
                "periodsPerYear": ["type": "number", "exclusiveMinimum": 0, "maximum": 1_000_000, "default": 252],
                "riskFree": [
                    "type": "number", "minimum": -1, "maximum": 10, "default": 0,
                    "description": "a year's risk-free return, as a fraction",
                ],
                "repair": EnvelopeSchema.repair,
            ],
        ]
    }

    /// A request for a function.
    private static func request(_ function: IndicatorFunction) -> JSON {
        let parameters = function.parameters.map { ($0.name, schema(of: $0)) }
        return [
            "type": "object", "additionalProperties": false, "required": ["function"], "title": JSON(function.title),
            "properties": [
                "function": ["const": JSON(function.name)],
                "parameters": [
                    "type": "object", "additionalProperties": false, "properties": .object(JSONObject(parameters)),
                ],
                "inputs": [
                    "type": "array", "minItems": JSON(function.inputs.count), "maxItems": JSON(function.inputs.count),
                    "items": ["type": "string"],
                    "description": JSON(
                        "columns to read, such as SPX.close, instead of each symbol's "
                            + function.inputs.map(\.rawValue).joined(separator: ", ")),
                ],
            ],
        ]
    }

    private static func schema(of parameter: IndicatorParameter) -> JSON {
        switch parameter.kind {
        case .integer(let range):
            [
                "type": "integer", "minimum": JSON(range.lowerBound), "maximum": JSON(range.upperBound),
                "default": JSON(Int(parameter.defaultValue)),
            ]
        case .real(let range):
            [
                "type": "number", "minimum": JSON(range.lowerBound), "maximum": JSON(range.upperBound),
                "default": JSON(parameter.defaultValue),
            ]
        case .movingAverage:
            [
                "enum": .array(MovingAverageKind.allCases.map { JSON($0.rawValue) }),
                "default": JSON(Int(parameter.defaultValue)),
            ]
        }
    }

    // MARK: - Results

    private static let number: JSON = ["type": ["number", "null"]]
    private static let place: JSON = ["type": ["string", "integer", "null"]]

    private static var result: JSON {
        [
            "type": "object", "additionalProperties": false, "required": ["reading", "figures"],
            "properties": [
                "series": bySymbol(["type": "object", "additionalProperties": bySymbol(numbers)]),
                "volatility": bySymbol(["type": "array", "items": VolatilitySchema.entry]),
                "statistics": bySymbol(statistics),
                "regimes": bySymbol(regime),
                "correlation": bySymbol(bySymbol(number)),
                "covariance": bySymbol(bySymbol(number)),
                "reading": bySymbol(["type": "string"]),
                "figures": bySymbol(["type": "object", "additionalProperties": ["type": ["number", "string"]]]),
            ],
        ]
    }

    private static func bySymbol(_ schema: JSON) -> JSON { ["type": "object", "additionalProperties": schema] }

    private static var numbers: JSON { ["type": "array", "items": number] }

    private static var statistics: JSON {
        let test: JSON = [
            "type": "object", "required": ["statistic", "pValue"],
            "properties": ["lag": ["type": "integer"], "statistic": number, "pValue": number],
        ]
        return [
            "type": "object", "additionalProperties": false,
            "required": [
                "observations", "mean", "stdev", "skewness", "kurtosis", "annualReturn", "annualVolatility", "sharpe",
                "maxDrawdown", "jarqueBera", "ljungBox", "adf",
            ],
            "properties": [
                "observations": ["type": "integer"], "mean": number, "stdev": number, "skewness": number,
                "kurtosis": number, "annualReturn": number, "annualVolatility": number, "sharpe": number,
                "maxDrawdown": [
                    "type": "object", "additionalProperties": false, "required": ["depth"],
                    "properties": [
                        "depth": ["type": "number", "minimum": 0], "peak": place, "trough": place, "recovered": place,
                    ],
                ],
                "jarqueBera": test, "ljungBox": ["type": "array", "items": test],
                "adf": [
                    "type": ["object", "null"], "additionalProperties": false,
                    "required": ["statistic", "pValue", "lags", "observations", "criticalValues"],
                    "description":
                        "augmented Dickey-Fuller test of a unit root in the logarithm of the close: constant, lags by AIC",
                    "properties": [
                        "statistic": ["type": "number"], "pValue": ["type": "number"], "lags": ["type": "integer"],
                        "observations": ["type": "integer"],
                        "criticalValues": ["type": "object", "additionalProperties": ["type": "number"]],
                    ],
                ],
            ],
        ]
    }

    private static var regime: JSON {
        [
            "type": "object", "additionalProperties": false, "required": ["trend", "volatility", "since", "rule"],
            "properties": [
                "trend": ["enum": JSON(Regime.Trend.allCases.map(\.rawValue))],
                "volatility": ["enum": JSON(Regime.Volatility.allCases.map(\.rawValue))],
                "since": place, "rule": ["type": "string"],
            ],
        ]
    }
}
