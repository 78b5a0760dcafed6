extension JSON {
    /// Takes the value's rough size as text, in bytes, from a budget; false where it does not suffice.
    ///
    /// Values share storage, so a small document can describe one of astronomic size. Whatever repeats parts of its input
    /// spends from a budget, and the walk itself ends where the budget does.
    func spend(_ budget: inout Int) -> Bool {
        switch self {
        case .null, .bool, .integer, .number:
            budget -= 8
        case .string(let text):
            budget -= 8 + text.utf8.count
        case .array(let elements):
            budget -= 8
            for element in elements where !element.spend(&budget) { return false }
        case .object(let members):
            budget -= 8
            for (key, value) in members {
                budget -= 8 + key.utf8.count
                guard value.spend(&budget) else { return false }
            }
        }
        return budget >= 0
    }

    /// The value's rough size as text; `limit` for any that is larger.
    package func roughBytes(atMost limit: Int) -> Int {
        var budget = limit
        return spend(&budget) ? limit - budget : limit
    }
}

extension JSON {
    /// How deep arrays and objects nest in the value: 0 for a scalar.
    var nesting: Int {
        switch self {
        case .array(let elements): 1 + (elements.lazy.map(\.nesting).max() ?? 0)
        case .object(let members): 1 + (members.lazy.map(\.value.nesting).max() ?? 0)
        default: 0
        }
    }
}
