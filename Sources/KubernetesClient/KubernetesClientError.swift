/// What went wrong on the client's side. The server's refusals are `KubernetesStatus`, broken transfers `HTTPTransportError`.
public struct KubernetesClientError: Error, Sendable, Hashable, CustomStringConvertible {
    public struct Code: RawRepresentable, Sendable, Hashable {
        public var rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The kubeconfig, or what it points to, cannot be used.
        public static let configuration = Code(rawValue: "configuration")
        /// The credentials cannot be read now.
        public static let credentials = Code(rawValue: "credentials")
        /// The server's answer is not what the API says.
        public static let decoding = Code(rawValue: "decoding")
        /// The request cannot be formed: an object without a name, or a namespace too many.
        public static let invalidRequest = Code(rawValue: "invalidRequest")
    }

    public var code: Code
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
