import CommonExpression
import KubernetesModel
import StructuredData

extension Schema {
    /// What is wrong with `value`, as the real server words it.
    ///
    /// - Parameter old: the value that is replaced: parts that have not changed are let pass whatever is wrong with them, so
    ///   that a stricter schema does not keep people from changing the rest.
    func validate(_ value: JSON, replacing old: JSON? = nil, path: String) -> [KubernetesStatus.Cause] {
        var causes: [KubernetesStatus.Cause] = []
        validate(value, old, path: path, into: &causes)
        return causes
    }

    private func validate(_ value: JSON, _ old: JSON?, path: String, into causes: inout [KubernetesStatus.Cause]) {
        if value.isNull, isNullable { return }
        if let old, isUnchanged(value, from: old) { return }
        if let expected = mismatch(value) {
            causes.append(
                .typeInvalid(
                    path, value: "\"\(value.typeName)\"",
                    "\(path) in body must be of type \(expected): \"\(value.typeName)\""))
            return
        }
        switch value {
        case .object(let members): validate(members, old, path: path, into: &causes)
        case .array(let elements): validate(elements, old, path: path, into: &causes)
        case .string(let text): validate(text, path: path, into: &causes)
        case .integer, .number:
            if let number = value.doubleValue { validate(number, value, path: path, into: &causes) }
        case .bool, .null: break
        }
        if !constraints.enumeration.isEmpty, !constraints.enumeration.contains(value) {
            causes.append(
                .notSupported(
                    path, value: value.text(), supported: constraints.enumeration.map { $0.stringValue ?? $0.text() }))
        }
        validateCombinations(value, path: path, into: &causes)
    }

    private func isUnchanged(_ value: JSON, from old: JSON) -> Bool {
        if value == old { return true }
        // In which order the elements of a list map or set stand says nothing.
        guard listType != nil, listType != .atomic, let elements = value.arrayValue, let before = old.arrayValue,
            elements.count == before.count
        else { return false }
        return Set(elements) == Set(before)
    }

    /// The type that the value should have and has not.
    private func mismatch(_ value: JSON) -> String? {
        if isIntOrString {
            switch value {
            case .integer, .string: return nil
            case .number(let number) where Int64(exactly: number) != nil: return nil
            default: return "integer,string"
            }
        }
        let fits: Bool
        switch (kind, value) {
        case (nil, _), (.object, .object), (.array, .array), (.string, .string), (.boolean, .bool),
            (.integer, .integer), (.number, .integer), (.number, .number):
            fits = true
        case (.integer, .number(let number)): fits = Int64(exactly: number) != nil
        default: fits = false
        }
        return fits ? nil : kind?.rawValue
    }

    private func validate(
        _ members: JSONObject, _ old: JSON?, path: String, into causes: inout [KubernetesStatus.Cause]
    ) {
        if isEmbeddedResource { validateEmbedded(members, path: path, into: &causes) }
        for name in required where members[name] == nil {
            causes.append(.required(path.isEmpty ? name : "\(path).\(name)"))
        }
        for (name, value) in members {
            let place = path.isEmpty ? name : "\(path).\(name)"
            guard let schema = properties[name] ?? additionalProperties else { continue }
            schema.validate(value, isAtomic ? nil : old?[name], path: place, into: &causes)
        }
        if let minimum = constraints.minProperties, members.count < minimum {
            causes.append(
                .invalid(
                    path, value: JSON.object(members).text(),
                    "\(path) in body should have at least \(minimum) properties"))
        }
        if let maximum = constraints.maxProperties, members.count > maximum {
            causes.append(.tooMany(path, count: members.count, maximum: maximum))
        }
    }

    /// An object within an object says what it is, as any other does.
    private func validateEmbedded(
        _ members: JSONObject, path: String, into causes: inout [KubernetesStatus.Cause]
    ) {
        let metadata = members["metadata"] ?? [:]
        for name in ["apiVersion", "kind"] where members[name]?.stringValue?.isEmpty ?? true {
            causes.append(.required("\(path).\(name)"))
        }
        if let kind = members["kind"]?.stringValue, !kind.isEmpty, !LabelSyntax.isDNSLabel(kind.lowercased()) {
            causes.append(.invalid("\(path).kind", value: JSON.string(kind).text(), NameValidation.labelMessage))
        }
        if let name = metadata["name"]?.stringValue, [".", ".."].contains(name) || name.contains(where: "/%".contains) {
            causes.append(
                .invalid(
                    "\(path).metadata.name", value: JSON.string(name).text(),
                    "may be neither '.' nor '..', and may not contain '/' or '%'"))
        }
        let problems = BuiltInResources.objectMeta.validate(metadata, path: "\(path).metadata")
            .filter { $0.reason == "FieldValueTypeInvalid" }
        guard !problems.isEmpty else { return }
        causes.append(
            .invalid(
                "\(path).metadata", value: metadata.text(), problems.compactMap(\.message).joined(separator: ", ")))
    }

