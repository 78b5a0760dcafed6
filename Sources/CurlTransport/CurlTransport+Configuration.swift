public import HTTPTransport

extension CurlTransport {
    /// How a transport connects. The environment (`https_proxy` and its kin) has no influence.
    public struct Configuration: Sendable, Hashable {
        public var tls: TLSConfiguration
        /// The URL of a proxy (`http://`, `https://`, `socks5://`); `nil`: none.
        public var proxy: String?
        /// Hosts and domains that are reached without the proxy.
        public var noProxy: [String]
        /// Sent where a request has no `User-Agent` of its own.
        public var userAgent: String
        /// Shared requests to one host beyond so many wait their turn. Dedicated ones are not counted.
        public var maxRequestsPerHost: Int
        /// What a stream may hold for a reader that falls behind; a stream that needs more is dropped with
        /// `HTTPTransportError.streamOverflow`.
        public var maxStreamBufferBytes: Int
        /// A shared connection that was idle for longer is not used again.
        public var maxIdleSeconds: Int
        /// A shared connection that is older takes no new request, so that changes of addresses and certificates arrive.
        public var maxConnectionLifetimeSeconds: Int
        /// TCP asks an idle peer for a sign of life after this long, and again each third of it.
        public var keepAliveSeconds: Int
        /// A connection whose peer has acknowledged nothing for this long is dead (`TCP_USER_TIMEOUT`; Linux only).
        public var unacknowledgedSeconds: Int

        public init(
            tls: TLSConfiguration = TLSConfiguration(),
            proxy: String? = nil,
            noProxy: [String] = [],
            userAgent: String = "dynamic-agent-swarms",
            maxRequestsPerHost: Int = 256,
            maxStreamBufferBytes: Int = 64 << 20,
            maxIdleSeconds: Int = 50,
            maxConnectionLifetimeSeconds: Int = 300,
            keepAliveSeconds: Int = 30,
            unacknowledgedSeconds: Int = 30
        ) {
            self.tls = tls
            self.proxy = proxy
            self.noProxy = noProxy
            self.userAgent = userAgent
            self.maxRequestsPerHost = maxRequestsPerHost
            self.maxStreamBufferBytes = maxStreamBufferBytes
            self.maxIdleSeconds = maxIdleSeconds
            self.maxConnectionLifetimeSeconds = maxConnectionLifetimeSeconds
            self.keepAliveSeconds = keepAliveSeconds
            self.unacknowledgedSeconds = unacknowledgedSeconds
        }
    }
}
