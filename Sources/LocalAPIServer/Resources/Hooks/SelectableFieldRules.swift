import KubernetesModel
import StructuredData

/// Which fields of a custom resource may be offered to field selectors.
enum SelectableFieldRules {
    private static let limit = 8
    private static let types: Set = ["string", "boolean", "integer"]

    /// - Parameter spec: of a CustomResourceDefinition.
    static func validate(_ spec: JSON) -> [KubernetesStatus.Cause] {
        var causes: [KubernetesStatus.Cause] = []
        for (index, version) in (spec["versions"]?.arrayValue ?? []).enumerated() {
            let place = "spec.versions[\(index)].selectableFields"
            let fields = version["selectableFields"]?.arrayValue ?? []
            if fields.count > limit { causes.append(.tooMany(place, count: fields.count, maximum: limit)) }
            var seen: Set<String> = []
            for (number, field) in fields.enumerated() {
                let path = field["jsonPath"]?.stringValue ?? ""
                let location = "\(place)[\(number)].jsonPath"
                if let message = problem(with: path, version["schema"]?["openAPIV3Schema"] ?? [:]) {
                    causes.append(
                        path.isEmpty ? .required(location) : .invalid(location, value: "\"\(path)\"", message))
                } else if !seen.insert(path).inserted {
                    causes.append(.duplicate(location, value: "\"\(path)\""))
                }
            }
        }
        return causes
    }

    private static func problem(with path: String, _ schema: JSON) -> String? {
        let parts = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count > 1, parts[0].isEmpty, !parts.dropFirst().contains(where: \.isEmpty),
            !path.contains("["), !path.contains("*")
        else { return "is an invalid path: it must be a simple path such as .spec.colour" }
        if parts[1] == "metadata" { return "must not point to fields in metadata" }
        var place = schema
        for part in parts.dropFirst() {
            guard let next = place["properties"]?[part] else {
                return "is an invalid path: does not point to a field that the schema has"
            }
            place = next
        }
        guard types.contains(place["type"]?.stringValue ?? "") else {
            return
                "must point to a field of type string, boolean or integer. Enum string fields and strings with formats "
                + "are allowed."
        }
        return nil
    }
}
