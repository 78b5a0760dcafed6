internal import StructuredData

extension CovarianceEstimator {
    private static let sampleName = "sample"
    private static let ledoitWolfName = "ledoit-wolf"

    /// The parameter `covariance` of all task types.
    static let schema: JSON = [
        "default": JSON(sampleName),
        "oneOf": [
            ["enum": [JSON(sampleName), JSON(ledoitWolfName)]],
            [
                "type": "object", "additionalProperties": false, "required": ["ewma"],
                "properties": [
                    "ewma": [
                        "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1,
                        "description": "the weight of a period against the one after it",
                    ]
                ],
            ],
        ],
    ]

    /// What is said of a value that is none of them.
    static func unknown(_ json: JSON) -> String {
        "\(json.text()) is no covariance; write \"\(sampleName)\", \"\(ledoitWolfName)\" or {\"ewma\": 0.97}"
    }

    /// - Parameter json: what fits ``schema``; nothing asks for the sample covariance.
    init(_ json: JSON?) {
        if let lambda = json?["ewma"]?.doubleValue {
            self = .ewma(lambda: lambda)
        } else {
            self = json?.stringValue == Self.ledoitWolfName ? .ledoitWolf : .sample
        }
    }

    var json: JSON {
        switch self {
        case .sample: JSON(Self.sampleName)
        case .ledoitWolf: JSON(Self.ledoitWolfName)
        case .ewma(let lambda): ["ewma": JSON(lambda)]
        }
    }
}
