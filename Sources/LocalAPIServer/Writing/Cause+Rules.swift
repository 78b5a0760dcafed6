import CommonExpression
import KubernetesModel
import StructuredData

extension KubernetesStatus.Cause {
    /// A rule that does not hold.
    init(_ violation: RuleViolation) {
        let shown = violation.value?.text()
        let what: String
        switch violation.reason {
        case .invalid: what = "Invalid value"
        case .forbidden: what = "Forbidden"
        case .required: what = "Required value"
        case .duplicate: what = "Duplicate value"
        }
        var parts = [what]
        switch violation.reason {
        case .invalid: parts += [shown, violation.detail].compactMap(\.self)
        case .duplicate: parts += [shown].compactMap(\.self)
        case .forbidden, .required: parts.append(violation.detail)
        }
        self.init(
            reason: violation.reason.rawValue, message: parts.joined(separator: ": "),
            field: violation.path.isEmpty ? "<nil>" : violation.path)
    }

    /// Why a definition's rules are refused.
    init(_ problem: RuleProblem) {
        switch problem.kind {
        case .invalid(let value): self = .invalid(problem.path, value: value.text(), problem.detail)
        case .required: self = .required(problem.path, problem.detail)
        case .forbidden: self = .forbidden(problem.path, problem.detail)
        case .notSupported(let value, let supported):
            self = .notSupported(problem.path, value: JSON.string(value).text(), supported: supported)
        }
    }
}
