extension JSON {
    /// The value at a place; `nil` where there is none.
    public func value(at pointer: JSONPointer) -> JSON? {
        var value = self
        for token in pointer.tokens {
            switch value {
            case .object(let members):
                guard let member = members[token] else { return nil }
                value = member
            case .array(let elements):
                guard let index = JSONPointer.index(token), index < elements.count else { return nil }
                value = elements[index]
            default: return nil
            }
        }
        return value
    }

    /// Puts a value at a place: replaces the member or element there, or adds it.
    ///
    /// Objects missing on the way (or `null`) are made, and so is an array where the next token is `-` or `0`. In an array, `-`
    /// and the index after the last one append.
    public mutating func set(_ value: JSON, at pointer: JSONPointer) throws(StructuredDataError) {
        try edit(pointer, to: pointer.tokens.count, isCreating: true) { place throws(StructuredDataError) in
            place = value
        }
    }

    /// Removes the value at a place and returns it; `nil`, and nothing changes, where there is none. Without its root a value
    /// is `null`.
    @discardableResult
    public mutating func remove(at pointer: JSONPointer) -> JSON? {
        guard let removed = value(at: pointer) else { return nil }
        guard let last = pointer.tokens.last else {
            self = .null
            return removed
        }
        // The place exists, so the way to it does.
        _ = try? edit(pointer, to: pointer.tokens.count - 1) { parent throws(StructuredDataError) in
            parent.removeChild(last)
        }
        return removed
    }

    /// Changes the value at the first `end` tokens of a pointer where it lies, without copying what surrounds it.
    ///
    /// - Parameter isCreating: whether what is missing on the way is made, as ``set(_:at:)`` says. Below what is made nothing
    ///   can be missing, so where this throws, nothing was made either.
    mutating func edit<Result>(
        _ pointer: JSONPointer, from start: Int = 0, to end: Int, isCreating: Bool = false,
        _ change: (inout JSON) throws(StructuredDataError) -> Result
    ) throws(StructuredDataError) -> Result {
        guard start < end else { return try change(&self) }
        let token = pointer.tokens[start]
        if isCreating, isNull { self = token == "-" || token == "0" ? .array([]) : .object([:]) }

        switch self {
        case .object(var members):
            guard isCreating || members.contains(token) else { throw pointer.noSuchLocation(start) }
            // Taken out while it changes, so that it has one owner and is not copied.
            self = .null
            defer { self = .object(members) }
            return try members[token, default: .null].edit(
                pointer, from: start + 1, to: end, isCreating: isCreating, change)
        case .array(var elements):
            let index = isCreating && token == "-" ? elements.count : JSONPointer.index(token)
            guard let index, index < elements.count || (isCreating && index == elements.count) else {
                throw pointer.noSuchLocation(start, elementCount: elements.count)
            }
            self = .null
            defer { self = .array(elements) }
            if index == elements.count { elements.append(.null) }
            return try elements[index].edit(pointer, from: start + 1, to: end, isCreating: isCreating, change)
        default:
            throw pointer.noSuchLocation(start, scalar: self)
        }
    }

    /// Removes a member or element that exists.
    mutating func removeChild(_ token: String) {
        switch self {
        case .object(var members):
            self = .null
            members.removeValue(forKey: token)
            self = .object(members)
        case .array(var elements):
            guard let index = JSONPointer.index(token), index < elements.count else { return }
            self = .null
            elements.remove(at: index)
            self = .array(elements)
        default: break
        }
    }
}

extension JSONPointer {
    func noSuchLocation(_ depth: Int, elementCount: Int? = nil, scalar: JSON? = nil) -> StructuredDataError {
        let parent = JSONPointer(tokens: Array(tokens[..<depth])).description
        let token = JSON.string(tokens[depth]).text()
        let problem =
            if let elementCount {
                "an array of \(elementCount) has no element \(token)"
            } else if let scalar {
                "\(scalar.shortDescription) has no member \(token)"
            } else {
                "there is no member \(token)"
            }
        return StructuredDataError(.noSuchLocation, at: parent, problem)
    }
}
