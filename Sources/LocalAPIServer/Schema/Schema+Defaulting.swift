import StructuredData

extension Schema {
    /// Gives absent fields their defaults, below what is there.
    func applyDefaults(to value: inout JSON) {
        switch value {
        case .object(var members):
            value = .null
            for (name, schema) in properties {
                if members[name] == nil || (members[name]?.isNull == true && !schema.isNullable) {
                    guard let defaultValue = schema.defaultValue else { continue }
                    members[name] = defaultValue
                }
                schema.applyDefaults(toMember: name, of: &members)
            }
            if let additionalProperties, additionalProperties.hasDefaults {
                for key in members.keys where properties[key] == nil {
                    additionalProperties.applyDefaults(toMember: key, of: &members)
                }
            }
            value = .object(members)
        case .array(var elements):
            guard let items, items.hasDefaults else { return }
            value = .null
            for index in elements.indices { items.applyDefaults(to: &elements[index]) }
            value = .array(elements)
        default: break
        }
    }

    private func applyDefaults(toMember name: String, of members: inout JSONObject) {
        guard hasDefaults, var member = members[name] else { return }
        members[name] = .null
        applyDefaults(to: &member)
        members[name] = member
    }

    /// Whether anything below this value has a default.
    private var hasDefaults: Bool {
        items != nil || additionalProperties != nil || !properties.isEmpty
    }
}
