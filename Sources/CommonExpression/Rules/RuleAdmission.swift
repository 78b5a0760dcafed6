package import StructuredData

/// Decides whether a schema's rules may be used: whether they compile, and whether they stay within the budget whatever object
/// the schema lets through.
package struct RuleAdmission {
    /// The most that one rule may be estimated at, for all the places that it is evaluated at in one object.
    package static let ruleCostLimit: UInt64 = 10_000_000
    /// The most for all the rules of a schema together.
    package static let schemaCostLimit: UInt64 = 100_000_000
    private static let mostExpensiveCount = 4
    private static let reasons = [
        "FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired",
    ]

    /// What each rule is estimated to cost, in the order of the schema.
    package private(set) var costs: [(path: String, cost: UInt64)] = []
    package private(set) var totalCost: UInt64 = 0
    package private(set) var problems: [RuleProblem] = []

    /// - Parameter path: where the schema stands, for the paths of problems.
    package init(_ openAPIV3Schema: JSON, path: String) {
        let schema = StructuralSchema(openAPIV3Schema, isRoot: true)
        guard schema.hasRules else { return }
        guard let declaration = Declaration.make(schema, name: "self") else { return }
        check(schema, declaration, path, Place(cardinality: 1, uncorrelatable: nil))
        guard totalCost > Self.schemaCostLimit else { return }
        for rule in costs.filter({ $0.cost >= Self.schemaCostLimit / 100 }).sorted(by: { $0.cost > $1.cost })
            .prefix(Self.mostExpensiveCount)
        {
            refuse(
                rule.path, .forbidden,
                "contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema")
        }
        refuse(
            path, .forbidden,
            Self.overBudget(
                "x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema", totalCost,
                limit: Self.schemaCostLimit))
    }

    /// Where in the schema a node stands.
    private struct Place {
        /// How many values it can have in one object; `nil`: the schema does not say.
        var cardinality: UInt64?
        /// The list around it that does not say which of its elements was which before.
        var uncorrelatable: String?
    }

    private mutating func refuse(_ path: String, _ kind: RuleProblem.Kind, _ detail: String) {
        problems.append(RuleProblem(path: path, kind: kind, detail: detail))
    }

    private mutating func check(
        _ schema: StructuralSchema, _ declaration: Declaration?, _ path: String, _ place: Place
    ) {
        guard schema.hasRules else { return }
        var below = place
        switch schema.type {
        case "array":
            below.cardinality = Self.product(place.cardinality, schema.maxItems)
            if case .map = schema.listType {} else { below.uncorrelatable = place.uncorrelatable ?? path }
        case "object" where schema.additionalProperties != nil:
            below.cardinality = Self.product(place.cardinality, schema.maxProperties)
        default: break
        }
        if let additional = schema.additionalProperties {
            check(additional, declaration?.element, "\(path).additionalProperties", below)
        }
        for (name, property) in schema.properties.sorted(by: { $0.key < $1.key }) {
            let child = declaration.flatMap { RuleSet.declaration(of: name, property, in: $0) }
            check(property, child, "\(path).properties[\(name)]", below)
        }
        if let items = schema.items { check(items, declaration?.element, "\(path).items", below) }
        let rulesPath = "\(path).x-kubernetes-validations"
        for (index, rule) in schema.rules.enumerated() { checkForm(rule, "\(rulesPath)[\(index)]", schema) }
        guard let declaration else {
            if !schema.rules.isEmpty {
                refuse(rulesPath, .forbidden, "rules need a schema whose type is known here and in all its parts")
            }
            return
        }
        for (index, rule) in schema.rules.enumerated() {
            checkExpressions(
                CompiledRule(rule, schema: schema, declaration: declaration), "\(rulesPath)[\(index)]", declaration,
                place)
        }
    }

    private static func product(_ cardinality: UInt64?, _ limit: Int64?) -> UInt64? {
        guard let cardinality, let limit else { return nil }
        return CostRange.multiply(cardinality, UInt64(limit))
    }

    // MARK: One rule

    private mutating func checkForm(_ rule: ValidationRule, _ path: String, _ schema: StructuralSchema) {
        let message = rule.message.trimmed
        if rule.rule.trimmed.isEmpty {
            refuse("\(path).rule", .required, "rule is not specified")
        } else if !rule.message.isEmpty, message.isEmpty {
            refuse("\(path).message", .invalid(.string(rule.message)), "must be non-empty if specified")
        } else if message.hasLineBreak {
            refuse("\(path).message", .invalid(.string(rule.message)), "must not contain line breaks")
        } else if rule.rule.trimmed.hasLineBreak, message.isEmpty {
            refuse("\(path).message", .required, "message must be specified if rule contains line breaks")
        }
        if !rule.messageExpression.isEmpty, rule.messageExpression.trimmed.isEmpty {
            refuse("\(path).messageExpression", .required, "messageExpression must be non-empty if specified")
        }
        if let reason = rule.reason, !Self.reasons.contains(reason) {
            refuse("\(path).reason", .notSupported(reason, supported: Self.reasons), "")
        }
        guard !rule.fieldPath.isEmpty else { return }
        let field = JSON.string(rule.fieldPath)
        if rule.fieldPath.trimmed.isEmpty {
            refuse("\(path).fieldPath", .invalid(field), "must be non-empty if specified")
        }
        if rule.fieldPath.hasLineBreak {
            refuse("\(path).fieldPath", .invalid(field), "must not contain line breaks")
        }
        if FieldReference.path(rule.fieldPath, below: schema) == nil {
            refuse("\(path).fieldPath", .invalid(field), "must be a valid path")
        }
    }

    private mutating func checkExpressions(
        _ compiled: CompiledRule, _ path: String, _ declaration: Declaration, _ place: Place
    ) {
        switch compiled.expression {
        case nil: return
        case .failure(let error)?: refuse("\(path).rule", .invalid(compiled.rule.json), error.description)
        case .success(let expression)?:
            let cost = CostRange.multiply(
                CostEstimator.cost(of: expression, root: declaration).maximum,
                place.cardinality ?? declaration.mostPerRequest)
            observe(cost, "estimated rule cost", "\(path).rule")
        }
        switch compiled.message {
        case nil: break
        case .failure(let error)?:
            refuse("\(path).messageExpression", .invalid(compiled.rule.json), error.description)
        case .success(let expression)?:
            observe(
                CostEstimator.cost(of: expression, root: declaration).maximum, "estimated messageExpression cost",
                "\(path).messageExpression")
        }
        guard case .success? = compiled.expression else { return }
        if compiled.usesOldSelf {
            if let around = place.uncorrelatable {
                refuse(
                    "\(path).rule", .invalid(.string(compiled.rule.rule)),
                    "oldSelf cannot be used on the uncorrelatable portion of the schema within \(around)")
            }
        } else if let optional = compiled.rule.optionalOldSelf {
            refuse(
                "\(path).optionalOldSelf", .invalid(.bool(optional)), "may not be set if oldSelf is not used in rule")
        }
    }

    private mutating func observe(_ cost: UInt64, _ what: String, _ path: String) {
        if cost > Self.ruleCostLimit {
            refuse(path, .forbidden, Self.overBudget(what, cost, limit: Self.ruleCostLimit))
        }
        costs.append((path, cost))
        totalCost = CostRange.add(totalCost, cost)
    }

    private static func overBudget(_ what: String, _ cost: UInt64, limit: UInt64) -> String {
        let excess = Double(cost) / Double(limit)
        let factor =
            excess > 100 ? "more than 100x" : DecimalText.fixed(excess, excess < 1.5 ? 6 : 1) + "x"
        return "\(what) exceeds budget by factor of \(factor) (try simplifying the rule, or adding maxItems, "
            + "maxProperties, and maxLength where arrays, maps, and strings are declared)"
    }
}
