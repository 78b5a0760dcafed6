import CommonExpression
import KubernetesModel
import StructuredData

/// What the versions of a CustomResourceDefinition must fulfil: their names, schemas, columns and subresources.
///
/// The form before version 1 of the object had one schema, one list of columns and one set of subresources; what all versions share
/// is reported there, and once.
enum DefinitionVersionRules {
    private static let columnTypes = ["boolean", "date", "integer", "number", "string"]
    private static let columnFormats = ["byte", "date", "date-time", "double", "float", "int32", "int64", "password"]
    private static let warningLimitBytes = 256

    /// - Parameter spec: of a CustomResourceDefinition.
    static func validate(_ spec: JSON, old: JSON?) -> [KubernetesStatus.Cause] {
        let versions = spec["versions"]?.arrayValue ?? []
        var causes: [KubernetesStatus.Cause] = []
        for (index, version) in versions.enumerated() {
            causes += validate(version, "spec.versions[\(index)]")
        }
        if Set(versions.map { $0["name"] }).count < versions.count {
            causes.append(
                .invalid("spec.versions", value: JSON.array(versions).text(), "must contain unique version names"))
        }
        if versions.count(where: { $0["storage"]?.boolValue == true }) != 1 {
            causes.append(
                .invalid(
                    "spec.versions", value: JSON.array(versions).text(),
                    "must have exactly one version marked as storage version"))
        }
        for (index, version) in versions.enumerated() where schema(of: version) == nil {
            causes.append(.required("spec.versions[\(index)].schema.openAPIV3Schema"))
        }
        for (version, path) in places(of: "schema", in: versions, shared: "spec.validation") {
            let before = old?["versions"]?.arrayValue?.first { $0["name"] == version["name"] }
            causes += validateSchema(of: version, before, path: "\(path).openAPIV3Schema")
        }
        for (version, path) in places(of: "subresources", in: versions, shared: "spec.subresources") {
            if let scale = version["subresources"]?["scale"] { causes += validateScale(scale, "\(path).scale") }
        }
        let columns = "additionalPrinterColumns"
        for (version, path) in places(of: columns, in: versions, shared: "spec.\(columns)") {
            for (index, column) in (version[columns]?.arrayValue ?? []).enumerated() {
                causes += validateColumn(column, "\(path)[\(index)]")
            }
        }
        return causes
    }

    /// The versions with a part, and where it is reported; the first alone where all share it.
    private static func places(
        of part: String, in versions: [JSON], shared: String
    ) -> [(version: JSON, path: String)] {
        if let first = versions.first, Set(versions.map { $0[part] }).count == 1 { return [(first, shared)] }
        return versions.enumerated().map { ($1, "spec.versions[\($0)].\(part)") }
    }

    private static func validate(_ version: JSON, _ path: String) -> [KubernetesStatus.Cause] {
        var causes: [KubernetesStatus.Cause] = []
        let name = version["name"]?.stringValue ?? ""
        if !NameValidation.isLeadingLetterLabel(name) {
            causes.append(
                .invalid("\(path).name", value: JSON.string(name).text(), NameValidation.leadingLetterMessage))
        }
        if let warning = version["deprecationWarning"]?.stringValue {
            causes += warningProblems(warning, isDeprecated: version["deprecated"]?.boolValue == true).map {
                .invalid("\(path).deprecationWarning", value: JSON.string(warning).text(), $0)
            }
        }
        return causes
    }

