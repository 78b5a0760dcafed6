public import StructuredData

extension RiskAssessment {
    /// What answers look like, as a JSON Schema.
    public static let outputSchema: JSON = EnvelopeSchema.output(result: result)

    private static let number: JSON = ["type": ["number", "null"]]
    private static let count: JSON = ["type": "integer", "minimum": 0]
    private static let numbers: JSON = ["type": "object", "additionalProperties": number]
    private static let test: JSON = [
        "type": "object", "additionalProperties": false, "required": ["statistic", "pValue"],
        "properties": ["statistic": number, "pValue": number],
    ]

    private static var result: JSON {
        [
            "type": "object", "additionalProperties": false, "required": ["value", "risk", "scenarios", "ratios"],
            "properties": [
                "value": [
                    "type": "number", "description": "in the base currency; 1 where weights were given",
                ],
                "currency": ["type": "string"], "observations": count,
                "weights": numbers,
                "risk": ["type": "array", "items": risk],
                "scenarios": ["type": "array", "items": scenarioLoss],
                "ratios": ratios,
                "backtest": backtestResult,
            ],
        ]
    }

    private static var risk: JSON {
        [
            "type": "object", "additionalProperties": false,
            "required": ["method", "confidence", "horizonDays", "valueAtRisk", "expectedShortfall"],
            "properties": [
                "method": ["enum": .array(RiskMethod.names.map { JSON($0) })],
                "confidence": ["type": "number"], "horizonDays": ["type": "integer"],
                "valueAtRisk": number, "expectedShortfall": number,
                "valueAtRiskAmount": number, "expectedShortfallAmount": number,
                "interval": [
                    "type": "array", "items": number, "minItems": 2, "maxItems": 2,
                    "description": "the value at risk lies between these in 95% of simulations",
                ],
                "parameters": ["type": "object", "additionalProperties": ["type": ["number", "string", "null"]]],
                "refused": ["type": "string"],
                "components": numbers, "expectedShortfallComponents": numbers, "marginal": numbers,
                "incremental": numbers,
            ],
        ]
    }

    private static var scenarioLoss: JSON {
        [
            "type": "object", "additionalProperties": false, "required": ["name", "loss", "bySymbol"],
            "properties": ["name": ["type": "string"], "loss": number, "lossAmount": number, "bySymbol": numbers],
        ]
    }

    private static var ratios: JSON {
        [
            "type": "object", "additionalProperties": false,
            "required": ["sharpe", "sortino", "calmar", "maxDrawdown"],
            "properties": [
                "sharpe": number, "sortino": number, "calmar": number, "maxDrawdown": number, "beta": number,
                "trackingError": number, "liquidityDays": number, "liquidityDaysBySymbol": numbers,
            ],
        ]
    }

    private static var backtestResult: JSON {
        [
            "type": "object", "additionalProperties": false,
            "required": ["observations", "exceptions", "kupiec", "christoffersen", "z2", "zone", "valueAtRisk"],
            "properties": [
                "observations": count, "exceptions": count, "kupiec": test,
                "christoffersen": [
                    "type": "object", "additionalProperties": false, "required": ["independence", "conditional"],
                    "properties": ["independence": test, "conditional": test],
                ],
                "z2": number, "zone": ["enum": ["green", "yellow", "red", .null]],
                "valueAtRisk": ["type": "array", "items": number],
            ],
        ]
    }
}
