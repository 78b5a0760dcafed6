extension FunctionLibrary {
    static let versions = FunctionLibrary(
        """
        semver string_to_semver(string) -> semver
        semver string_bool_to_semver(string, bool) -> semver
        isSemver is_semver_string(string) -> bool
        isSemver is_semver_string_bool(string, bool) -> bool
        isGreaterThan .semver_is_greater_than(semver, semver) -> bool
        isLessThan .semver_is_less_than(semver, semver) -> bool
        compareTo .semver_compare_to(semver, semver) -> int
        major .semver_major(semver) -> int
        minor .semver_minor(semver) -> int
        patch .semver_patch(semver) -> int
        """,
        [
            "semver": { arguments throws(EvaluationError) in
                guard let version = try version(arguments) else {
                    throw .invalid("\"\(try arguments[0].string())\" is no semantic version")
                }
                return .semver(version)
            },
            "isSemver": { arguments throws(EvaluationError) in .bool(try version(arguments) != nil) },
            "isGreaterThan": { arguments throws(EvaluationError) in
                .bool(try arguments[0].semver().order(try arguments[1].semver()) > 0)
            },
            "isLessThan": { arguments throws(EvaluationError) in
                .bool(try arguments[0].semver().order(try arguments[1].semver()) < 0)
            },
            "compareTo": { arguments throws(EvaluationError) in
                .int(Int64(try arguments[0].semver().order(try arguments[1].semver())))
            },
            "major": { arguments throws(EvaluationError) in .int(Int64(clamping: try arguments[0].semver().major)) },
            "minor": { arguments throws(EvaluationError) in .int(Int64(clamping: try arguments[0].semver().minor)) },
            "patch": { arguments throws(EvaluationError) in .int(Int64(clamping: try arguments[0].semver().patch)) },
        ])

    private static func version(_ arguments: [Value]) throws(EvaluationError) -> SemanticVersion? {
        SemanticVersion(
            try arguments[0].string(), normalizes: arguments.count > 1 ? try arguments[1].bool() : false)
    }
}