    private static func warningProblems(_ warning: String, isDeprecated: Bool) -> [String] {
        guard isDeprecated else { return ["can only be set for deprecated versions"] }
        var problems: [String] = []
        if warning.utf8.count > warningLimitBytes { problems.append("must be <= 256 characters long") }
        if warning.isEmpty { problems.append("must not be an empty string") }
        let isPlain = warning.unicodeScalars.allSatisfy {
            switch $0.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: false
            default: true
            }
        }
        if !isPlain { problems.append("must only contain printable UTF-8 characters") }
        return problems
    }

    // MARK: Schemas

    private static func schema(of version: JSON) -> JSON? {
        version["schema"]?["openAPIV3Schema"].flatMap { $0.objectValue == nil ? nil : $0 }
    }

    /// A schema is looked at when it is new: what was let in stays in.
    private static func validateSchema(
        of version: JSON, _ before: JSON?, path: String
    ) -> [KubernetesStatus.Cause] {
        guard let schema = schema(of: version), schema != before.flatMap(schema(of:)) else { return [] }
        var causes = StructuralRules.validate(schema, path: path)
        if causes.isEmpty { causes = SchemaDefaultRules.validate(schema, path: path) }
        causes += SchemaFeatureRules.validate(schema, path: path)
        if version["subresources"]?["status"] != nil { causes += validateRoot(schema, path) }
        guard causes.isEmpty else { return causes }
        do {
            _ = try Schema(openAPI: schema, path: path)
        } catch {
            return [error.cause]
        }
        return RuleAdmission(schema, path: path).problems.map(KubernetesStatus.Cause.init)
    }

    private static let allowedAtRoot = [
        "description", "type", "format", "title", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum",
        "maxLength", "minLength", "pattern", "maxItems", "minItems", "uniqueItems", "multipleOf", "required", "items",
        "properties", "externalDocs", "example", "x-kubernetes-preserve-unknown-fields", "x-kubernetes-validations",
    ]

    /// Where the status is validated by itself, nothing at the root may be about both.
    private static func validateRoot(_ schema: JSON, _ path: String) -> [KubernetesStatus.Cause] {
        let others = (schema.objectValue ?? [:]).map(\.key).filter { !allowedAtRoot.contains($0) }
        guard !others.isEmpty else { return [] }
        return [
            .invalid(
                path, value: schema.text(),
                "only [\(allowedAtRoot.joined(separator: " "))] fields are allowed at the root of the schema if the status "
                    + "subresource is enabled")
        ]
    }

    // MARK: Subresources and columns

    private static func validateScale(_ scale: JSON, _ path: String) -> [KubernetesStatus.Cause] {
        let rules: [(field: String, isRequired: Bool, roots: [String], message: String)] = [
            ("specReplicasPath", true, [".spec."], "should be a json path under .spec"),
            ("statusReplicasPath", true, [".status."], "should be a json path under .status"),
            (
                "labelSelectorPath", false, [".spec.", ".status."],
                "should be a json path under either .spec or .status"
            ),
        ]
        return rules.compactMap { rule in
            let text = scale[rule.field]?.stringValue ?? ""
            let field = "\(path).\(rule.field)"
            if text.isEmpty { return rule.isRequired ? .required(field) : nil }
            if text.first != "." {
                return .invalid(field, value: JSON.string(text).text(), "must be a simple json path starting with .")
            }
            if rule.roots.contains(where: text.hasPrefix) { return nil }
            return .invalid(field, value: JSON.string(text).text(), rule.message)
        }
    }

    private static func validateColumn(_ column: JSON, _ path: String) -> [KubernetesStatus.Cause] {
        var causes: [KubernetesStatus.Cause] = []
        func text(_ field: String) -> String { column[field]?.stringValue ?? "" }
        if text("name").isEmpty { causes.append(.required("\(path).name")) }
        let types = "must be one of \(columnTypes.joined(separator: ","))"
        if text("type").isEmpty {
            causes.append(.required("\(path).type", types))
        } else if !columnTypes.contains(text("type")) {
            causes.append(.invalid("\(path).type", value: JSON.string(text("type")).text(), types))
        }
        if !text("format").isEmpty, !columnFormats.contains(text("format")) {
            causes.append(
                .invalid(
                    "\(path).format", value: JSON.string(text("format")).text(),
                    "must be one of \(columnFormats.joined(separator: ","))"))
        }
        if text("jsonPath").isEmpty {
            causes.append(.required("\(path).JSONPath"))
        } else if text("jsonPath").first != "." {
            causes.append(
                .invalid(
                    "\(path).JSONPath", value: JSON.string(text("jsonPath")).text(),
                    "must be a simple json path starting with ."))
        }
        return causes
    }
}
