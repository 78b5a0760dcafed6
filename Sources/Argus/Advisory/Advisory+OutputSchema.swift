public import StructuredData

extension Advisory {
    /// What answers look like, as a JSON Schema.
    public static let outputSchema: JSON = EnvelopeSchema.output(result: result)

    private static let number: JSON = ["type": "number"]
    private static let numberOrNull: JSON = ["type": ["number", "null"]]
    private static let weights: JSON = ["type": "object", "additionalProperties": number]

    private static var result: JSON {
        [
            "type": "object", "additionalProperties": false,
            "required": [
                "weights", "objective", "expectedReturn", "volatility", "sharpe", "cvar", "optimality", "orders",
                "cashAfter", "explanations", "policy", "notice",
            ],
            "properties": [
                "weights": weights,
                "objective": [
                    "type": "number",
                    "description":
                        "of a period: the variance; for maximum-sharpe the Sharpe ratio, target-risk the return, mean-cvar the expected shortfall, black-litterman the utility; net of costs where these are in it",
                ],
                "expectedReturn": number, "volatility": number, "sharpe": numberOrNull, "cvar": number,
                "optimality": [
                    "type": "object", "additionalProperties": false, "required": ["kktResidual", "iterations"],
                    "properties": ["kktResidual": numberOrNull, "iterations": ["type": "integer"]],
                ],
                "orders": ["type": "array", "items": order],
                "cashAfter": number,
                "costs": costSummary,
                "frontier": [
                    "type": "array",
                    "items": [
                        "type": "object", "additionalProperties": false,
                        "required": ["return", "volatility", "weights"],
                        "properties": ["return": number, "volatility": number, "weights": weights],
                    ],
                ],
                "explanations": ["type": "array", "items": ["oneOf": [binding, contribution, trade]]],
                "policy": policyResult,
                "notice": ["const": JSON(notice)],
            ],
        ]
    }

    private static var order: JSON {
        [
            "type": "object", "additionalProperties": false,
            "required": ["symbol", "side", "quantity", "price", "cost"],
            "properties": [
                "symbol": ["type": "string"], "side": ["enum": ["buy", "sell"]],
                "quantity": ["type": "number", "exclusiveMinimum": 0], "price": number, "cost": number,
            ],
        ]
    }

    private static var costSummary: JSON {
        [
            "type": "object", "additionalProperties": false,
            "required": ["orders", "weights", "inObjective", "text"],
            "properties": [
                "orders": number.with("of the orders, in money"),
                "weights": number.with("of trading to the weights themselves, as a share of the value"),
                "inObjective": ["type": "boolean"],
                "netReturn": number.with("of a year: expectedReturn less the costs over costs.horizonDays"),
                "text": ["type": "string"],
            ],
        ]
    }

    private static var binding: JSON {
        [
            "type": "object", "additionalProperties": false, "required": ["kind", "constraint", "dual", "relax"],
            "properties": [
                "kind": ["const": "binding-constraint"], "constraint": ["type": "string"],
                "dual": [
                    "type": "number",
                    "description": "the change of the objective for a unit of relaxation, with its sign",
                ],
                "relax": [
                    "type": "object", "additionalProperties": false, "required": ["by", "changesObjectiveBy"],
                    "properties": ["by": number, "changesObjectiveBy": number],
                ],
            ],
        ]
    }

    private static var contribution: JSON {
        [
            "type": "object", "additionalProperties": false, "required": ["kind", "symbol", "before", "after"],
            "properties": [
                "kind": ["const": "risk-contribution"], "symbol": ["type": "string"],
                "before": numberOrNull.with("a share of the variance; null where nothing is held"),
                "after": numberOrNull,
            ],
        ]
    }

    private static var trade: JSON {
        [
            "type": "object", "additionalProperties": false, "required": ["kind", "symbol", "benefit", "cost", "text"],
            "properties": [
                "kind": ["const": "trade"], "symbol": ["type": "string"],
                "benefit": number.with("of a year, in money: its share of the rise of w·μ − δ/2·wᵀΣw"),
                "cost": number.with("once, in money"), "text": ["type": "string"],
            ],
        ]
    }

    private static var policyResult: JSON {
        [
            "type": "object", "additionalProperties": false, "required": ["passed", "violations"],
            "properties": [
                "passed": ["type": "boolean"],
                "violations": [
                    "type": "array",
                    "items": [
                        "type": "object", "additionalProperties": false, "required": ["rule", "message"],
                        "properties": [
                            "rule": ["enum": ["maxValueAtRisk", "maxWeight", "allowed"]],
                            "symbol": ["type": "string"], "value": number, "limit": number,
                            "message": ["type": "string"],
                        ],
                    ],
                ],
            ],
        ]
    }
}

extension JSON {
    fileprivate func with(_ description: String) -> JSON {
        var copy = self
        copy["description"] = JSON(description)
        return copy
    }
}
