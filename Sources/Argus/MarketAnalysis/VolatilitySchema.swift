internal import StructuredData

/// The JSON Schemas of volatility models: how they are asked for, and what they answer.
enum VolatilitySchema {
    static let longestWindow = 1_000_000
    static let longestHorizon = 1000
    static let defaultLambda = 0.94
    static let defaultHorizon = 5

    /// One of the models that are asked for.
    static let request: JSON = [
        "oneOf": .array(
            [model([VolatilityModel.closeToCloseName], ["window": window(fewest: 2, of: "returns")])]
                + RangeEstimator.allCases.map {
                    model([$0.rawValue], ["window": window(fewest: $0 == .yangZhang ? 2 : 1, of: "bars")])
                }
                + [model([VolatilityModel.ewmaName], ["lambda": lambda]), garch])
    ]

    private static func model(_ names: [String], _ properties: JSONObject) -> JSON {
        var members: JSONObject = ["model": names.count == 1 ? ["const": JSON(names[0])] : ["enum": JSON(names)]]
        for (name, schema) in properties { members[name] = schema }
        return [
            "type": "object", "additionalProperties": false, "required": ["model"], "properties": .object(members),
        ]
    }

    private static func window(fewest: Int, of what: String) -> JSON {
        [
            "type": "integer", "minimum": JSON(fewest), "maximum": JSON(longestWindow),
            "description": JSON("\(what); all where absent"),
        ]
    }

    private static let lambda: JSON = [
        "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1, "default": JSON(defaultLambda),
    ]

    private static let garch = model(
        GarchSpecification.Variance.allCases.map(\.rawValue),
        [
            "distribution": [
                "enum": JSON(GarchSpecification.Distribution.allCases.map(\.rawValue)), "default": "normal",
            ],
            "mean": ["enum": JSON(GarchSpecification.Mean.allCases.map(\.rawValue)), "default": "constant"],
            "scale": [
                "type": "number", "minimum": 1e-6, "maximum": 1e6, "default": 100,
                "description":
                    "what the returns, in the unit they came in, are multiplied by; parameters, their errors and the likelihood are of the scaled returns. Returns in percent are scaled already: their default is 1",
            ],
            "backcast": [
                "oneOf": [
                    ["enum": ["exponential", "mean-squared"]],
                    ["type": "number", "exclusiveMinimum": 0, "maximum": 1e30],
                ],
                "default": "exponential",
                "description":
                    "the variance before the first return: of the residuals from the mean of the first 75 returns, weighted by 0.94; of all residuals, at every mean again; or a number, in scaled units squared",
            ],
            "horizon": [
                "type": "integer", "minimum": 1, "maximum": JSON(longestHorizon), "default": JSON(defaultHorizon),
                "description": "periods of the forecast",
            ],
        ])

    private static let number: JSON = ["type": ["number", "null"]]
    private static let numbers: JSON = ["type": "array", "items": number]

    /// What a model answers.
    static let entry: JSON = [
        "type": "object", "additionalProperties": false,
        "required": ["model", "parameters", "conditionalLast", "annualized"],
        "properties": [
            "model": ["enum": JSON(VolatilityModel.names)],
            "parameters": ["type": "object", "additionalProperties": number],
            "standardErrors": [
                "type": "object", "additionalProperties": number,
                "description": "robust (Bollerslev and Wooldridge 1992); null where there are none",
            ],
            "logLikelihood": number,
            "conditionalLast": [
                "type": ["number", "null"],
                "description":
                    "volatility per period after the last one; of garch, gjr and egarch that of the last period, given those before",
            ],
            "forecast": [
                "type": "array", "items": number,
                "description": "volatility of each period to come: the root of its expected variance",
            ],
            "annualized": [
                "type": ["number", "null"], "description": "conditionalLast times the root of the periods per year",
            ],
            "values": [
                "type": "array", "items": number, "description": "after each row; with series: all",
            ],
        ],
    ]
}
