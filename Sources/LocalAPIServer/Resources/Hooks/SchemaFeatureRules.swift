import CommonExpression
import KubernetesModel
import StructuredData

/// What JSON Schema knows and schemas of CustomResourceDefinitions may not use, since checking it would take too long or would not
/// tell how objects are stored; and what the extensions ask of what stands beside them.
struct SchemaFeatureRules {
    private var causes: [KubernetesStatus.Cause] = []

    static func validate(_ schema: JSON, path: String) -> [KubernetesStatus.Cause] {
        var rules = SchemaFeatureRules()
        if schema["nullable"]?.boolValue == true {
            rules.causes.append(.forbidden("\(path).nullable", "nullable cannot be true at the root"))
        }
        rules.check(schema, path, Place(isRoot: true))
        return rules.causes
    }

    /// Where a schema stands.
    private struct Place {
        var isRoot = false
        var isInMetadata = false
        /// Why it may have no default.
        var noDefault: String?
    }

    private static let unsupported = [
        "$ref", "definitions", "dependencies", "patternProperties", "additionalItems", "id",
    ]
    private static let types: Set = ["array", "boolean", "integer", "number", "object", "string"]

    private mutating func check(_ schema: JSON, _ path: String, _ place: Place) {
        for key in Self.unsupported where schema[key] != nil {
            causes.append(.forbidden("\(path).\(key)", "\(key) is not supported"))
        }
        if schema["uniqueItems"]?.boolValue == true {
            causes.append(
                .forbidden(
                    "\(path).uniqueItems",
                    "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"))
        }
        if schema["type"]?.stringValue == "null" {
            causes.append(
                .forbidden("\(path).type", "type cannot be set to null, use nullable as an alternative"))
        }
        if schema["default"] != nil, let reason = place.noDefault {
            causes.append(.forbidden("\(path).default", "must not be set \(reason)"))
        }
        if place.isInMetadata, schema["x-kubernetes-embedded-resource"]?.boolValue == true {
            causes.append(
                .forbidden("\(path).x-kubernetes-embedded-resource", "must not be used inside of resource meta"))
        }
        let preserves = "x-kubernetes-preserve-unknown-fields"
        if let value = schema[preserves], value.boolValue != true {
            causes.append(.invalid("\(path).\(preserves)", value: value.text(), "must be true or undefined"))
        }
        checkProperties(schema, path)
        checkMapType(schema, path)
        checkListType(schema, path)
        checkChildren(schema, path, place)
    }

    private mutating func checkChildren(_ schema: JSON, _ path: String, _ place: Place) {
        var below = place
        below.isRoot = false
        let isObject = place.isRoot || schema["x-kubernetes-embedded-resource"]?.boolValue == true
        for (name, child) in schema["properties"]?.objectValue ?? [:] {
            var inside = below
            if isObject, ["metadata", "kind", "apiVersion"].contains(name) {
                inside.isInMetadata = true
                if place.isRoot { inside.noDefault = "in top-level \(name)" }
            }
            check(child, "\(path).properties[\(name)]", inside)
        }
        if let items = schema["items"], items.objectValue != nil { check(items, "\(path).items", below) }
        if let additional = schema["additionalProperties"], additional.objectValue != nil {
            var inside = below
            if place.isInMetadata { inside.noDefault = "inside additionalProperties applying to object metadata" }
            check(additional, "\(path).additionalProperties", inside)
        }
        for key in ["allOf", "anyOf", "oneOf"] {
            for (index, child) in (schema[key]?.arrayValue ?? []).enumerated() {
                check(child, "\(path).\(key)[\(index)]", below)
            }
        }
        if let not = schema["not"], not.objectValue != nil { check(not, "\(path).not", below) }
    }

    private mutating func checkProperties(_ schema: JSON, _ path: String) {
        if schema["additionalProperties"]?.boolValue == false {
            causes.append(
                .forbidden("\(path).additionalProperties", "additionalProperties cannot be set to false"))
        } else if let additional = schema["additionalProperties"], additional.boolValue != true,
            schema["properties"]?.objectValue?.isEmpty == false
        {
            causes.append(
                .forbidden(
                    "\(path).additionalProperties", "additionalProperties and properties are mutual exclusive"))
        }
        if schema["items"]?.arrayValue != nil {
            causes.append(.forbidden("\(path).items", "items must be a schema object and not an array"))
        }
    }

