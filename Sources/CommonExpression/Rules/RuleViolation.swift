package import StructuredData

/// A rule that does not hold for an object, or could not be evaluated.
package struct RuleViolation: Sendable, Hashable {
    /// Why, as field errors say it.
    package enum Reason: String, Sendable, Hashable {
        case invalid = "FieldValueInvalid"
        case forbidden = "FieldValueForbidden"
        case required = "FieldValueRequired"
        case duplicate = "FieldValueDuplicate"
    }

    /// Such as `spec.parts[0].name`; empty for the object itself.
    package var path: String
    package var reason: Reason
    /// What is shown of the value; `nil` for objects and lists.
    package var value: JSON?
    package var detail: String
}
