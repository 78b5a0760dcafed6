import StructuredData

/// What is still in a namespace that is being deleted, and the conditions that say so.
struct NamespaceRemains: Sendable, Hashable {
    /// Objects by kind, such as `deployments.apps`.
    var counts: [String: Int] = [:]
    /// Objects by the finalizers that hold them.
    var finalizers: [String: Int] = [:]

    var isEmpty: Bool { counts.values.allSatisfy { $0 == 0 } }

    mutating func add(_ kind: String, _ objects: [JSON]) {
        guard !objects.isEmpty else { return }
        counts[kind, default: 0] += objects.count
        for object in objects {
            for finalizer in object["metadata"]?["finalizers"]?.arrayValue ?? [] {
                finalizers[finalizer.stringValue ?? "", default: 0] += 1
            }
        }
    }

    /// As a real cluster's namespace controller words them.
    func conditions(now: String) -> [JSON] {
        func list(_ counts: [String: Int], _ between: String) -> String {
            counts.sorted { $0.key < $1.key }.map { "\($0.key)\(between)\($0.value) resource instances" }
                .joined(separator: ", ")
        }
        func condition(_ type: String, _ isTrue: Bool, _ reason: String, _ message: String) -> JSON {
            [
                "type": .string(type), "status": isTrue ? "True" : "False", "lastTransitionTime": .string(now),
                "reason": .string(reason), "message": .string(message),
            ]
        }
        return [
            condition(
                "NamespaceDeletionDiscoveryFailure", false, "ResourcesDiscovered",
                "All resources successfully discovered"),
            condition(
                "NamespaceDeletionGroupVersionParsingFailure", false, "ParsedGroupVersions",
                "All legacy kube types successfully parsed"),
            condition(
                "NamespaceDeletionContentFailure", false, "ContentDeleted",
                "All content successfully deleted, may be waiting on finalization"),
            isEmpty
                ? condition(
                    "NamespaceContentRemaining", false, "ContentRemoved", "All content successfully removed")
                : condition(
                    "NamespaceContentRemaining", true, "SomeResourcesRemain",
                    "Some resources are remaining: \(list(counts, " has "))"),
            finalizers.isEmpty
                ? condition(
                    "NamespaceFinalizersRemaining", false, "ContentHasNoFinalizers",
                    "All content-preserving finalizers finished")
                : condition(
                    "NamespaceFinalizersRemaining", true, "SomeFinalizersRemain",
                    "Some content in the namespace has finalizers remaining: \(list(finalizers, " in "))"),
        ]
    }
}
