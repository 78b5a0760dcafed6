/// How a gateway serves.
package struct GatewayConfiguration: Sendable {
    /// A certificate chain and its key, as PEM.
    package struct TLS: Sendable {
        package var certificateChain: [UInt8]
        package var privateKey: [UInt8]

        package init(certificateChain: [UInt8], privateKey: [UInt8]) {
            self.certificateChain = certificateChain
            self.privateKey = privateKey
        }
    }

    /// What other gateways on the same store know it by: another one for each.
    package var name: String
    package var host: String
    /// 0: any free one; `onListening` tells which.
    package var port: Int
    /// `nil`: plain HTTP, for tests and behind a proxy that does TLS.
    package var tls: TLS?
    /// Lease polls that may wait at once; one for each agent.
    package var maxWaitingPolls = 10_000
    /// How long a report that asks for leases waits for one where nothing is ready: what comes by then is spared a call of its own.
    /// So long an agent may not know that its report is in.
    package var reportLeaseWait = Duration.milliseconds(10)
    /// How long a ready task is left to another gateway before a poll is woken for it here too. A lease takes a few milliseconds.
    package var wakeUpPatience = Duration.milliseconds(100)
    /// Callers that may wait for the end of a task, or follow its events, at once.
    package var maxTaskWaiters = 2_000
    /// Submissions in progress at once; what comes on top is asked to come back.
    package var maxSubmissions = 256
    /// Large results on their way in at once; what comes on top is asked to come back.
    package var maxUploads = 32
    /// Connections at once; others wait until one of them ends. To be well below the files that the process may have open.
    package var maxConnections: Int
    package var arrival = ArrivalLimits()
    /// What the bodies of requests may take of memory together, the small ones not counted.
    package var maxBodyBytes = 128 << 20
    /// The body of `GET /metrics`; `nil`: there is no such page here.
    package var metricsText: (@Sendable () async -> String)?
    /// Called once with the address that is listened on.
    package var onListening: @Sendable (_ host: String, _ port: Int) -> Void

    package init(
        name: String = String(UInt64.random(in: 0...UInt64.max), radix: 36),
        host: String = "127.0.0.1",
        port: Int = 0,
        tls: TLS? = nil,
        maxConnections: Int = 16_000,
        metricsText: (@Sendable () async -> String)? = nil,
        onListening: @escaping @Sendable (_ host: String, _ port: Int) -> Void = { _, _ in }
    ) {
        self.name = name
        self.host = host
        self.port = port
        self.tls = tls
        self.maxConnections = maxConnections
        self.metricsText = metricsText
        self.onListening = onListening
    }

    /// Connections for a process that may have so many files open. Half of them are left to what else it does: running out of them
    /// would end the listener.
    package static func connections(openFiles: Int) -> Int { min(max(openFiles / 2, 64), 16_000) }
}
