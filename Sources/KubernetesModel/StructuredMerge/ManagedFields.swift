internal import StructuredData

/// Who owns which fields of an object, while a write is worked out.
struct ManagedFields {
    /// Tells writers apart. The version counts only for updates: an applier is the same one in every version.
    struct Manager: Hashable {
        var name: String
        var isApply: Bool
        var subresource: String?
        var apiVersion: String?
    }

    struct Ownership: Equatable {
        var apiVersion: String
        var time: String?
        var fields: FieldSet
    }

    var owners: [Manager: Ownership] = [:]

    init() {}

    /// Reads `metadata.managedFields`; `nil` where an entry is not of the form that a server writes.
    init?(_ json: JSON?) {
        for entry in json?.arrayValue ?? [] {
            guard let operation = entry["operation"]?.stringValue, operation == "Apply" || operation == "Update",
                let apiVersion = entry["apiVersion"]?.stringValue, !apiVersion.isEmpty,
                entry["fieldsType"]?.stringValue == "FieldsV1"
            else { return nil }
            let subresource = entry["subresource"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
            let manager = Manager(
                name: entry["manager"]?.stringValue ?? "", isApply: operation == "Apply", subresource: subresource,
                apiVersion: operation == "Apply" ? nil : apiVersion)
            owners[manager] = Ownership(
                apiVersion: apiVersion, time: entry["time"]?.stringValue,
                fields: FieldSet(fieldsV1: entry["fieldsV1"] ?? .null))
        }
    }

    var isEmpty: Bool { owners.isEmpty }

    mutating func reconcile(with node: MergeSchema.Node) {
        for (manager, ownership) in owners { owners[manager]?.fields = node.reconciled(ownership.fields) }
    }

    /// Takes `fields` from every owner but `writer`; owners left with nothing are forgotten.
    mutating func take(_ fields: FieldSet, from manager: Manager) {
        guard var ownership = owners[manager] else { return }
        ownership.fields = ownership.fields.subtracting(fields)
        owners[manager] = ownership.fields.isEmpty ? nil : ownership
    }

    /// The form that the object holds: applies before updates, older before newer.
    var json: JSON? {
        guard !owners.isEmpty else { return nil }
        let sorted = owners.sorted { left, right in
            let (a, b) = (left.key, right.key)
            if a.isApply != b.isApply { return a.isApply }
            let (aTime, bTime) = (left.value.time ?? "", right.value.time ?? "")
            if aTime != bTime { return aTime < bTime }
            if a.name != b.name { return a.name < b.name }
            if left.value.apiVersion != right.value.apiVersion { return left.value.apiVersion < right.value.apiVersion }
            return (a.subresource ?? "") < (b.subresource ?? "")
        }
        return .array(sorted.map { Self.entry($0.key, $0.value) })
    }

    private static func entry(_ manager: Manager, _ ownership: Ownership) -> JSON {
        var entry: JSONObject = [
            "manager": .string(manager.name), "operation": manager.isApply ? "Apply" : "Update",
            "apiVersion": .string(ownership.apiVersion),
        ]
        if let time = ownership.time { entry["time"] = .string(time) }
        entry["fieldsType"] = "FieldsV1"
        entry["fieldsV1"] = ownership.fields.fieldsV1
        if let subresource = manager.subresource { entry["subresource"] = .string(subresource) }
        return .object(entry)
    }
}

extension ManagedFields {
    /// More updaters than this are merged, the oldest first, so that the list stays bounded.
    private static let maximumUpdaters = 10

    /// Merges the entries of the oldest updaters of a version into one, until few enough are left.
    mutating func boundUpdaters() {
        var updaters = owners.filter { !$0.key.isApply }.sorted { left, right in
            let (aTime, bTime) = (left.value.time ?? "", right.value.time ?? "")
            return aTime != bTime ? aTime < bTime : left.key.name < right.key.name
        }[...]
        var excess = updaters.count - Self.maximumUpdaters
        var oldest: [String: Manager] = [:]
        while excess > 0, let (manager, ownership) = updaters.popFirst() {
            let version = ownership.apiVersion
            guard let first = oldest[version] else {
                oldest[version] = manager
                continue
            }
            let bucket = Manager(name: "ancient-changes", isApply: false, subresource: nil, apiVersion: version)
            var merged = owners[bucket] ?? owners.removeValue(forKey: first) ?? ownership
            merged.fields = merged.fields.union(ownership.fields)
            merged.time = ownership.time
            owners[manager] = nil
            owners[bucket] = merged
            excess -= 1
        }
    }
}
