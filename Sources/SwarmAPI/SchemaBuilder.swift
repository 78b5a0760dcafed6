import StructuredData

/// Builds OpenAPI v3 structural schemas as values.
enum Schema {
    static func string(
        _ description: String,
        enum values: [String]? = nil,
        pattern: String? = nil,
        format: String? = nil,
        maxLength: Int? = nil,
        minLength: Int? = nil,
        default defaultValue: String? = nil
    ) -> JSON {
        var schema: JSON = ["type": "string", "description": .string(description)]
        if let values { schema["enum"] = JSON(values) }
        if let pattern { schema["pattern"] = .string(pattern) }
        if let format { schema["format"] = .string(format) }
        if let minLength { schema["minLength"] = JSON(minLength) }
        if let maxLength { schema["maxLength"] = JSON(maxLength) }
        if let defaultValue { schema["default"] = .string(defaultValue) }
        return schema
    }

    static func integer(
        _ description: String,
        minimum: Int? = nil,
        maximum: Int? = nil,
        default defaultValue: Int? = nil,
        format: String = "int32"
    ) -> JSON {
        var schema: JSON = ["type": "integer", "format": .string(format), "description": .string(description)]
        if let minimum { schema["minimum"] = JSON(minimum) }
        if let maximum { schema["maximum"] = JSON(maximum) }
        if let defaultValue { schema["default"] = JSON(defaultValue) }
        return schema
    }

    static func boolean(_ description: String, default defaultValue: Bool? = nil) -> JSON {
        var schema: JSON = ["type": "boolean", "description": .string(description)]
        if let defaultValue { schema["default"] = .bool(defaultValue) }
        return schema
    }

    static func object(
        _ description: String,
        required: [String] = [],
        default defaultValue: JSON? = nil,
        _ properties: [(String, JSON)]
    ) -> JSON {
        var schema: JSON = ["type": "object", "description": .string(description)]
        if !required.isEmpty { schema["required"] = JSON(required) }
        if let defaultValue { schema["default"] = defaultValue }
        schema["properties"] = .object(JSONObject(properties))
        return schema
    }

    /// An object whose members are not ours to know.
    static func anyObject(_ description: String) -> JSON {
        ["type": "object", "description": .string(description), "x-kubernetes-preserve-unknown-fields": true]
    }

    /// Amounts by the name of what there is an amount of, such as `memory: 64Mi`.
    static func quantities(_ description: String) -> JSON {
        [
            "type": "object", "description": .string(description), "maxProperties": 64,
            "additionalProperties": [
                "anyOf": [["type": "integer"], ["type": "string"]], "pattern": .string(quantity),
                "x-kubernetes-int-or-string": true,
            ],
        ]
    }

    /// resource.Quantity, as Kubernetes' own definitions have it.
    private static let quantity = {
        let number = #"(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))"#
        return #"^(\+|-)?"# + number + #"(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?"# + number + "))?$"
    }()

    /// Any JSON value.
    static func anything(_ description: String) -> JSON {
        ["description": .string(description), "x-kubernetes-preserve-unknown-fields": true]
    }

    static func set(_ description: String, of items: JSON, minItems: Int? = nil, maxItems: Int) -> JSON {
        list(description, of: items, minItems: minItems, maxItems: maxItems, type: "set")
    }

    static func atomicList(_ description: String, of items: JSON, maxItems: Int) -> JSON {
        list(description, of: items, minItems: nil, maxItems: maxItems, type: "atomic")
    }

    static func map(_ description: String, of items: JSON, keys: [String], maxItems: Int) -> JSON {
        var schema = list(description, of: items, minItems: nil, maxItems: maxItems, type: "map")
        schema["x-kubernetes-list-map-keys"] = JSON(keys)
        return schema
    }

    private static func list(
        _ description: String, of items: JSON, minItems: Int?, maxItems: Int, type: String
    ) -> JSON {
        var schema: JSON = ["type": "array", "description": .string(description)]
        if let minItems { schema["minItems"] = JSON(minItems) }
        schema["maxItems"] = JSON(maxItems)
        schema["items"] = items
        schema["x-kubernetes-list-type"] = .string(type)
        return schema
    }

    /// `status.conditions` by the API conventions.
    static let conditions = map(
        "What is true of the object now.",
        of: object(
            "One condition.",
            required: ["type", "status", "lastTransitionTime", "reason", "message"],
            [
                ("type", string("Name of the condition, in CamelCase.", maxLength: 316)),
                ("status", string("Whether the condition holds.", enum: ["True", "False", "Unknown"])),
                ("observedGeneration", integer("The generation that was judged.", minimum: 0, format: "int64")),
                ("lastTransitionTime", string("When the status last changed.", format: "date-time")),
                ("reason", string("Why, in one CamelCase word.", maxLength: 1024, minLength: 1)),
                ("message", string("Why, for people.", maxLength: 32768)),
            ]),
        keys: ["type"], maxItems: 16)

    static let observedGeneration = integer(
        "The generation that the status speaks of; -1 before the first look.", format: "int64")

    /// A schema with conditions on its values that the API server checks (`x-kubernetes-validations`).
    static func checked(_ schema: JSON, _ rules: [Rule]) -> JSON {
        var schema = schema
        schema["x-kubernetes-validations"] = .array(rules.map(\.json))
        return schema
    }

    /// A condition in the Common Expression Language; `self` is the value, `oldSelf` what it was before an update.
    struct Rule {
        var expression: String
        var message: String
        /// The field below to blame, such as `.scaling`.
        var fieldPath: String?

        init(_ expression: String, _ message: String, fieldPath: String? = nil) {
            self.expression = expression
            self.message = message
            self.fieldPath = fieldPath
        }

        /// A field that keeps the value, or the absence, that it was created with.
        static func immutable(_ field: String, isRequired: Bool = false) -> Rule {
            let isSame = "self.\(field) == oldSelf.\(field)"
            return Rule(
                isRequired
                    ? isSame : "has(self.\(field)) ? has(oldSelf.\(field)) && \(isSame) : !has(oldSelf.\(field))",
                "\(field) cannot be changed", fieldPath: ".\(field)")
        }

        var json: JSON {
            var json: JSON = ["rule": .string(expression), "message": .string(message)]
            if let fieldPath { json["fieldPath"] = .string(fieldPath) }
            return json
        }
    }
}
