import KubernetesModel
import StructuredData

/// Whether a schema is structural: it says once, outside of `allOf`, `anyOf`, `oneOf` and `not`, how everything that it knows is
/// stored; these only refuse values.
struct StructuralRules {
    private enum Level {
        case root, item, field

        var described: String {
            switch self {
            case .root: "at the root"
            case .item: "for specified array items"
            case .field: "for specified object fields"
            }
        }
    }

    private var causes: [KubernetesStatus.Cause] = []

    /// - Returns: what is wrong, in the order of its text.
    static func validate(_ schema: JSON, path: String) -> [KubernetesStatus.Cause] {
        var rules = StructuralRules()
        rules.check(schema, path, .root)
        rules.checkLogic(of: schema, isBackedBy: schema, place: path, path: path)
        func text(_ cause: KubernetesStatus.Cause) -> String { "\(cause.field ?? ""): \(cause.message ?? "")" }
        return rules.causes.sorted { text($0) < text($1) }
    }

    private static func type(_ schema: JSON) -> String { schema["type"]?.stringValue ?? "" }
    private static func isSet(_ flag: String, _ schema: JSON) -> Bool { schema[flag]?.boolValue == true }

    private static let preserves = "x-kubernetes-preserve-unknown-fields"
    private static let embeds = "x-kubernetes-embedded-resource"
    private static let intOrString = "x-kubernetes-int-or-string"

    // MARK: The schema itself

    private mutating func check(_ schema: JSON, _ path: String, _ level: Level) {
        let type = Self.type(schema)
        let isEmbedded = Self.isSet(Self.embeds, schema)
        if type == "array", schema["items"] == nil { causes.append(.required("\(path).items", "must be specified")) }
        if let items = schema["items"], items.objectValue != nil { check(items, "\(path).items", .item) }
        for (name, property) in schema["properties"]?.objectValue ?? [:] {
            check(property, "\(path).properties[\(name)]", .field)
        }
        if let additional = schema["additionalProperties"] {
            let place = "\(path).additionalProperties"
            if level == .root { causes.append(.forbidden(place, "must not be used at the root")) }
            if additional.objectValue != nil { check(additional, place, .field) }
            if isEmbedded {
                causes.append(.forbidden(place, "must not be used if x-kubernetes-embedded-resource is set"))
            }
        }
        checkExtensions(schema, path)
        checkType(type, of: schema, path, level)
        checkObjectFields(schema, path, level)
        checkLogic(of: schema, path)
        if isEmbedded, !Self.isSet(Self.preserves, schema), schema["properties"]?.objectValue?.isEmpty != false {
            causes.append(
                .required(
                    "\(path).properties",
                    "must not be empty if x-kubernetes-embedded-resource is true without "
                        + "x-kubernetes-preserve-unknown-fields"))
        }
    }

    private mutating func checkExtensions(_ schema: JSON, _ path: String) {
        guard Self.isSet(Self.intOrString, schema) else { return }
        for flag in [Self.preserves, Self.embeds] where Self.isSet(flag, schema) {
            causes.append(
                .invalid("\(path).\(flag)", value: "true", "must be false if x-kubernetes-int-or-string is true"))
        }
    }

    private mutating func checkType(_ type: String, of schema: JSON, _ path: String, _ level: Level) {
        if Self.isSet(Self.embeds, schema), type != "object" {
            let message = "must be object if x-kubernetes-embedded-resource is true"
            causes.append(
                type.isEmpty
                    ? .required("\(path).type", message) : .invalid("\(path).type", value: "\"\(type)\"", message))
        } else if type.isEmpty, !Self.isSet(Self.intOrString, schema), !Self.isSet(Self.preserves, schema) {
            causes.append(.required("\(path).type", "must not be empty \(level.described)"))
        }
        if level == .root, !type.isEmpty, type != "object" {
            causes.append(.invalid("\(path).type", value: "\"\(type)\"", "must be object at the root"))
        }
    }

