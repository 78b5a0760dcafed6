/// Why operator or gateway cannot work.
package struct OperatorServiceError: Error, Sendable, CustomStringConvertible {
    package enum Code: Sendable {
        case usage
        /// The store cannot be opened.
        case store
        case failed
    }

    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
