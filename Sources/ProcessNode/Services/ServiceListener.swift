internal import ControllerRuntime
private import Glibc
internal import NIOCore
internal import NIOPosix
private import Synchronization

/// Listens at one address and port of a Service, and passes each connection on to the next of its endpoints.
final class ServiceListener: Sendable {
    private struct State {
        var choice: TargetChoice
        var connections: [ObjectIdentifier: (target: SocketTarget, channel: any Channel)] = [:]
    }

    /// Of one Service port; what comes beyond is turned away.
    static let connectionLimit = 2048
    /// An endpoint that does not take a connection is passed over this often.
    private static let attempts = 3

    private let state: Mutex<State>
    private let server: any Channel
    private let time: TimeSource

    private init(_ server: any Channel, _ backend: ServiceBackend, _ time: TimeSource) {
        self.server = server
        self.time = time
        self.state = Mutex(State(choice: TargetChoice(backend)))
    }

    /// Begins to listen. Several nodes of a machine may listen at one address: the system spreads connections over them.
    static func open(
        _ address: SocketTarget, backend: ServiceBackend, time: TimeSource
    ) async throws -> ServiceListener {
        let accepted = Accepted()
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.socketOption(.init(rawValue: SO_REUSEPORT)), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { accepted.hand($0) }
            .bind(host: address.address, port: address.port).get()
        let listener = ServiceListener(server, backend, time)
        accepted.listener.withLock { $0 = listener }
        return listener
    }

    /// What is accepted before the listener is made is turned away.
    private final class Accepted: Sendable {
        let listener = Mutex(ServiceListener?.none)

        func hand(_ channel: any Channel) -> EventLoopFuture<Void> {
            guard let listener = listener.withLock({ $0 }) else {
                return channel.eventLoop.makeFailedFuture(ChannelError.eof)
            }
            return listener.accept(channel)
        }
    }

    /// Takes the endpoints as they are now, and ends connections to addresses that nobody has any more.
    func update(_ backend: ServiceBackend, living: Set<String>) {
        let vanished = state.withLock { state in
            if state.choice.backend != backend { state.choice.backend = backend }
            return state.connections.values.filter { !living.contains($0.target.address) }.map(\.channel)
        }
        for channel in vanished { channel.close(promise: nil) }
    }

    /// Stops listening, and ends its connections.
    func close() async {
        try? await server.close()
        let open = state.withLock { $0.connections.values.map(\.channel) }
        for channel in open { channel.close(promise: nil) }
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
