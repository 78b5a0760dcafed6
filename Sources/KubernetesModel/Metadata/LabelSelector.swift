/// Which objects an object is about, by their labels (`spec.selector` of a Deployment and its kin).
///
/// All parts must hold. A selector without parts selects everything; where a field may be absent, what absence means is the
/// field's to say.
public struct LabelSelector: Codable, Sendable, Hashable {
    public var matchLabels: [String: String]?
    public var matchExpressions: [Requirement]?

    public init(matchLabels: [String: String]? = nil, matchExpressions: [Requirement]? = nil) {
        self.matchLabels = matchLabels
        self.matchExpressions = matchExpressions
    }

    public struct Requirement: Codable, Sendable, Hashable {
        public var key: String
        /// `In`, `NotIn`, `Exists` or `DoesNotExist`.
        public var `operator`: String
        public var values: [String]?

        public init(key: String, operator: String, values: [String]? = nil) {
            self.key = key
            self.operator = `operator`
            self.values = values
        }
    }

    /// The selector as an expression, for matching and for the API's query parameters.
    ///
    /// - Throws: `SelectorError` where an operator is unknown or its values do not fit it.
    public func expression() throws(SelectorError) -> LabelSelectorExpression {
        var requirements: [LabelSelectorExpression.Requirement] = []
        for (key, value) in (matchLabels ?? [:]).sorted(by: { $0.key < $1.key }) {
            requirements.append(.init(key: key, condition: .isIn([value])))
        }
        for requirement in matchExpressions ?? [] {
            let values = requirement.values ?? []
            let takesValues = requirement.operator == "In" || requirement.operator == "NotIn"
            guard takesValues != values.isEmpty else {
                throw SelectorError(
                    "selector operator \(requirement.operator) on \"\(requirement.key)\" "
                        + (takesValues ? "needs values" : "takes no values"))
            }
            let condition: LabelSelectorExpression.Condition
            switch requirement.operator {
            case "In": condition = .isIn(Set(values))
            case "NotIn": condition = .isNotIn(Set(values))
            case "Exists": condition = .exists
            case "DoesNotExist": condition = .isAbsent
            default:
                throw SelectorError(
                    "\"\(requirement.operator)\" is not a selector operator; use In, NotIn, Exists or DoesNotExist")
            }
            requirements.append(.init(key: requirement.key, condition: condition))
        }
        return LabelSelectorExpression(requirements)
    }

    /// Whether `labels` fulfil every part. A selector that is itself wrong matches nothing.
    public func matches(_ labels: [String: String]?) -> Bool {
        guard let expression = try? expression() else { return false }
        return expression.matches(labels)
    }
}
