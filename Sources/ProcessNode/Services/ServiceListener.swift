internal import ControllerRuntime
private import Glibc
internal import NIOCore
internal import NIOPosix
private import Synchronization

/// Listens at one address and port of a Service as long as it has endpoints, and passes each connection on to the next of them.
final class ServiceListener: Sendable {
    private struct State {
        var server: (any Channel)?
        var choice: TargetChoice
        var connections: [ObjectIdentifier: (target: SocketTarget, channel: any Channel)] = [:]
    }

    /// Of one Service port; what comes beyond is turned away.
    static let connectionLimit = 2048
    /// An endpoint that does not take a connection is passed over this often.
    private static let attempts = 3

    private let address: SocketTarget
    private let state = Mutex(State(choice: TargetChoice(ServiceBackend(targets: []))))
    private let time: TimeSource

    /// Does not listen yet.
    init(_ address: SocketTarget, time: TimeSource) {
        self.address = address
        self.time = time
    }

    /// Takes the endpoints as they are now, begins or ends to listen accordingly, and ends connections to addresses that nobody has any
    /// more.
    func update(_ backend: ServiceBackend, living: Set<String>) async throws {
        let (isListening, vanished) = state.withLock { state in
            if state.choice.backend != backend { state.choice.backend = backend }
            let vanished = state.connections.values.filter { !living.contains($0.target.address) }.map(\.channel)
            return (state.server != nil, vanished)
        }
        for channel in vanished { channel.close(promise: nil) }
        if backend.targets.isEmpty {
            await stopListening()
        } else if !isListening {
            let server = try await open()
            state.withLock { $0.server = server }
        }
    }

    /// Several nodes of a machine may listen at one address: the system spreads connections over them.
    private func open() async throws -> any Channel {
        try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.socketOption(.init(rawValue: SO_REUSEPORT)), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { self.accept($0) }
            .bind(host: address.address, port: address.port).get()
    }

    /// Stops listening, and ends its connections.
    func close() async {
        // First: what is accepted until then is among the connections.
        await stopListening()
        let open = state.withLock { $0.connections.values.map(\.channel) }
        for channel in open { channel.close(promise: nil) }
    }

    private func stopListening() async {
        let server = state.withLock { state in
            defer { state.server = nil }
            return state.server
        }
        // It fails only where it is closed already.
        try? await server?.close()
    }

    private func nextTarget(for client: String, isRetry: Bool) -> SocketTarget? {
        let now = time.now
        return state.withLock { state in
            guard state.connections.count < Self.connectionLimit else { return nil }
            return state.choice.target(for: client, isRetry: isRetry, now: now)
        }
    }

    /// A failed future closes the connection.
    private func accept(_ inbound: any Channel, attempt: Int = 1) -> EventLoopFuture<Void> {
        let client = inbound.remoteAddress?.ipAddress ?? ""
        guard let target = nextTarget(for: client, isRetry: attempt > 1) else {
            return inbound.eventLoop.makeFailedFuture(ChannelError.eof)
        }
        // On the same event loop, so that the two ends may call each other.
        return ClientBootstrap(group: inbound.eventLoop)
            .connectTimeout(.seconds(5))
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.autoRead, value: false)
            .connect(host: target.address, port: target.port)
            .flatMap { outbound in self.join(inbound, outbound, target) }
            .flatMapError { error in
                guard attempt < Self.attempts else {
                    return inbound.eventLoop.makeFailedFuture(error)
                }
                return self.accept(inbound, attempt: attempt + 1)
            }
    }

    private func join(
        _ inbound: any Channel, _ outbound: any Channel, _ target: SocketTarget
    ) -> EventLoopFuture<Void> {
        let id = ObjectIdentifier(outbound)
        state.withLock { $0.connections[id] = (target, outbound) }
        outbound.closeFuture.whenComplete { _ in self.state.withLock { $0.connections[id] = nil } }
        return inbound.eventLoop.makeCompletedFuture {
            let (one, other) = RelayHandler.pair()
            try inbound.pipeline.syncOperations.addHandler(one)
            try outbound.pipeline.syncOperations.addHandler(other)
        }.flatMap {
            inbound.setOption(.autoRead, value: true).and(outbound.setOption(.autoRead, value: true)).map { _ in }
        }
    }
}
