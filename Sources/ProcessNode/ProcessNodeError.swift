/// Why the node, or one of its containers, cannot go on. The message says what to do.
package struct ProcessNodeError: Error, Sendable, Hashable, CustomStringConvertible {
    package struct Code: RawRepresentable, Sendable, Hashable {
        package var rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        /// The root directory cannot be used.
        package static let rootDirectory = Code(rawValue: "rootDirectory")
        /// The log listener cannot be started.
        package static let listener = Code(rawValue: "listener")
        /// A file could not be read or written.
        package static let file = Code(rawValue: "file")
        /// The image is not in the node's table.
        package static let unknownImage = Code(rawValue: "unknownImage")
        /// A container's configuration cannot be put together (kubelet: `CreateContainerConfigError`).
        package static let containerConfiguration = Code(rawValue: "containerConfiguration")
        /// The process could not be started (kubelet: `RunContainerError`).
        package static let start = Code(rawValue: "start")
    }

    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
