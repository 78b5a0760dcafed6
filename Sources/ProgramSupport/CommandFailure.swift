/// Ends a program with one line on standard error that says what to do.
package struct CommandFailure: Error, Sendable, CustomStringConvertible {
    /// Exit codes, the same for all programs of the project.
    package enum Kind: Int32, Sendable {
        /// The work failed.
        case failed = 1
        /// Wrong flags or arguments.
        case usage = 2
        /// The cluster or the store cannot be reached.
        case unreachable = 3
    }

    package var kind: Kind
    package var message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    package var description: String { message }
}
