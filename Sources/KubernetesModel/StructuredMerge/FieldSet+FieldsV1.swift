public import StructuredData

extension FieldSet {
    /// Reads the fieldsV1 form. Names of a form that is not known are left out, as the API server does.
    public init(fieldsV1 json: JSON) {
        guard case .object(let entries) = json else { return }
        for (name, content) in entries where name != "." {
            guard let element = PathElement(fieldsV1: name) else { continue }
            let isLeaf = content.objectValue?.isEmpty ?? true
            if isLeaf || content["."] != nil { members.insert(element) }
            if !isLeaf { put(FieldSet(fieldsV1: content), below: element) }
        }
    }

    /// The form that `managedFields` holds: an object per field, in which `.` says that the field itself is in the set
    /// beside some of its children.
    public var fieldsV1: JSON { .object(encoded(includingSelf: false)) }

    private func encoded(includingSelf: Bool) -> JSONObject {
        var object = JSONObject()
        if includingSelf { object["."] = .object(JSONObject()) }
        for element in members.union(children.keys).sorted() {
            let content = children[element]?.encoded(includingSelf: members.contains(element)) ?? JSONObject()
            object[element.fieldsV1] = .object(content)
        }
        return object
    }
}
