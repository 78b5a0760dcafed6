public import StructuredData

/// Strategic merge patch (`application/strategic-merge-patch+json`): a merge patch in which lists of the built-in kinds
/// merge item by item.
///
/// Directives: `$patch: replace | delete` in objects and list items, `$retainKeys`, `$setElementOrder/LIST` and
/// `$deleteFromPrimitiveList/LIST`. Custom resources do not take this kind of patch.
public enum StrategicMergePatch {
    /// Whether objects of this kind take strategic merge patches.
    public static func isSupported(_ resource: ResourceType) -> Bool {
        MergeSchema.builtInGroups.contains(resource.group)
    }

    /// The object with the patch applied.
    ///
    /// - Throws: 415 for kinds that do not take it; 400 where the patch is malformed or does not fit the object.
    public static func apply(
        _ patch: JSON, to object: JSON, resource: ResourceType
    ) throws(KubernetesStatus) -> JSON {
        guard isSupported(resource) else {
            throw .unsupportedMediaType(accepted: [
                "application/json-patch+json", "application/merge-patch+json", "application/apply-patch+yaml",
            ])
        }
        return try merge(patch, into: object, node: .builtIn(resource))
    }

    /// A pod template with another one merged into it.
    public static func podTemplate(merging patch: JSON, into template: JSON) throws(KubernetesStatus) -> JSON {
        try merge(patch, into: template, node: .podTemplate)
    }

    private static func merge(_ patch: JSON, into object: JSON, node: PatchNode) throws(KubernetesStatus) -> JSON {
        guard case .object(let changes) = patch, case .object(let original) = object else {
            throw .badRequest("a strategic merge patch must be an object, and apply to one")
        }
        return .object(try StrategicMerge.object(original, changes, node))
    }
}

/// The algorithm of strategic merge patch.
enum StrategicMerge {
    private static let directive = "$patch"
    private static let retainKeys = "$retainKeys"
    private static let setElementOrder = "$setElementOrder/"
    private static let deleteFromPrimitiveList = "$deleteFromPrimitiveList/"

    static func object(
        _ original: JSONObject, _ patch: JSONObject, _ node: PatchNode
    ) throws(KubernetesStatus) -> JSONObject {
        var patch = patch
        switch try takeDirective(&patch) {
        case "replace": return withoutDirectives(patch)
        case "delete": return JSONObject()
        default: break
        }
        var result = original
        if let retained = patch.removeValue(forKey: retainKeys) {
            try retain(retained, in: &result, patch)
        }
        for (name, order) in patch where name.hasPrefix(setElementOrder) {
            let field = String(name.dropFirst(setElementOrder.count))
            patch.removeValue(forKey: name)
            try mergeOrdered(field, order: order, into: &result, &patch, node.member(field))
        }
        for (name, value) in patch {
            if name.hasPrefix(deleteFromPrimitiveList) {
                let field = String(name.dropFirst(deleteFromPrimitiveList.count))
                guard let removed = value.arrayValue else {
                    throw .badRequest("invalid strategic merge patch: \(name) must be a list")
                }
                if let items = result[field]?.arrayValue {
                    result[field] = .array(items.filter { !removed.contains($0) })
                }
            } else if value.isNull {
                result.removeValue(forKey: name)
            } else {
                result[name] = try merged(result[name], value, node.member(name))
            }
        }
        return result
    }

    private static func merged(_ original: JSON?, _ patch: JSON, _ node: PatchNode) throws(KubernetesStatus) -> JSON {
        switch (original, patch) {
        case (.object(let old), .object(let new)):
            if case .replaced = node { return .object(withoutDirectives(new)) }
            return .object(try object(old, new, node))
        case (.array(let old), .array(let new)):
            return .array(try items(old, new, node))
        case (_, .object(let new)):
            return .object(try object(JSONObject(), new, node))
        case (_, .array(let new)):
            return .array(try items([], new, node))
        default:
            return patch
        }
    }

    private static func items(_ original: [JSON], _ patch: [JSON], _ node: PatchNode) throws(KubernetesStatus) -> [JSON]
    {
        switch node {
        case .set:
            var seen = Set<JSON>()
            let all = (original + patch).filter { seen.insert($0).inserted }
            return ordered(all, by: patch, server: original) { $0 }
        case .list(let key, let item):
            return try keyedItems(original, patch, key: key, item)
        case .object, .replaced:
            return patch.map(withoutDirectives)
        }
    }

