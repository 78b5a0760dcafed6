internal import StructuredData

/// The JSON Schemas of what all task types share.
enum EnvelopeSchema {
    /// The forms that a named input can have.
    static let forms = ["bars", "table", "csv", "file", "returns"]
    private static let mostInputs = 1000

    /// The envelope around a task type's parameters.
    static func input(params: JSON) -> JSON {
        [
            "type": "object", "additionalProperties": false, "required": ["inputs"],
            "properties": [
                "asOf": [
                    "type": "string",
                    "description": "YYYY-MM-DD, to 24:00 UTC of that day, or RFC 3339; nothing after it is used",
                ],
                "seed": ["type": "integer", "default": 0],
                "inputs": [
                    "type": "array", "minItems": 1, "maxItems": JSON(mostInputs), "items": namedInput,
                ],
                "params": params,
                // It is the same for all task types, and may stand here or in the parameters.
                "repair": repair,
            ],
        ]
    }

    static let repair: JSON = [
        "type": "object", "additionalProperties": false,
        "properties": [
            "missing": [
                "enum": JSON(InputReader.MissingPolicy.allCases.map(\.rawValue)),
                "default": JSON(InputReader.MissingPolicy.reject.rawValue),
            ],
            "covariance": ["enum": ["reject", "nearest"], "default": "reject"],
        ],
    ]

    private static let times: JSON = ["type": "array", "items": ["type": "string"]]
    private static let values: JSON = ["type": "array", "items": ["type": ["number", "null"]]]
    private static let columns: JSON = ["type": "object", "minProperties": 1, "additionalProperties": values]

    private static var namedInput: JSON {
        [
            "type": "object", "additionalProperties": false, "required": ["name"],
            "properties": [
                "name": ["type": "string", "minLength": 1, "maxLength": 253],
                "bars": [
                    "type": "object", "additionalProperties": false, "required": ["time", "close"],
                    "properties": .object(
                        JSONObject([("time", times)] + PriceColumn.allCases.map { ($0.rawValue, values) })),
                ],
                "table": [
                    "type": "object", "additionalProperties": false, "required": ["time", "columns"],
                    "properties": ["time": times, "columns": columns],
                ],
                "csv": ["type": "string", "description": "the first line names the columns, a time column among them"],
                "file": ["type": "string", "minLength": 1, "description": "a CSV file; with agent-runner run only"],
                "returns": [
                    "type": "object", "additionalProperties": false, "required": ["columns"],
                    "properties": ["time": times, "columns": columns],
                ],
                "unit": ["enum": ["fraction", "percent"], "default": "fraction"],
            ],
            "dependentRequired": ["unit": ["returns"]],
            "oneOf": .array(forms.map { ["required": [JSON($0)]] }),
        ]
    }

    /// The answer around a task type's result.
    static func output(result: JSON) -> JSON {
        [
            "type": "object", "additionalProperties": false, "required": ["status", "warnings", "lineage", "cost"],
            "properties": [
                "status": ["enum": ["ok", "degraded", "rejected"]],
                "result": result,
                "warnings": [
                    "type": "array",
                    "items": [
                        "type": "object", "additionalProperties": false, "required": ["code", "message"],
                        "properties": [
                            "code": ["type": "string"], "input": ["type": "string"], "symbol": ["type": "string"],
                            "row": ["type": "integer", "minimum": 1, "description": "the data row, counted from 1"],
                            "path": ["type": "string", "description": "a JSON pointer into the task's input"],
                            "message": ["type": "string"],
                        ],
                    ],
                ],
                "lineage": [
                    "type": "object", "additionalProperties": false, "required": ["inputs", "version", "params"],
                    "properties": [
                        "inputs": ["type": "array", "items": inputLineage], "version": ["type": "string"],
                        "params": ["type": "object"],
                    ],
                ],
                "cost": [
                    "type": "object", "additionalProperties": false, "required": ["cpuMs", "peakBytes"],
                    "properties": ["cpuMs": ["type": "number"], "peakBytes": ["type": "integer"]],
                ],
            ],
            "oneOf": [
                [
                    "properties": ["status": ["const": "rejected"], "result": false]
                ],
                [
                    "properties": ["status": ["enum": ["ok", "degraded"]]], "required": ["result"],
                ],
            ],
        ]
    }

    private static let inputLineage: JSON = [
        "type": "object", "additionalProperties": false, "required": ["name", "sha256", "rows"],
        "properties": [
            "name": ["type": "string"], "sha256": ["type": "string", "pattern": "^[0-9a-f]{64}$"],
            "rows": ["type": "integer"], "from": ["type": "string"], "to": ["type": "string"],
        ],
    ]
}
