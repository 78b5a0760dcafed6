package import StructuredData

/// Why a schema's rules are refused.
package struct RuleProblem: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        case invalid(JSON)
        case required
        case forbidden
        case notSupported(String, supported: [String])
    }

    /// Such as `spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule`.
    package var path: String
    package var kind: Kind
    package var detail: String
}
