import StructuredData

/// Bodies of merge patches that change an object's finalizers.
enum FinalizerPatch {
    static func without(_ finalizer: String, _ finalizers: [String]) -> JSON {
        let rest = finalizers.filter { $0 != finalizer }
        return ["metadata": ["finalizers": rest.isEmpty ? .null : JSON(rest)]]
    }
}