    /// Of what every object has, a schema may restrict the name alone.
    private mutating func checkObjectFields(_ schema: JSON, _ path: String, _ level: Level) {
        let isObject = level == .root || Self.isSet(Self.embeds, schema)
        for name in ["kind", "apiVersion"] where isObject {
            guard let field = schema["properties"]?[name], Self.type(field) != "string" else { continue }
            causes.append(
                .invalid("\(path).properties[\(name)].type", value: "\"\(Self.type(field))\"", "must be string"))
        }
        guard let metadata = schema["properties"]?["metadata"] else { return }
        let place = "\(path).properties[metadata]"
        if isObject, Self.type(metadata) != "object" {
            causes.append(.invalid("\(place).type", value: "\"\(Self.type(metadata))\"", "must be object"))
        }
        guard level == .root else { return }
        let names = Set((metadata["properties"]?.objectValue ?? [:]).map(\.key))
        let others = (metadata.objectValue ?? [:]).map(\.key).filter {
            !["type", "properties", "default"].contains($0)
        }
        if !names.isSubset(of: ["name", "generateName"]) || !others.isEmpty {
            causes.append(
                .forbidden(
                    place,
                    "must not specify anything other than name and generateName, but metadata is implicitly specified"))
        }
    }

    // MARK: Logic

    private static let either: JSON = [["type": "integer"], ["type": "string"]]

    /// - Parameter parent: where the two types of a number or a text may stand, which are the one exception.
    private mutating func checkLogic(of schema: JSON, _ path: String, isNested: Bool = false) {
        for key in ["allOf", "anyOf", "oneOf"] {
            if key == "anyOf", !isNested, schema[key] == Self.either { continue }
            for (index, child) in (schema[key]?.arrayValue ?? []).enumerated() {
                let place = "\(path).\(key)[\(index)]"
                if key == "allOf", index == 0, !isNested, child["anyOf"] == Self.either {
                    var others = child
                    others["anyOf"] = nil
                    checkNested(others, place)
                } else {
                    checkNested(child, place)
                }
            }
        }
        if let not = schema["not"], not.objectValue != nil { checkNested(not, "\(path).not") }
    }

    private static let forbidden: [(key: String, message: String)] = [
        ("type", "must be empty to be structural"), ("title", "must be empty to be structural"),
        ("description", "must be empty to be structural"), ("default", "must be undefined to be structural"),
        ("additionalProperties", "must be undefined to be structural"),
        ("nullable", "must be false to be structural"), (preserves, "must be false to be structural"),
        (embeds, "must be false to be structural"), (intOrString, "must be false to be structural"),
        ("x-kubernetes-list-map-keys", "must be empty to be structural"),
        ("x-kubernetes-list-type", "must be undefined to be structural"),
        ("x-kubernetes-map-type", "must be undefined to be structural"),
        ("x-kubernetes-validations", "must be empty to be structural"),
    ]

    private mutating func checkNested(_ schema: JSON, _ path: String) {
        for (key, message) in Self.forbidden {
            switch schema[key] {
            case nil, .null, .bool(false), .string(""), .array([]): continue
            default: causes.append(.forbidden("\(path).\(key)", message))
            }
        }
        if schema["properties"]?["metadata"] != nil {
            causes.append(
                .forbidden("\(path).properties[metadata]", "must not be specified in a nested context"))
        }
        for (name, property) in schema["properties"]?.objectValue ?? [:] {
            checkNested(property, "\(path).properties[\(name)]")
        }
        if let items = schema["items"], items.objectValue != nil { checkNested(items, "\(path).items") }
        checkLogic(of: schema, path, isNested: true)
    }

    // MARK: Completeness

    /// What logic is about must be known outside of it.
    ///
    /// - Parameters:
    ///   - schema: with the logic.
    ///   - backing: the structural schema of the same values, at `place`.
    private mutating func checkLogic(of schema: JSON, isBackedBy backing: JSON, place: String, path: String) {
        if let not = schema["not"], not.objectValue != nil {
            check(not, isBackedBy: backing, place: place, path: "\(path).not")
        }
        for key in ["allOf", "anyOf", "oneOf"] {
            for (index, child) in (schema[key]?.arrayValue ?? []).enumerated() {
                check(child, isBackedBy: backing, place: place, path: "\(path).\(key)[\(index)]")
            }
        }
    }

    private mutating func check(_ schema: JSON, isBackedBy backing: JSON?, place: String, path: String) {
        guard let backing else {
            causes.append(.required(place, "because it is defined in \(path)"))
            return
        }
        checkLogic(of: schema, isBackedBy: backing, place: place, path: path)
        if let items = schema["items"], items.objectValue != nil {
            check(items, isBackedBy: backing["items"], place: "\(place).items", path: "\(path).items")
        }
        for (name, property) in schema["properties"]?.objectValue ?? [:] {
            check(
                property, isBackedBy: backing["properties"]?[name], place: "\(place).properties[\(name)]",
                path: "\(path).properties[\(name)]")
        }
    }
}
