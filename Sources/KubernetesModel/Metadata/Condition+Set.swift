extension Condition {
    /// Whether `status` is `True`.
    public var isTrue: Bool { status == "True" }
}

extension [Condition] {
    /// The condition of this type.
    public subscript(type: String) -> Condition? { first { $0.type == type } }

    /// Adds or replaces the condition of `condition.type`. The transition time stays as it was unless the status changed.
    ///
    /// - Returns: Whether the conditions changed.
    @discardableResult
    public mutating func set(_ condition: Condition) -> Bool {
        guard let index = firstIndex(where: { $0.type == condition.type }) else {
            append(condition)
            return true
        }
        var new = condition
        if self[index].status == new.status { new.lastTransitionTime = self[index].lastTransitionTime }
        guard self[index] != new else { return false }
        self[index] = new
        return true
    }
}
