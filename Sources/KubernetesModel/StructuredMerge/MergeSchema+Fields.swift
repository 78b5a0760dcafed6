internal import StructuredData

extension MergeSchema.Node {
    /// The fields that an applied configuration claims.
    func fields(of value: JSON) -> FieldSet {
        var set = FieldSet()
        switch form(of: value, isNullEmpty: false) {
        case .leaf:
            break
        case .object:
            for (name, member) in value.objectValue ?? JSONObject() {
                let element = PathElement.field(name)
                let (node, isField) = self.member(name)
                set.put(node.fields(of: member), below: element)
                let isEmpty = member.isNull || member.objectValue?.isEmpty == true
                if isEmpty || !isField || node.form(of: member, isNullEmpty: false) == .leaf {
                    set.members.insert(element)
                }
            }
        case .list:
            var seen: Set<PathElement> = []
            var repeated: Set<PathElement> = []
            let items = (value.arrayValue ?? []).compactMap { item in element(for: item).map { ($0, item) } }
            for (element, _) in items where !seen.insert(element).inserted { repeated.insert(element) }
            for (element, content) in items {
                set.members.insert(element)
                // Items that stand there twice cannot be told apart, so only their presence is owned.
                if !repeated.contains(element) { set.put(item.fields(of: content), below: element) }
            }
        }
        return set
    }

    /// `set` with the fields that have children in it added. Items of maps and lists are not: that they exist can be
    /// owned apart from what is in them; a named field exists when anything in it does.
    func withNamedFields(_ set: FieldSet) -> FieldSet {
        var result = FieldSet()
        result.members = set.members
        for (element, child) in set.children {
            let node: MergeSchema.Node
            switch element {
            case .field(let name):
                let (memberNode, isField) = member(name)
                if isField { result.members.insert(element) }
                node = memberNode
            case .key, .value, .index:
                node = item
            }
            result.children[element] = node.withNamedFields(child)
        }
        return result
    }

    /// `set` with what lies below parts that have become atomic replaced by those parts.
    func reconciled(_ set: FieldSet) -> FieldSet {
        var result = FieldSet()
        result.members = set.members
        for (element, child) in set.children {
            let node: MergeSchema.Node
            switch element {
            case .field(let name): node = member(name).node
            case .key, .value, .index: node = item
            }
            if case .atomic = node {
                result.members.insert(element)
            } else {
                result.put(node.reconciled(child), below: element)
            }
        }
        return result
    }
}