    private static func keyedItems(
        _ original: [JSON], _ patch: [JSON], key: String, _ node: PatchNode
    ) throws(KubernetesStatus) -> [JSON] {
        var result = original
        var changes: [JSONObject] = []
        var replacesAll = false
        for item in patch {
            guard case .object(var members) = item else {
                throw .badRequest("invalid strategic merge patch: items of this list must be objects with \"\(key)\"")
            }
            switch try takeDirective(&members) {
            case "replace":
                replacesAll = true
                // A lone directive says only that the list is replaced.
                if !members.isEmpty { changes.append(members) }
            case "delete":
                guard let value = members[key] else { throw missingKey(key, members) }
                result.removeAll { $0[key] == value }
            default:
                changes.append(members)
            }
        }
        if replacesAll { return changes.map { .object(withoutDirectives($0)) } }
        for members in changes {
            guard let value = members[key] else { throw missingKey(key, members) }
            if let index = result.firstIndex(where: { $0[key] == value }) {
                result[index] = .object(try object(result[index].objectValue ?? JSONObject(), members, node))
            } else {
                result.append(.object(try object(JSONObject(), members, node)))
            }
        }
        return ordered(result, by: changes.map(JSON.object), server: original) { $0[key] }
    }

    /// Merges a list and then brings it into the order that the patch says.
    private static func mergeOrdered(
        _ field: String, order: JSON, into result: inout JSONObject, _ patch: inout JSONObject, _ node: PatchNode
    ) throws(KubernetesStatus) {
        guard let order = order.arrayValue else {
            throw .badRequest("invalid strategic merge patch: \(setElementOrder)\(field) must be a list")
        }
        let original = result[field]?.arrayValue
        let removals = patch.removeValue(forKey: deleteFromPrimitiveList + field)?.arrayValue ?? []
        let changes = patch[field]
        guard changes != nil || original != nil, changes?.isNull != true else { return }
        patch.removeValue(forKey: field)
        var merged = (original ?? []).filter { !removals.contains($0) }
        if let changes = changes?.arrayValue { merged = try items(merged, changes, node) }
        let identity: (JSON) -> JSON?
        if case .list(let key, _) = node { identity = { $0[key] } } else { identity = { $0 } }
        result[field] = .array(ordered(merged, by: order, server: original ?? [], identity))
    }

    /// The items that `order` names in that order; the others keep the server's order, and go in front of a named item
    /// only where the server has both so.
    private static func ordered(
        _ items: [JSON], by order: [JSON], server: [JSON], _ identity: (JSON) -> JSON?
    ) -> [JSON] {
        var orderIndex: [JSON: Int] = [:]
        for (index, item) in order.enumerated() { if let id = identity(item) { orderIndex[id] = index } }
        var serverIndex: [JSON: Int] = [:]
        for (index, item) in server.enumerated() { if let id = identity(item) { serverIndex[id] = index } }
        func position(_ item: JSON, _ positions: [JSON: Int]) -> Int? { identity(item).flatMap { positions[$0] } }

        var named = items.filter { position($0, orderIndex) != nil }
        named.sort { position($0, orderIndex) ?? 0 < position($1, orderIndex) ?? 0 }
        let others = items.filter { position($0, orderIndex) == nil }
        var result: [JSON] = []
        var otherItems = others[...]
        for item in named {
            while let other = otherItems.first, let left = position(other, serverIndex),
                let right = position(item, serverIndex), left < right
            {
                result.append(other)
                otherItems.removeFirst()
            }
            result.append(item)
        }
        return result + otherItems
    }

    private static func retain(
        _ retained: JSON, in result: inout JSONObject, _ patch: JSONObject
    ) throws(KubernetesStatus) {
        guard let names = retained.arrayValue?.compactMap(\.stringValue) else {
            throw .badRequest("invalid strategic merge patch: \(retainKeys) must be a list of names")
        }
        let keep = Set(names)
        for name in patch.keys where !name.hasPrefix("$") && !keep.contains(name) {
            throw .badRequest("invalid strategic merge patch: \(retainKeys) does not name \"\(name)\"")
        }
        for name in result.keys where !keep.contains(name) { result.removeValue(forKey: name) }
    }

    private static func takeDirective(_ patch: inout JSONObject) throws(KubernetesStatus) -> String? {
        guard let value = patch.removeValue(forKey: directive) else { return nil }
        guard let text = value.stringValue, ["replace", "delete", "merge"].contains(text) else {
            throw .badRequest("invalid strategic merge patch: \(value.text()) is no \(directive) directive")
        }
        return text
    }

    private static func missingKey(_ key: String, _ members: JSONObject) -> KubernetesStatus {
        .badRequest(
            "invalid strategic merge patch: \(JSON.object(members).text()) does not contain declared merge key: \(key)")
    }

    private static func withoutDirectives(_ value: JSON) -> JSON {
        switch value {
        case .object(let members): .object(withoutDirectives(members))
        case .array(let items):
            .array(items.filter { $0[directive]?.stringValue != "delete" }.map(withoutDirectives))
        default: value
        }
    }

    /// Directives and nulls say how to merge; where a value is taken as it is they must not be stored.
    private static func withoutDirectives(_ members: JSONObject) -> JSONObject {
        var result = JSONObject()
        for (name, value) in members where !isDirective(name) && !value.isNull {
            result[name] = withoutDirectives(value)
        }
        return result
    }

    private static func isDirective(_ name: String) -> Bool {
        name == directive || name == retainKeys || name.hasPrefix(setElementOrder)
            || name.hasPrefix(deleteFromPrimitiveList)
    }
}
