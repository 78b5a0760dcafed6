extension FunctionLibrary {
    static let sets = FunctionLibrary(
        """
        sets.contains list_sets_contains_list(list(A), list(A)) -> bool
        sets.equivalent list_sets_equivalent_list(list(A), list(A)) -> bool
        sets.intersects list_sets_intersects_list(list(A), list(A)) -> bool
        """,
        [
            "sets.contains": { arguments throws(EvaluationError) in
                .bool(try contains(try arguments[0].list(), try arguments[1].list()))
            },
            "sets.equivalent": { arguments throws(EvaluationError) in
                let (left, right) = (try arguments[0].list(), try arguments[1].list())
                guard try contains(left, right) else { return .bool(false) }
                return .bool(try contains(right, left))
            },
            "sets.intersects": { arguments throws(EvaluationError) in
                let list = try arguments[0].list()
                for element in try arguments[1].list().elements() where try list.contains(element) {
                    return .bool(true)
                }
                return .bool(false)
            },
        ])

    private static func contains(_ list: ListValue, _ part: ListValue) throws(EvaluationError) -> Bool {
        for element in try part.elements() where try !list.contains(element) { return false }
        return true
    }
}
