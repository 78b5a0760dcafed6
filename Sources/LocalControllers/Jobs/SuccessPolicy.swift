import StructuredData

/// When an Indexed job has succeeded before all of its indexes have, as `spec.successPolicy` says. Pure.
enum SuccessPolicy {
    /// The first rule that is met, in words; `nil`: none.
    static func metRule(_ policy: JSON?, succeeded: JobIndexes, completions: Int) -> String? {
        let rules = policy?["rules"]?.arrayValue ?? []
        guard let index = rules.firstIndex(where: { isMet($0, succeeded, completions) }) else { return nil }
        return "Matched rules at index \(index)"
    }

    private static func isMet(_ rule: JSON, _ succeeded: JobIndexes, _ completions: Int) -> Bool {
        guard succeeded.count > 0 else { return false }
        let count = rule["succeededCount"]?.intValue
        guard let text = rule["succeededIndexes"]?.stringValue else {
            return count.map { succeeded.count >= $0 } ?? false
        }
        let named = JobIndexes(text, completions: completions)
        return succeeded.indexes.intersection(named.indexes).count >= count ?? named.count
    }
}
