public import KubernetesModel

extension [Condition] {
    /// Sets the condition of this type. Its `lastTransitionTime` moves only with its status, so that saying the same again leaves
    /// the conditions equal, and need not be written.
    /// - Parameters:
    ///   - reason: a word in CamelCase, for programs.
    ///   - message: a sentence for people.
    ///   - generation: that of the object which was looked at.
    public mutating func set(
        _ type: String, _ isTrue: Bool, reason: String, message: String = "", observedGeneration generation: Int64?
    ) {
        let old = firstIndex { $0.type == type }
        let status = isTrue ? "True" : "False"
        var condition = Condition(
            type: type, status: status, observedGeneration: generation,
            lastTransitionTime: Timestamp.text(microseconds: WallTime.microseconds() / 1_000_000 * 1_000_000),
            reason: reason, message: message)
        guard let old else { return append(condition) }
        if self[old].status == status { condition.lastTransitionTime = self[old].lastTransitionTime }
        self[old] = condition
    }
}
