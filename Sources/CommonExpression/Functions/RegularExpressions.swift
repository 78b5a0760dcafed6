import StructuredData

extension FunctionLibrary {
    static let regularExpressions = FunctionLibrary(
        """
        matches matches(string, string) -> bool
        matches .matches_string(string, string) -> bool
        find .string_find_string(string, string) -> string
        findAll .string_find_all_string(string, string) -> list(string)
        findAll .string_find_all_string_int(string, string, int) -> list(string)
        """,
        [
            "matches": { arguments throws(EvaluationError) in
                .bool(try pattern(arguments[1]).matches(try arguments[0].string()))
            },
            "find": { arguments throws(EvaluationError) in
                .string(try pattern(arguments[1]).findAll(in: try arguments[0].string(), limit: 1).first ?? "")
            },
            "findAll": { arguments throws(EvaluationError) in
                let limit = arguments.count > 2 ? try arguments[2].int() : -1
                let found = try pattern(arguments[1]).findAll(
                    in: try arguments[0].string(), limit: limit < 0 ? .max : Int(limit))
                return .list(found.map { .string($0) })
            },
        ])

    private static func pattern(_ value: Value) throws(EvaluationError) -> RegularExpression {
        let text = try value.string()
        do {
            return try RegularExpression.cached(text)
        } catch {
            throw .invalid(error.description)
        }
    }
}
