import NIOCore
import NIOPosix
import Synchronization
import TestSupport

/// A TCP proxy on a loopback port that does to connections what networks do.
///
/// It passes bytes on until told otherwise; see `ProxiedConnection` for what can be done to one connection. It keeps its port
/// while it refuses connections, and may be turned to another server while it runs.
package final class FaultProxy: Sendable {
    /// The way that bytes take.
    package enum Direction: Int, Sendable, CaseIterable {
        case toServer
        case toClient
    }

    /// What becomes of the bytes of one direction.
    package enum Flow: Sendable, Hashable {
        case pass
        /// They wait, and so does the end of the connection, until the flow is another.
        case hold
        /// They are lost, and so is the end of the connection: neither side learns anything.
        case swallow
        /// They arrive later.
        case delay(Duration)
        /// They arrive in pieces of so many bytes, a millisecond apart.
        case pieces(Int)
    }

    package enum Ending: Sendable {
        /// FIN: the regular end.
        case finish
        /// RST: an abortive one; what was on its way is lost.
        case reset
    }

    private struct State {
        var target: Int
        var listener: (any Channel)?
        var flows: [Flow] = [.pass, .pass]
        var connections: [ProxiedConnection] = []
    }

    package var port: Int { reserved.number }
    /// Ours also while nobody listens.
    private let reserved: ReservedPort
    private let onOpen: @Sendable (ProxiedConnection) -> Void
    private let state: Observed<State>

    /// - Parameters:
    ///   - target: the server's port on this machine.
    ///   - onOpen: called for each connection before any byte passes; must return at once.
    package static func start(
        to target: Int, onOpen: @escaping @Sendable (ProxiedConnection) -> Void = { _ in }
    ) async throws -> FaultProxy {
        let proxy = try FaultProxy(target, onOpen)
        try await proxy.accept()
        return proxy
    }

    private init(_ target: Int, _ onOpen: @escaping @Sendable (ProxiedConnection) -> Void) throws {
        reserved = try ReservedPort()
        self.onOpen = onOpen
        state = Observed(State(target: target))
    }

    // MARK: Connections

    /// New connections go to another server.
    package func retarget(to port: Int) { state.change { $0.target = port } }

    /// All connections so far, in the order of their opening.
    package var connections: [ProxiedConnection] { state.value.connections }
    package var openConnections: [ProxiedConnection] { connections.filter { !$0.isClosed } }

    /// Waits for the connection of that number, from 0 on.
    package func connection(_ number: Int) async throws -> ProxiedConnection {
        try await state.wait { $0.connections.count > number }.connections[number]
    }

    /// Sets a flow for all connections, those to come included.
    package func set(_ flow: Flow, _ directions: Direction...) {
        let connections = state.change { state in
            for direction in directions { state.flows[direction.rawValue] = flow }
            return state.connections
        }
        for connection in connections {
            for direction in directions { connection.set(flow, direction) }
        }
    }

    /// Ends all open connections.
    package func endAll(_ ending: Ending) {
        for connection in openConnections { connection.end(ending) }
    }

    /// From now on connecting is refused, as where nothing listens. Open connections stay.
    package func refuse() async throws {
        let listener = state.change { state in
            defer { state.listener = nil }
            return state.listener
        }
        try await listener?.close()
    }

    /// Connecting succeeds again.
    package func accept() async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 512)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { [self] channel in open(channel) }
            .bind(host: "127.0.0.1", port: port).get()
        state.change { $0.listener = listener }
    }

    /// Ends everything.
    package func shutdown() async {
        // A listener that cannot be closed any more is closed.
        try? await refuse()
        endAll(.reset)
    }

    private func open(_ client: any Channel) -> EventLoopFuture<Void> {
        let (target, flows) = (state.value.target, state.value.flows)
        return client.eventLoop.makeCompletedFuture {
            let relay = Relay(client: client, flows: flows)
            try client.pipeline.syncOperations.addHandler(RelayHandler(relay, .toServer))
            let connection = state.change { state in
                let connection = ProxiedConnection(number: state.connections.count, relay)
                state.connections.append(connection)
                return connection
            }
            onOpen(connection)
            let loopBound = NIOLoopBound(relay, eventLoop: client.eventLoop)
            ClientBootstrap(group: client.eventLoop)
                .channelOption(.socketOption(.tcp_nodelay), value: 1)
                .channelOption(.allowRemoteHalfClosure, value: true)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(RelayHandler(loopBound.value, .toClient))
                    }
                }
                .connect(host: "127.0.0.1", port: target)
                .whenComplete { result in
                    switch result {
                    case .success(let server): loopBound.value.connected(server)
                    case .failure: loopBound.value.end(.reset)
                    }
                }
        }
    }
}
