import KubernetesModel
import StructuredData

extension Schema {
    /// Removes from `value` what the schema does not know, and nulls where none may stand; brings quantities into the one form
    /// in which they are stored.
    ///
    /// - Parameter unknown: collects the paths of the removed fields, such as `spec.parts[0].colour`.
    func prune(_ value: inout JSON, path: String, unknown: inout [String]) {
        switch value {
        case .object(var members):
            value = .null
            prune(&members, path: path, unknown: &unknown)
            value = .object(members)
        case .array(var elements):
            guard let items else { return }
            value = .null
            for index in elements.indices {
                items.prune(&elements[index], path: "\(path)[\(index)]", unknown: &unknown)
            }
            value = .array(elements)
        default: break
        }
    }

    private func prune(_ members: inout JSONObject, path: String, unknown: inout [String]) {
        for key in members.keys {
            guard let schema = schema(ofMember: key) else {
                if preservesUnknownFields || (isEmbeddedResource && Self.objectFields.keys.contains(key)) { continue }
                members.removeValue(forKey: key)
                unknown.append(path.isEmpty ? key : "\(path).\(key)")
                continue
            }
            guard var member = members[key] else { continue }
            if member.isNull {
                if !schema.isNullable, schema.kind != nil || schema.isIntOrString { members.removeValue(forKey: key) }
                continue
            }
            if schema.isQuantity {
                members[key] = Self.canonicalQuantity(member)
                continue
            }
            if schema.isAbsentWhenEmpty, member.isEmptyContainer {
                members.removeValue(forKey: key)
                continue
            }
            // Scalars have nothing to prune; leaving them in place spares a copy of the whole path.
            guard member.objectValue != nil || member.arrayValue != nil else { continue }
            members[key] = .null
            schema.prune(&member, path: path.isEmpty ? key : "\(path).\(key)", unknown: &unknown)
            members[key] = member
        }
    }

    /// The schema of a member; what every object says of itself holds for embedded ones, too.
    func schema(ofMember name: String) -> Schema? {
        if isEmbeddedResource, name == "metadata" { return BuiltInResources.objectMeta }
        return properties[name] ?? additionalProperties
    }

    /// What is no quantity stays as it is, for validation to find.
    private static func canonicalQuantity(_ value: JSON) -> JSON {
        let text: String
        switch value {
        case .string(let given): text = given
        case .integer, .number: text = value.text()
        default: return value
        }
        return (try? Quantity(parsing: text)).map { .string($0.description) } ?? value
    }
}

extension JSON {
    /// Whether it is an object or list with nothing in it.
    fileprivate var isEmptyContainer: Bool {
        switch self {
        case .object(let members): members.isEmpty
        case .array(let elements): elements.isEmpty
        default: false
        }
    }
}
