public import StructuredData

extension Advisory {
    /// What inputs must look like, as a JSON Schema.
    public static let inputSchema: JSON = EnvelopeSchema.input(params: parameters)

    /// The bounds on what one task may ask for.
    private static let (mostViews, mostGroups, mostPoints) = (100, 100, 200)

    private static var parameters: JSON {
        [
            "type": "object", "additionalProperties": false, "required": ["objective"],
            "properties": [
                "objective": objective,
                "covariance": covariance,
                "mean": [
                    "default": "historical",
                    "oneOf": [
                        ["enum": ["historical", "capm"]],
                        numbers(["type": "number", "minimum": -10, "maximum": 100], "expected returns of a year"),
                    ],
                ],
                "views": ["type": "array", "maxItems": JSON(mostViews), "items": view],
                "marketWeights": numbers(["type": "number", "minimum": 0, "maximum": 1e15], "scaled to add up to 1"),
                "riskAversion": ["type": "number", "exclusiveMinimum": 0, "maximum": 1e6, "default": 2.5],
                "tau": ["type": "number", "exclusiveMinimum": 0, "maximum": 100, "default": 0.05],
                "constraints": constraints,
                "holdings": numbers(["type": "number", "minimum": -1e15, "maximum": 1e15], "shares held"),
                "cash": ["type": "number", "minimum": -1e15, "maximum": 1e15, "default": 0],
                "prices": numbers(
                    ["type": "number", "exclusiveMinimum": 1e-12, "maximum": 1e12], "instead of the last close"),
                "lotSize": ["type": "number", "minimum": 1e-9, "maximum": 1e9, "default": 1],
                "costs": costs,
                "noTradeBand": [
                    "type": "number", "minimum": 0, "maximum": 1, "default": 0,
                    "description": "a change of weight below which nothing is traded",
                ],
                "policy": policy,
                "frontier": [
                    "type": "integer", "minimum": 2, "maximum": JSON(mostPoints),
                    "description": "points of the frontier",
                ],
                "periodsPerYear": ["type": "number", "minimum": 0.001, "maximum": 1_000_000, "default": 252],
                "repair": EnvelopeSchema.repair,
            ],
        ]
    }

    private static func numbers(_ value: JSON, _ description: String) -> JSON {
        ["type": "object", "additionalProperties": value, "description": JSON(description)]
    }

    private static let weight: JSON = ["type": "number", "minimum": -10, "maximum": 10]

    private static var objective: JSON {
        [
            "type": "object", "additionalProperties": false, "required": ["kind"],
            "properties": [
                "kind": ["enum": .array(AdvisoryParameters.Objective.allCases.map { JSON($0.rawValue) })],
                "target": [
                    "type": "number", "minimum": -100, "maximum": 100,
                    "description":
                        "a year's return for target-return and mean-cvar (at least), a year's volatility for target-risk (at most)",
                ],
                "riskFree": ["type": "number", "minimum": -1, "maximum": 10, "default": 0],
                "confidence": ["type": "number", "minimum": 0.5, "maximum": 0.9999, "default": 0.95],
            ],
        ]
    }

    private static var covariance: JSON {
        var schema = CovarianceEstimator.schema
        let matrix: JSON = [
            "type": "object", "additionalProperties": false, "required": ["matrix"],
            "properties": [
                "matrix": [
                    "type": "object", "minProperties": 1,
                    "additionalProperties": numbers(
                        ["type": "number", "minimum": -1e6, "maximum": 1e6], "a row, by symbol"),
                    "description": "covariances of a period, by symbol, as a market-analysis answers them",
                ]
            ],
        ]
        schema["oneOf"] = .array((schema["oneOf"]?.arrayValue ?? []) + [matrix])
        return schema
    }

    private static var view: JSON {
        let side = numbers(["type": "number", "exclusiveMinimum": 0, "maximum": 10], "weights by symbol")
        return [
            "type": "object", "additionalProperties": false, "required": ["return"],
            "properties": [
                "long": side, "short": side,
                "return": [
                    "type": "number", "minimum": -10, "maximum": 10, "description": "of long minus short, of a year",
                ],
                "confidence": ["type": "number", "minimum": 0, "maximum": 1],
            ],
        ]
    }

    private static var constraints: JSON {
        [
            "type": "object", "additionalProperties": false,
            "properties": [
                "min": weight.described("of each symbol; 0 where not given"),
                "max": weight.described("of each symbol; 1 where not given"),
                "bounds": [
                    "type": "object",
                    "additionalProperties": ["type": "array", "minItems": 2, "maxItems": 2, "items": weight],
                    "description": "of a symbol: within min and max where those are given too",
                ],
                "groups": [
                    "type": "array", "maxItems": JSON(mostGroups),
                    "items": [
                        "type": "object", "additionalProperties": false, "required": ["name", "symbols"],
                        "properties": [
                            "name": ["type": "string", "minLength": 1, "maxLength": 253],
                            "symbols": [
                                "type": "array", "minItems": 1, "items": ["type": "string"], "uniqueItems": true,
                            ],
                            "min": weight, "max": weight,
                        ],
                        "anyOf": [["required": ["min"]], ["required": ["max"]]],
                    ],
                ],
                "turnover": [
                    "type": "number", "minimum": 0, "maximum": 10,
                    "description": "half the sum of all changes of weight, that of cash among them",
                ],
                "cash": ["type": "number", "minimum": -1, "maximum": 0.999, "default": 0],
                "count": [
                    "type": "integer", "minimum": 1, "maximum": 100_000,
                    "description": "symbols with a weight, at most",
                ],
            ],
        ]
    }

    private static var costs: JSON {
        let coefficient: JSON = ["type": "number", "minimum": 0, "maximum": 1000]
        return [
            "type": "object", "additionalProperties": false,
            "properties": [
                "bps": ["type": "number", "minimum": 0, "maximum": 10_000, "default": 0],
                "fixed": ["type": "number", "minimum": 0, "maximum": 1e9, "default": 0, "description": "an order"],
                "impact": [
                    "description":
                        "k of k·σ·√(quantity/ADV)·value; ADV in shares, that of the last 20 bars where not given",
                    "oneOf": [
                        coefficient,
                        [
                            "type": "object", "additionalProperties": false, "required": ["coefficient"],
                            "properties": [
                                "coefficient": coefficient,
                                "adv": numbers(
                                    ["type": "number", "exclusiveMinimum": 0, "maximum": 1e15], "shares a day"),
                            ],
                        ],
                    ],
                ],
                "horizonDays": [
                    "type": "number", "minimum": 1, "maximum": 100_000,
                    "description":
                        "trading days (252 a year) over which costs must be earned: weights are then optimal net of them; where not given, costs are in orders and benefits only",
                ],
            ],
        ]
    }

    private static var policy: JSON {
        [
            "type": "object", "additionalProperties": false,
            "properties": [
                "maxValueAtRisk": [
                    "type": "number", "exclusiveMinimum": 0, "maximum": 1,
                    "description": "historical, of one period at 0.99, as a fraction of value",
                ],
                "maxWeight": ["type": "number", "exclusiveMinimum": 0, "maximum": 10],
                "allowed": ["type": "array", "items": ["type": "string"]],
            ],
        ]
    }
}

extension JSON {
    fileprivate func described(_ text: String) -> JSON {
        var copy = self
        copy["description"] = JSON(text)
        return copy
    }
}
