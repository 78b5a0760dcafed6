/// Why an expression has no value.
package struct EvaluationError: Error, Sendable, Hashable, CustomStringConvertible {
    package struct Code: Sendable, Hashable {
        private var name: String
        private init(_ name: String) { self.name = name }

        /// A function was called with arguments that it does not take.
        package static let noSuchOverload = Code("noSuchOverload")
        /// The expression did more work than it may.
        package static let costLimitExceeded = Code("costLimitExceeded")
        /// Division by zero, overflow, a key that is not there, a text that cannot be read.
        package static let invalid = Code("invalid")
    }

    package var code: Code
    package var description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    static func invalid(_ message: String) -> EvaluationError { EvaluationError(.invalid, message) }
    static let noSuchOverload = EvaluationError(.noSuchOverload, "no such overload")
    static let costLimit = EvaluationError(.costLimitExceeded, "operation cancelled: actual cost limit exceeded")
    static func noSuchKey(_ key: String) -> EvaluationError { .invalid("no such key: \(key)") }
    static let overflow = EvaluationError.invalid("integer overflow")
}
