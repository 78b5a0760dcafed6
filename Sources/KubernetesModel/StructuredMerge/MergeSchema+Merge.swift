internal import StructuredData

extension MergeSchema.Node {
    /// `live` with what `applied` says put over it.
    func merged(_ live: JSON?, _ applied: JSON?) -> JSON? {
        guard let applied else { return live }
        guard let live else { return applied }
        let form = form(of: applied)
        guard form != .leaf, self.form(of: live) == form, !(Self.isEmpty(live) && Self.isEmpty(applied)) else {
            return applied
        }
        if form == .list {
            return .array(mergedItems(live.arrayValue ?? [], applied.arrayValue ?? []))
        }
        var result = live.objectValue ?? JSONObject()
        for (name, value) in applied.objectValue ?? JSONObject() {
            result[name] = member(name).node.merged(result[name], value)
        }
        return .object(result)
    }

    /// The live items, and the applied ones in the applied order: shared items keep the applied order among each other, and
    /// new ones stand where they stand among the applied.
    private func mergedItems(_ live: [JSON], _ applied: [JSON]) -> [JSON] {
        let liveElements = live.map(element(for:))
        let appliedElements = applied.compactMap(element(for:))
        guard appliedElements.count == applied.count else { return applied }
        let appliedSet = Set(appliedElements)
        var liveItems: [PathElement: JSON] = [:]
        var repeated: Set<PathElement> = []
        for (element, item) in zip(liveElements, live) {
            guard let element else { continue }
            if liveItems.updateValue(item, forKey: element) != nil { repeated.insert(element) }
        }
        // Items that stand there twice are not merged but replaced.
        for element in repeated { liveItems[element] = nil }

        var shared = appliedElements.filter { liveItems[$0] != nil || repeated.contains($0) }[...]
        var merged: Set<PathElement> = []
        var result: [JSON] = []
        var liveIndex = 0
        var appliedIndex = 0
        func takeApplied() {
            let element = appliedElements[appliedIndex]
            merged.insert(element)
            result.append(item.merged(liveItems[element], applied[appliedIndex]) ?? applied[appliedIndex])
            appliedIndex += 1
        }
        while liveIndex < live.count || appliedIndex < applied.count {
            if liveIndex < live.count, appliedIndex < applied.count, let element = liveElements[liveIndex] {
                if element == appliedElements[appliedIndex] {
                    takeApplied()
                    liveIndex += 1
                    _ = shared.popFirst()
                    continue
                }
                if appliedSet.contains(element), let next = shared.first, next != element {
                    // Shared, but not the one whose turn it is.
                    liveIndex += 1
                    continue
                }
            }
            if liveIndex < live.count {
                guard let element = liveElements[liveIndex], appliedSet.contains(element) else {
                    result.append(live[liveIndex])
                    liveIndex += 1
                    continue
                }
                if merged.contains(element) { liveIndex += 1 }
            }
            if appliedIndex < applied.count {
                if shared.first == appliedElements[appliedIndex] { _ = shared.popFirst() }
                takeApplied()
            }
        }
        return result
    }
}

extension MergeSchema.Node {
    /// `value` without the fields in `set`; `nil` where nothing is left of an object or list that had something.
    func removing(_ set: FieldSet, from value: JSON) -> JSON? {
        guard !set.isEmpty else { return value }
        switch form(of: value) {
        case .leaf:
            return value
        case .object:
            guard case .object(let members) = value, !members.isEmpty else { return value }
            var result = JSONObject()
            for (name, content) in members where !set.members.contains(.field(name)) {
                result[name] = member(name).node.removing(set.below(.field(name)), from: content)
            }
            guard !result.isEmpty else { return nil }
            return .object(result)
        case .list:
            guard case .array(let items) = value, !items.isEmpty else { return value }
            let result = items.compactMap { content -> JSON? in
                guard let element = element(for: content) else { return content }
                if set.members.contains(element) { return nil }
                return item.removing(set.below(element), from: content)
            }
            guard !result.isEmpty else { return nil }
            return .array(result)
        }
    }

    /// What in an applied configuration cannot be merged: items without a key, and items that stand there twice.
    func problems(in value: JSON, at path: String = "") -> [String] {
        switch form(of: value) {
        case .leaf:
            return []
        case .object:
            return (value.objectValue ?? JSONObject()).flatMap { name, content in
                member(name).node.problems(in: content, at: "\(path).\(name)")
            }
        case .list:
            var seen: Set<PathElement> = []
            return (value.arrayValue ?? []).enumerated().flatMap { index, content in
                guard let element = element(for: content) else {
                    return ["\(path): element \(index): \(missingKeyMessage)"]
                }
                guard seen.insert(element).inserted else { return ["\(path): duplicate entries for key \(element)"] }
                return item.problems(in: content, at: path + element.description)
            }
        }
    }

    private var missingKeyMessage: String {
        guard case .list(let keys, _) = self else { return "a set may hold only scalars" }
        let names = keys.map { "\"\($0.name)\"" }.joined(separator: " ")
        return "associative list with keys has an element that omits all key fields [\(names)] "
            + "(and doesn't have default values for any key fields)"
    }
}
