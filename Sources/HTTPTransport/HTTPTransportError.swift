/// Why no (whole) response arrived. A response with any status is not an error.
public struct HTTPTransportError: Error, Sendable, Hashable, CustomStringConvertible {
    public struct Code: RawRepresentable, Sendable, Hashable {
        public var rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The name did not resolve, or nothing listens there; the request was not sent.
        public static let cannotConnect = Code(rawValue: "cannotConnect")
        /// The connection broke after the request may have been sent.
        public static let connectionLost = Code(rawValue: "connectionLost")
        public static let timedOut = Code(rawValue: "timedOut")
        /// No byte arrived for `silenceTimeoutSeconds`.
        public static let silent = Code(rawValue: "silent")
        /// The peer's certificate, or ours, was not accepted.
        public static let tls = Code(rawValue: "tls")
        public static let responseTooLarge = Code(rawValue: "responseTooLarge")
        /// A stream's reader fell behind by more than the transport buffers.
        public static let streamOverflow = Code(rawValue: "streamOverflow")
        public static let badRequest = Code(rawValue: "badRequest")
        public static let closed = Code(rawValue: "closed")
    }

    public var code: Code
    public var message: String
    /// Whether the request surely never reached the peer, so that repeating it is always safe.
    public var wasNotSent: Bool

    public init(_ code: Code, _ message: String, wasNotSent: Bool = false) {
        self.code = code
        self.message = message
        self.wasNotSent = wasNotSent
    }

    public var description: String { message }
}
