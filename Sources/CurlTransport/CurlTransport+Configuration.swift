public import HTTPTransport

extension CurlTransport {
    /// How a transport connects. The environment (`https_proxy` and its kin) has no influence.
    public struct Configuration: Sendable, Hashable {
        public var tls: TLSConfiguration
        /// A proxy that is spoken to over TLS must show a certificate of the same authorities as a server; it is not shown the
        /// client's.
        public var proxy: ProxyRules
        /// Sent where a request has no `User-Agent` of its own.
        public var userAgent: String
        /// Shared requests to one host beyond so many wait their turn. Dedicated ones are not counted.
        public var maxRequestsPerHost: Int
        /// What a dedicated stream may hold for a reader that falls behind: where there is more, the server is held back. Another
        /// time as much may be in the reader's hands.
        public var streamHighWaterBytes: Int
        /// What a shared stream may hold for a reader that falls behind; a stream that needs more is dropped with
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
        /// Where a request times out on a shared connection that has brought nothing for this long, the connection is dead: it is
        /// closed, with what else waits on it, so that no later request lands on it.
        public var silentConnectionSeconds: Double

        public init(
            tls: TLSConfiguration = TLSConfiguration(),
            proxy: ProxyRules = .none,
            userAgent: String = UserAgent.library,
            maxRequestsPerHost: Int = 256,
            streamHighWaterBytes: Int = 1 << 20,
            maxStreamBufferBytes: Int = 64 << 20,
            maxIdleSeconds: Int = 50,
            maxConnectionLifetimeSeconds: Int = 300,
            keepAliveSeconds: Int = 30,
            unacknowledgedSeconds: Int = 30,
            silentConnectionSeconds: Double = 5
        ) {
            self.tls = tls
            self.proxy = proxy
            self.userAgent = userAgent
            self.maxRequestsPerHost = maxRequestsPerHost
            self.streamHighWaterBytes = streamHighWaterBytes
            self.maxStreamBufferBytes = maxStreamBufferBytes
            self.maxIdleSeconds = maxIdleSeconds
            self.maxConnectionLifetimeSeconds = maxConnectionLifetimeSeconds
            self.keepAliveSeconds = keepAliveSeconds
            self.unacknowledgedSeconds = unacknowledgedSeconds
            self.silentConnectionSeconds = silentConnectionSeconds
        }

        /// With what is known of the server, such as `ClientConfiguration.connection` of a Kubernetes client.
        public init(_ connection: ConnectionSettings) {
            self.init(tls: connection.tls, proxy: connection.proxy, userAgent: connection.userAgent)
        }
    }
}
