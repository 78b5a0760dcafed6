extension SchemaValidator {
    mutating func check(_ value: JSON, _ rules: SchemaNode.Combinations) {
        if let node = rules.reference { check(value, against: node) }
        for node in rules.allOf { check(value, against: node) }
        if !rules.anyOf.isEmpty { checkAny(value, rules.anyOf) }
        if !rules.oneOf.isEmpty { checkOne(value, rules.oneOf) }
        if let node = rules.not, fits(value, node) {
            report("not", "is of a kind that is not allowed here, found \(value.shortDescription)")
        }
        if let condition = rules.condition, let node = fits(value, condition) ? rules.then : rules.otherwise {
            check(value, against: node)
        }
    }

    private mutating func checkAny(_ value: JSON, _ alternatives: [Int]) {
        var misfits: [[Found]] = []
        for node in alternatives {
            let violations = violations(of: value, against: node)
            if violations.isEmpty { return }
            misfits.append(violations)
        }
        reportNearest(misfits, keyword: "anyOf", value)
    }

    private mutating func checkOne(_ value: JSON, _ alternatives: [Int]) {
        var misfits: [[Found]] = []
        var fitting: [Int] = []
        for (index, node) in alternatives.enumerated() {
            let violations = violations(of: value, against: node)
            if violations.isEmpty { fitting.append(index) } else { misfits.append(violations) }
        }
        if fitting.isEmpty { return reportNearest(misfits, keyword: "oneOf", value) }
        if fitting.count > 1 {
            let numbers = fitting.map(String.init).joined(separator: " and ")
            report("oneOf", "must fit exactly one of \(alternatives.count) alternatives, but fits \(numbers)")
        }
    }

    /// Reports what is wrong in terms of the alternative that was probably meant.
    private mutating func reportNearest(_ misfits: [[Found]], keyword: String, _ value: JSON) {
        if let joined = joinedTypes(misfits) {
            return report(keyword, "must be \(joined.phrase), found \(value.shortDescription)", types: joined)
        }
        if let joined = joinedChoice(misfits) {
            found.append(joined)
            return
        }
        let depth = depth
        let nearest = misfits.min { Misfit($0, depth) < Misfit($1, depth) } ?? []
        for violation in nearest where found.count < JSONSchema.violationLimit { found.append(violation) }
    }

    /// The types that would do, where the value has the wrong one for every alternative.
    private func joinedTypes(_ misfits: [[Found]]) -> SchemaTypes? {
        var joined: SchemaTypes = []
        for misfit in misfits {
            guard let types = misfit.first(where: { $0.path.tokens.count == depth && $0.types != nil })?.types else {
                return nil
            }
            joined.formUnion(types)
        }
        return joined
    }

    /// The values that would do, where every alternative wants others at the same place: the value itself, or a member that
    /// tells the alternatives apart.
    private func joinedChoice(_ misfits: [[Found]]) -> Found? {
        for candidate in misfits.first ?? [] where candidate.path.tokens.count <= depth + 1 {
            guard var choice = candidate.choice else { continue }
            let isShared = misfits.dropFirst().allSatisfy { misfit in
                guard let other = misfit.first(where: { $0.path == candidate.path })?.choice else { return false }
                choice.allowed += other.allowed.filter { !choice.allowed.contains($0) }
                return true
            }
            guard isShared else { continue }
            var joined = candidate
            joined.keyword = choice.allowed.count == 1 ? "const" : "enum"
            joined.message = choice.message
            joined.choice = choice
            return joined
        }
        return nil
    }

    /// How far a value is from an alternative: first whether it has the right type, then whether the members that tell
    /// alternatives apart agree, then how much is wrong, then how far below the surface.
    private struct Misfit: Comparable {
        private let hasWrongType: Bool
        private let wrongChoices: Int
        private let count: Int
        private let reach: Int

        init(_ violations: [Found], _ depth: Int) {
            hasWrongType = violations.contains { $0.path.tokens.count == depth && $0.types != nil }
            wrongChoices = violations.count { $0.path.tokens.count <= depth + 1 && $0.choice != nil }
            count = violations.count
            reach = violations.map(\.path.tokens.count).max() ?? depth
        }

        static func < (left: Misfit, right: Misfit) -> Bool {
            if left.hasWrongType != right.hasWrongType { return right.hasWrongType }
            if left.wrongChoices != right.wrongChoices { return left.wrongChoices < right.wrongChoices }
            if left.count != right.count { return left.count < right.count }
            return left.reach > right.reach
        }
    }
}
