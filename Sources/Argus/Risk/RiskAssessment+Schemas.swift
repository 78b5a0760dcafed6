public import StructuredData

extension RiskAssessment {
    /// What inputs must look like, as a JSON Schema: the envelope and the parameters.
    public static let inputSchema: JSON = {
        var schema = EnvelopeSchema.input(params: parameters)
        // A book is the least that is needed.
        schema["required"] = ["inputs", "params"]
        return schema
    }()

    // The bounds on what one task may ask for.
    private static let mostPositions = 10_000
    private static let mostMethods = 50
    private static let mostScenarios = 200
    private static let mostPaths = 10_000_000
    private static let longestHorizon = 2520
    private static let longestWindow = 1_000_000

    private static var parameters: JSON {
        [
            "type": "object", "additionalProperties": false,
            "oneOf": [["required": ["positions"]], ["required": ["weights"]]],
            "properties": [
                "positions": [
                    "type": "array", "minItems": 1, "maxItems": JSON(mostPositions),
                    "items": [
                        "type": "object", "additionalProperties": false, "required": ["symbol", "quantity"],
                        "properties": [
                            "symbol": ["type": "string", "minLength": 1],
                            "quantity": ["type": "number", "description": "units; negative where sold short"],
                            "currency": currency,
                            "price": [
                                "type": "number", "exclusiveMinimum": 0,
                                "description": "in the position's currency; the last close where absent",
                            ],
                        ],
                    ],
                ],
                "weights": [
                    "type": "object", "minProperties": 1, "maxProperties": JSON(mostPositions),
                    "additionalProperties": ["type": "number"], "description": "fractions of the portfolio's value",
                ],
                "baseCurrency": currency,
                "fx": [
                    "type": "object",
                    "patternProperties": ["^[A-Z]{6}$": ["type": "number", "exclusiveMinimum": 0]],
                    "additionalProperties": false,
                    "description": "EURUSD: how many USD one EUR is; the inverse pair will do",
                ],
                "riskFree": [
                    "type": "number", "minimum": -1, "maximum": 10, "default": 0,
                    "description": "a year's risk-free return, as a fraction",
                ],
                "adv": bySymbol([
                    "type": "number", "exclusiveMinimum": 0, "description": "average daily volume, in units",
                ]),
                "participation": [
                    "type": "number", "exclusiveMinimum": 0, "maximum": 1,
                    "default": JSON(RiskParameters.defaultParticipation),
                ],
                "confidence": [
                    "type": "array", "minItems": 1, "maxItems": 20, "uniqueItems": true, "items": confidence,
                    "default": .array(RiskParameters.defaultConfidence.map(JSON.number)),
                ],
                "horizonDays": [
                    "type": "integer", "minimum": 1, "maximum": JSON(longestHorizon), "default": 1,
                ],
                "quantile": [
                    "enum": .array(QuantileConvention.allCases.map { JSON($0.rawValue) }), "default": "linear",
                ],
                "methods": [
                    "type": "array", "minItems": 1, "maxItems": JSON(mostMethods), "items": method,
                    "default": [["method": "historical"]],
                ],
                "components": ["type": "boolean", "default": false],
                "scenarios": ["type": "array", "maxItems": JSON(mostScenarios), "items": scenario],
                "backtest": [
                    "type": "object", "additionalProperties": false, "required": ["method"],
                    "properties": [
                        "method": method,
                        "confidence": [
                            "type": "number", "minimum": 0.5, "exclusiveMaximum": 1,
                            "default": JSON(RiskParameters.defaultBacktestConfidence),
                        ],
                    ],
                ],
                "benchmark": ["type": "string", "minLength": 1],
                "returns": [
                    "enum": ["simple", "log"], "default": "simple",
                    "description": "of what kind given returns are; the risk is that of simple returns, which add up",
                ],
                "periodsPerYear": ["type": "number", "exclusiveMinimum": 0, "maximum": 1_000_000, "default": 252],
                "repair": EnvelopeSchema.repair,
            ],
        ]
    }

    private static let currency: JSON = [
        "type": "string", "pattern": "^[A-Z]{3}$",
        "description": "the base currency where absent; that is the positions' one currency, or else USD",
    ]
    private static let confidence: JSON = ["type": "number", "minimum": 0.5, "exclusiveMaximum": 1]
    private static let window: JSON = [
        "type": "integer", "minimum": 2, "maximum": JSON(longestWindow),
        "description": "the latest returns to look at; all where absent, 250 in a backtest",
    ]
    private static let paths: JSON = [
        "type": "integer", "minimum": 100, "maximum": JSON(mostPaths), "default": JSON(RiskMethod.defaultPaths),
        "description": "10000 in a backtest, where absent",
    ]
    private static let lambda: JSON = [
        "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1, "default": JSON(RiskMethod.defaultLambda),
    ]

    private static var method: JSON {
        func request(_ name: String, _ properties: JSONObject = [:]) -> JSON {
            var members: JSONObject = ["method": ["const": JSON(name)], "window": window]
            for (name, schema) in properties { members[name] = schema }
            return [
                "type": "object", "additionalProperties": false, "required": ["method"], "properties": .object(members),
            ]
        }
        return [
            "oneOf": [
                request("historical"),
                request(
                    "age-weighted",
                    [
                        "decay": [
                            "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1,
                            "default": JSON(RiskMethod.defaultDecay),
                        ]
                    ]),
                request("normal"), request("t"), request("cornish-fisher"), request("ewma", ["lambda": lambda]),
                request(
                    "filtered-historical",
                    [
                        "filter": ["enum": ["ewma", "garch"], "default": "ewma"], "lambda": lambda, "paths": paths,
                    ]),
                request(
                    "monte-carlo",
                    [
                        "copula": ["enum": ["gaussian", "t"], "default": "gaussian"],
                        "marginals": [
                            "enum": ["normal", "t", "empirical"],
                            "description": "normal where absent, t where the copula is t",
                        ],
                        "paths": paths,
                    ]),
            ]
        ]
    }

    private static var scenario: JSON {
        let name: JSON = ["type": "string", "minLength": 1, "maxLength": 253]
        let numbers = bySymbol(["type": "number"])
        func kind(_ required: JSON, _ properties: JSONObject) -> JSON {
            var members: JSONObject = ["name": name]
            for (name, schema) in properties { members[name] = schema }
            return [
                "type": "object", "additionalProperties": false, "required": required, "properties": .object(members),
            ]
        }
        return [
            "oneOf": [
                kind(["name", "from", "to"], ["from": ["type": "string"], "to": ["type": "string"]]),
                kind(
                    ["name", "shocks"],
                    [
                        "shocks": [
                            "type": "object", "minProperties": 1,
                            "additionalProperties": ["type": "number", "minimum": -1],
                            "description": "returns by symbol; * stands for those that are not named",
                        ]
                    ]),
                kind(["name", "factors", "exposures"], ["factors": numbers, "exposures": bySymbol(numbers)]),
            ]
        ]
    }

    private static func bySymbol(_ schema: JSON) -> JSON { ["type": "object", "additionalProperties": schema] }
}
