internal import StructuredData

/// What differs between two objects.
struct FieldChanges {
    var added = FieldSet()
    var modified = FieldSet()
    var removed = FieldSet()

    func ignoring(_ fields: FieldSet) -> FieldChanges {
        FieldChanges(
            added: added.subtractingTrees(fields), modified: modified.subtractingTrees(fields),
            removed: removed.subtractingTrees(fields))
    }
}

extension MergeSchema.Node {
    /// What turns `old` into `new`, by field. The objects themselves are no fields.
    func changes(from old: JSON, to new: JSON) -> FieldChanges {
        var changes = FieldChanges()
        var path: [PathElement] = []
        compare(old, new, at: &path, into: &changes)
        return changes
    }

    private func compare(_ old: JSON?, _ new: JSON?, at path: inout [PathElement], into changes: inout FieldChanges) {
        // Most of an object is as it was.
        if let old, let new, old == new { return }
        let oldForm = old.map { form(of: $0) }
        let newForm = new.map { form(of: $0) }
        guard let form = newForm ?? oldForm else { return }
        if let oldForm, let newForm, oldForm != newForm {
            // What was in the old value is gone; the new one is new, but for the field itself.
            if oldForm != .leaf { descend(oldForm, old, nil, at: &path, into: &changes) }
            if newForm != .leaf { descend(newForm, nil, new, at: &path, into: &changes) }
            changes.modified.insert(path)
            return
        }
        if form == .leaf || (Self.isEmpty(old) && Self.isEmpty(new)) {
            switch (old, new) {
            case (nil, _): changes.added.insert(path)
            case (_, nil): changes.removed.insert(path)
            default: changes.modified.insert(path)
            }
            return
        }
        descend(form, old, new, at: &path, into: &changes)
        if old == nil { changes.added.insert(path) }
        if new == nil { changes.removed.insert(path) }
    }

    private func descend(
        _ form: MergeForm, _ old: JSON?, _ new: JSON?, at path: inout [PathElement], into changes: inout FieldChanges
    ) {
        if form == .list {
            compareItems(old?.arrayValue ?? [], new?.arrayValue ?? [], at: &path, into: &changes)
            return
        }
        let oldMembers = old?.objectValue ?? JSONObject()
        let newMembers = new?.objectValue ?? JSONObject()
        for (name, value) in oldMembers {
            path.append(.field(name))
            member(name).node.compare(value, newMembers[name], at: &path, into: &changes)
            path.removeLast()
        }
        for (name, value) in newMembers where !oldMembers.contains(name) {
            path.append(.field(name))
            member(name).node.compare(nil, value, at: &path, into: &changes)
            path.removeLast()
        }
    }

    private func compareItems(
        _ old: [JSON], _ new: [JSON], at path: inout [PathElement], into changes: inout FieldChanges
    ) {
        let (oldOrder, oldItems) = grouped(old)
        let (newOrder, newItems) = grouped(new)
        for element in oldOrder + newOrder.filter({ oldItems[$0] == nil }) {
            let before = oldItems[element] ?? []
            let after = newItems[element] ?? []
            path.append(element)
            defer { path.removeLast() }
            switch (before.count, after.count) {
            case (...1, ...1):
                item.compare(before.first, after.first, at: &path, into: &changes)
            case (2..., 2...):
                if before != after { changes.modified.insert(path) }
            case (2..., _):
                // The items could not be told apart, now there is one or none.
                if let remaining = after.first { item.compare(nil, remaining, at: &path, into: &changes) }
                changes.removed.insert(path)
            default:
                if let single = before.first { item.compare(single, nil, at: &path, into: &changes) }
                changes.added.insert(path)
            }
        }
    }

    private func grouped(_ items: [JSON]) -> (order: [PathElement], items: [PathElement: [JSON]]) {
        var order: [PathElement] = []
        var groups: [PathElement: [JSON]] = [:]
        for item in items {
            guard let element = element(for: item) else { continue }
            if groups[element] == nil { order.append(element) }
            groups[element, default: []].append(item)
        }
        return (order, groups)
    }

    static func isEmpty(_ value: JSON?) -> Bool {
        switch value {
        case nil, .null: true
        case .array(let items): items.isEmpty
        case .object(let members): members.isEmpty
        default: false
        }
    }
}