    /// - Parameter wanted: the type that an extension is for.
    private mutating func require(_ wanted: String, for key: String, _ schema: JSON, _ path: String) -> Bool {
        let type = schema["type"]?.stringValue ?? ""
        guard type != wanted else { return true }
        let message = "must be \(wanted) if \(key) is specified"
        causes.append(
            type.isEmpty ? .required("\(path).type", message) : .invalid("\(path).type", value: "\"\(type)\"", message))
        return false
    }

    private mutating func checkMapType(_ schema: JSON, _ path: String) {
        guard let type = schema["x-kubernetes-map-type"]?.stringValue else { return }
        _ = require("object", for: "x-kubernetes-map-type", schema, path)
        if !["atomic", "granular"].contains(type) {
            causes.append(
                .notSupported(
                    "\(path).x-kubernetes-map-type", value: "\"\(type)\"", supported: ["atomic", "granular"]))
        }
    }

    // MARK: Lists

    private mutating func checkListType(_ schema: JSON, _ path: String) {
        let type = schema["x-kubernetes-list-type"]?.stringValue
        let keys = (schema["x-kubernetes-list-map-keys"]?.arrayValue ?? []).compactMap(\.stringValue)
        if type != nil, require("array", for: "x-kubernetes-list-type", schema, path), type == "set" {
            checkSetItems(schema["items"] ?? [:], "\(path).items")
        }
        if let type, !["atomic", "set", "map"].contains(type) {
            causes.append(
                .notSupported(
                    "\(path).x-kubernetes-list-type", value: "\"\(type)\"", supported: ["atomic", "set", "map"]))
        }
        if !keys.isEmpty, type != "map" {
            let message = "must be map if x-kubernetes-list-map-keys is non-empty"
            let field = "\(path).x-kubernetes-list-type"
            causes.append(
                type.map { .invalid(field, value: "\"\($0)\"", message) } ?? .required(field, message))
        }
        if type == "map" { checkMapList(schema, keys, path) }
        if ["set", "map"].contains(type ?? ""), schema["items"]?["nullable"]?.boolValue == true {
            causes.append(
                .forbidden(
                    "\(path).items.nullable", "cannot be nullable when x-kubernetes-list-type is \(type ?? "")"))
        }
    }

    /// The elements of a set are compared as wholes.
    private mutating func checkSetItems(_ items: JSON, _ path: String) {
        let message = "must be atomic as item of a list with x-kubernetes-list-type=set"
        switch items["type"]?.stringValue {
        case "array":
            if let type = items["x-kubernetes-list-type"], type != "atomic" {
                causes.append(.invalid("\(path).x-kubernetes-list-type", value: type.text(), message))
            }
        case "object":
            let type = items["x-kubernetes-map-type"]
            if type != "atomic" {
                causes.append(.invalid("\(path).x-kubernetes-map-type", value: (type ?? .null).text(), message))
            }
        default: break
        }
    }

    private mutating func checkMapList(_ schema: JSON, _ keys: [String], _ path: String) {
        let keysPath = "\(path).x-kubernetes-list-map-keys"
        if keys.isEmpty {
            causes.append(.required(keysPath, "must not be empty if x-kubernetes-list-type is map"))
        }
        guard let items = schema["items"], items.objectValue != nil else {
            causes.append(.required("\(path).items", "must have a schema if x-kubernetes-list-type is map"))
            return
        }
        guard items["type"] == "object" else {
            causes.append(
                .invalid(
                    "\(path).items.type", value: (items["type"] ?? "").text(),
                    "must be object if parent array's x-kubernetes-list-type is map"))
            return
        }
        let required = (items["required"]?.arrayValue ?? []).compactMap(\.stringValue)
        let shown = JSON(keys).text()
        var seen: Set<String> = []
        for key in keys {
            if !seen.insert(key).inserted {
                causes.append(.invalid(keysPath, value: shown, "must not contain duplicate entries"))
            }
            guard let property = items["properties"]?[key] else {
                causes.append(.invalid(keysPath, value: shown, "entries must all be names of item properties"))
                continue
            }
            let place = "\(path).items.properties[\(key)]"
            if ["array", "object"].contains(property["type"]?.stringValue ?? "") {
                causes.append(
                    .invalid(
                        "\(place).type", value: (property["type"] ?? "").text(),
                        "must be a scalar type if parent array's x-kubernetes-list-type is map"))
            }
            let what = "this property is in x-kubernetes-list-map-keys, so it"
            if !required.contains(key), property["default"] == nil {
                causes.append(
                    .required("\(place).default", "\(what) must have a default or be a required property"))
            }
            if property["nullable"]?.boolValue == true {
                causes.append(.forbidden("\(place).nullable", "\(what) cannot be nullable"))
            }
        }
    }
}
