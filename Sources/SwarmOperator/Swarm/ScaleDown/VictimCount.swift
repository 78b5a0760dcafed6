/// Tells, once the victims of a lowered `replicas` are gone, whether the ReplicaSet took those that were chosen.
package struct VictimCount: Sendable, Hashable {
    package struct Outcome: Sendable, Hashable {
        package var chosen: Int
        /// By UID: pods that went though they were not chosen.
        package var others: [String]
    }

    private let victims: Set<String>
    private let before: Set<String>

    /// - Parameters:
    ///   - victims: by UID, those chosen when `replicas` was lowered.
    ///   - before: all pods that there were.
    package init(victims: Set<String>, before: Set<String>) {
        self.victims = victims
        self.before = before
    }

    package func outcome(after: Set<String>) -> Outcome {
        let gone = before.subtracting(after)
        return Outcome(
            chosen: gone.intersection(victims).count, others: gone.subtracting(victims).sorted())
    }
}