    private func validate(
        _ elements: [JSON], _ old: JSON?, path: String, into causes: inout [KubernetesStatus.Cause]
    ) {
        if let maximum = constraints.maxItems, elements.count > maximum {
            causes.append(.tooMany(path, count: elements.count, maximum: maximum))
        }
        if let minimum = constraints.minItems, elements.count < minimum {
            causes.append(
                .invalid(
                    path, value: "\(elements.count)", "\(path) in body should have at least \(minimum) items"))
        }
        if let items {
            var before: [JSON: JSON] = [:]
            for element in old?.arrayValue ?? [] {
                if let identity = identity(of: element) { before[identity] = element }
            }
            for (index, element) in elements.enumerated() {
                items.validate(
                    element, identity(of: element).flatMap { before[$0] }, path: "\(path)[\(index)]", into: &causes)
            }
        }
        validateUniqueness(of: elements, path: path, into: &causes)
    }

    /// What tells an element of a list map from the others.
    private func identity(of element: JSON) -> JSON? {
        guard case .map(let keys) = listType, element.objectValue != nil else { return nil }
        var key: JSON = [:]
        for name in keys { key[name] = element[name] ?? items?.properties[name]?.defaultValue }
        return key
    }

    private func validateUniqueness(of elements: [JSON], path: String, into causes: inout [KubernetesStatus.Cause]) {
        if mayRepeatKeys { return }
        var seen: Set<JSON> = []
        for (index, element) in elements.enumerated() {
            let identity: JSON
            switch listType {
            case .set: identity = element
            case .map:
                guard let key = self.identity(of: element) else { continue }
                identity = key
            case .atomic, nil: return
            }
            if !seen.insert(identity).inserted {
                causes.append(.duplicate("\(path)[\(index)]", value: identity.text(.sortedKeys)))
            }
        }
    }

    private func validate(_ text: String, path: String, into causes: inout [KubernetesStatus.Cause]) {
        if let maximum = constraints.maxLength, text.unicodeScalars.count > maximum {
            causes.append(.tooLong(path, maximumBytes: maximum))
        }
        if let minimum = constraints.minLength, text.unicodeScalars.count < minimum {
            causes.append(
                .invalid(
                    path, value: JSON.string(text).text(), "\(path) in body should be at least \(minimum) chars long"))
        }
        if let pattern = constraints.pattern, !pattern.matches(text) {
            causes.append(
                .invalid(
                    path, value: JSON.string(text).text(), "\(path) in body should match '\(pattern.text)'"))
        }
        let isWellFormed =
            isQuantity ? SchemaFormat.isQuantity(text) : SchemaFormat.accepts(text, format: constraints.format ?? "")
        if let format = constraints.format, !isIntOrString, !isWellFormed {
            let value = JSON.string(text).text()
            causes.append(.typeInvalid(path, value: value, "\(path) in body must be of type \(format): \(value)"))
        }
    }

    private func validate(
        _ number: Double, _ value: JSON, path: String, into causes: inout [KubernetesStatus.Cause]
    ) {
        func refuse(_ message: String) {
            causes.append(.invalid(path, value: value.text(), "\(path) in body should be \(message)"))
        }
        if let minimum = constraints.minimum, constraints.exclusiveMinimum ? number <= minimum : number < minimum {
            refuse("greater than \(constraints.exclusiveMinimum ? "" : "or equal to ")\(JSON(minimum).text())")
        }
        if let maximum = constraints.maximum, constraints.exclusiveMaximum ? number >= maximum : number > maximum {
            refuse("less than \(constraints.exclusiveMaximum ? "" : "or equal to ")\(JSON(maximum).text())")
        }
        if let factor = constraints.multipleOf, factor > 0, number.remainder(dividingBy: factor) != 0 {
            refuse("a multiple of \(JSON(factor).text())")
        }
        let bound: Double? =
            switch constraints.format {
            case "int32": 2_147_483_647
            default: nil
            }
        if let bound, kind == .integer, number > bound || number < -bound - 1 {
            causes.append(
                .invalid(path, value: value.text(), "\(path) in body must be of type int32: \(value.text())"))
        }
    }

    private func validateCombinations(_ value: JSON, path: String, into causes: inout [KubernetesStatus.Cause]) {
        for schema in constraints.allOf { schema.validate(value, nil, path: path, into: &causes) }
        if !constraints.anyOf.isEmpty, !constraints.anyOf.contains(where: { $0.validate(value, path: path).isEmpty }) {
            causes.append(
                .invalid(path, value: value.text(), "\(path) in body must validate at least one schema (anyOf)"))
        }
        if !constraints.oneOf.isEmpty,
            constraints.oneOf.filter({ $0.validate(value, path: path).isEmpty }).count != 1
        {
            causes.append(
                .invalid(path, value: value.text(), "\(path) in body must validate one and only one schema (oneOf)"))
        }
        if let not = constraints.not, not.validate(value, path: path).isEmpty {
            causes.append(.invalid(path, value: value.text(), "\(path) in body must not validate the schema (not)"))
        }
    }
}
