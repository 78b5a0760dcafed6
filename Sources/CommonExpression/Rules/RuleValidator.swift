package import StructuredData

/// Checks an object by the rules of its schema.
package struct RuleValidator {
    /// The most that one expression may cost.
    static let callCostLimit: UInt64 = 1_000_000
    /// The most that the rules of one object may cost together.
    static let objectCostLimit: UInt64 = 10_000_000
    /// Longer messages of expressions are not used.
    private static let messageLimitBytes = 5 * 1024

    private var remaining: UInt64
    /// Nothing more is evaluated.
    private var isExhausted = false
    private var violations: [RuleViolation] = []

    /// - Parameter old: the object that is replaced; rules that compare with it are for updates only. What was invalid
    ///   before, and has not changed, is let pass.
    /// - Returns: what does not hold, in the order of the object.
    package static func validate(_ object: JSON, replacing old: JSON?, by rules: RuleSet) -> [RuleViolation] {
        validate(object, replacing: old, by: rules, costLimit: objectCostLimit).violations
    }

    static func validate(
        _ object: JSON, replacing old: JSON?, by rules: RuleSet, costLimit: UInt64
    ) -> (violations: [RuleViolation], cost: UInt64) {
        var validator = RuleValidator(remaining: costLimit)
        validator.validate(Subject(value: object, old: old, comparison: old.map { (object, $0) }), by: rules)
        return (validator.violations, costLimit - validator.remaining)
    }

    private init(remaining: UInt64) { self.remaining = remaining }

    /// A part of the object.
    private struct Subject {
        var value: JSON
        /// The same part of the object before.
        var old: JSON?
        var path = ""
        /// The nearest part around it that can be told to be the same as before, with what it was.
        var comparison: (new: JSON, old: JSON)?

        /// Whether nothing has changed that the value is part of.
        var isUnchanged: Bool { comparison.map { $0.new == $0.old } ?? false }

        /// - Parameter isCorrelated: whether the value is comparable with the old one on its own.
        func child(_ value: JSON, old: JSON?, path: String, isCorrelated: Bool = true) -> Subject {
            var comparison = comparison
            if isCorrelated, comparison != nil, let old { comparison = (value, old) }
            return Subject(value: value, old: old, path: path, comparison: comparison)
        }

        func field(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
    }

    private mutating func validate(_ subject: Subject, by set: RuleSet) {
        // A rule says nothing about null: those around it can.
        guard !isExhausted, !subject.value.isNull else { return }
        evaluate(set, on: subject)
        switch subject.value {
        case .object(let members):
            for (name, value) in members where !isExhausted {
                let old = subject.old?[name]
                if let additional = set.additionalProperties {
                    validate(
                        subject.child(
                            value, old: old, path: "\(subject.path)[\(name)]", isCorrelated: !set.schema.isAtomicMap),
                        by: additional)
                } else if let property = set.properties[name] {
                    validate(
                        subject.child(
                            value, old: old, path: subject.field(name), isCorrelated: !set.schema.isAtomicMap),
                        by: property)
                }
            }
        case .array(let elements):
            guard let items = set.items else { return }
            let before = correlated(subject.old?.arrayValue ?? [], set.schema.listType)
            for (index, element) in elements.enumerated() where !isExhausted {
                let old = Self.identity(element, set.schema.listType).flatMap { before[$0] }
                validate(subject.child(element, old: old, path: "\(subject.path)[\(index)]"), by: items)
            }
        default: break
        }
    }

    /// The old elements by their keys: only lists of type `map` say which element is which.
    private func correlated(_ elements: [JSON], _ type: StructuralSchema.ListType) -> [JSON: JSON] {
        var before: [JSON: JSON] = [:]
        for element in elements {
            if let identity = Self.identity(element, type) { before[identity] = element }
        }
        return before
    }

    private static func identity(_ element: JSON, _ type: StructuralSchema.ListType) -> JSON? {
        guard case .map(let keys) = type, element.objectValue != nil else { return nil }
        return .array(keys.map { element[FieldName.unescaped($0) ?? $0] ?? .null })
    }

    // MARK: One value's rules

    private mutating func report(
        _ path: String, _ detail: String, value: JSON? = nil, reason: RuleViolation.Reason = .invalid
    ) {
        violations.append(RuleViolation(path: path, reason: reason, value: value, detail: detail))
    }

    /// - Returns: `nil`, and says so, where the budget is used up.
    private mutating func spend(_ cost: UInt64) -> Bool {
        guard cost <= remaining else {
            isExhausted = true
            return false
        }
        remaining -= cost
        return true
    }

    private mutating func evaluate(_ set: RuleSet, on subject: Subject) {
        guard !set.rules.isEmpty else { return }
        let type = JSON.string(set.schema.type)
        let exhausted = "validation failed due to running out of cost budget, no further validation rules will be run"
        guard remaining > 0 else {
            report(subject.path, exhausted, value: type)
            isExhausted = true
            return
        }
        let variables: (plain: [String: Value], optional: [String: Value])
        do throws(EvaluationError) {
            variables = try Self.variables(subject, set.schema)
        } catch {
            report(subject.path, "\(error) evaluating rule: \(set.rules[0].rule.name)", value: type)
            return
        }
        for compiled in set.rules where !isExhausted {
            guard let expression = compiled.expression else { continue }
            let program: CompiledExpression
            switch expression {
            case .success(let compiled): program = compiled
            case .failure(let error):
                report(subject.path, "rule compile error: \(error)", value: type)
                continue
            }
            let isOptional = compiled.rule.optionalOldSelf == true
            if compiled.usesOldSelf, subject.old == nil || subject.old?.isNull == true, !isOptional { continue }
            let evaluation = program.evaluate(
                isOptional ? variables.optional : variables.plain, costLimit: Self.callCostLimit)
            guard spend(min(evaluation.cost, Self.callCostLimit)) else {
                report(subject.path, exhausted, value: type)
                return
            }
            switch evaluation.result {
            case .success(.bool(true)): break
            case .success: reportFailure(of: compiled, on: subject, set.schema, variables.plain)
            case .failure(let error): reportError(error, of: compiled.rule, on: subject, type: type)
            }
        }
    }

    private static func variables(
        _ subject: Subject, _ schema: StructuralSchema
    ) throws(EvaluationError) -> (plain: [String: Value], optional: [String: Value]) {
        var plain = ["self": try Value(subject.value, schema: schema)]
        var optional = plain
        optional["oldSelf"] = .optional(nil)
        if let old = subject.old, !old.isNull {
            let value = try Value(old, schema: schema)
            plain["oldSelf"] = value
            optional["oldSelf"] = .optional(value)
        }
        return (plain, optional)
    }

    private mutating func reportError(
        _ error: EvaluationError, of rule: ValidationRule, on subject: Subject, type: JSON
    ) {
        switch error.code {
        case .noSuchOverload:
            report(
                subject.path,
                "'\(error)': call arguments did not match a supported operator, function or macro signature for rule: "
                    + rule.name, value: type)
        case .costLimitExceeded:
            report(
                subject.path,
                "'\(error)': no further validation rules will be run due to call cost exceeds limit for rule: "
                    + rule.name, value: type)
            isExhausted = true
        default: report(subject.path, "\(error) evaluating rule: \(rule.name)", value: type)
        }
    }

    private mutating func reportFailure(
        of compiled: CompiledRule, on subject: Subject, _ schema: StructuralSchema, _ variables: [String: Value]
    ) {
        var detail = compiled.rule.failure
        if case .success(let message)? = compiled.message {
            let evaluation = message.evaluate(variables, costLimit: Self.callCostLimit)
            guard spend(min(evaluation.cost, Self.callCostLimit)) else {
                report(
                    subject.path,
                    "messageExpression evaluation failed due to running out of cost budget, no further validation rules "
                        + "will be run", value: .string(schema.type))
                return
            }
            if let text = Self.usable(evaluation.result) { detail = text }
        }
        // What is wrong and was so before is not this write's fault, unless the rule is about the change.
        if !compiled.usesOldSelf, subject.isUnchanged { return }
        var path = subject.path
        if let field = compiled.fieldPath { path = field.hasPrefix("[") ? path + field : subject.field(field) }
        let isContainer = schema.type == "object" || schema.type == "array"
        report(
            path, detail, value: isContainer ? JSON?.none : subject.value,
            reason: compiled.rule.reason.flatMap(RuleViolation.Reason.init) ?? .invalid)
    }

    /// A message that is one line of text.
    private static func usable(_ result: Result<Value, EvaluationError>) -> String? {
        guard case .success(.string(let text)) = result else { return nil }
        let message = text.trimmed
        return message.isEmpty || message.utf8.count > messageLimitBytes || message.contains("\n") ? nil : message
    }
}
