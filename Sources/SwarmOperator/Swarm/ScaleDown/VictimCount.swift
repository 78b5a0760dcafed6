/// Tells, once the victims of a lowered `replicas` are gone, whether the ReplicaSet took those that were chosen.
struct VictimCount: Sendable, Hashable {
    struct Outcome: Sendable, Hashable {
        var chosen: Int
        /// By UID: pods that went though they were not chosen.
        var others: [String]
    }

    /// By UID, those chosen when `replicas` was lowered.
    var victims: Set<String>
    /// All pods that there were.
    var before: Set<String>

    func outcome(after: Set<String>) -> Outcome {
        let gone = before.subtracting(after)
        return Outcome(
            chosen: gone.intersection(victims).count, others: gone.subtracting(victims).sorted())
    }
}
