internal import ControllerRuntime
private import Glibc
internal import KubernetesModel
internal import NIOCore

/// Makes Services reachable: listens at their addresses, and passes connections on to their endpoints, in turn.
///
/// Flow: whenever Services or their slices change, listeners are opened, updated and closed. Guarantees: a Service without
/// endpoints refuses connections; connections to an endpoint that is gone end; with `sessionAffinity: ClientIP` a
/// client keeps to its endpoint while that is there. Caveats: TCP only; a port below 1024 needs the right to bind it; processes
/// that bind no address of their own all come from 127.0.0.1, and so are one client.
///
/// Nothing listens for a Service before it has endpoints: a program that binds its port at all addresses of the machine could not start
/// where the Service has the same port. Once it has, connections to the Service's address are its own already.
struct ServiceProxy: Sendable {
    private static let retryPause = Duration.seconds(5)

    let nodeName: String
    let services: Store<Service>
    let slices: Store<EndpointSlice>
    /// Raised when either store has changed.
    let changed: Signal
    let time: TimeSource
    /// Told of a Service that cannot be listened for, and why.
    let onFailure: @Sendable (SocketTarget, String) -> Void

    /// Runs until cancelled.
    func run() async {
        var listeners: [SocketTarget: ServiceListener] = [:]
        var refused: [SocketTarget: String] = [:]
        while !Task.isCancelled {
            let slices = slices.list()
            let table = ServiceTable.backends(services: services.list(), slices: slices, nodeName: nodeName)
            let living = ServiceTable.living(slices: slices)
            for (address, listener) in listeners where table[address] == nil {
                await listener.close()
                listeners[address] = nil
            }
            refused = refused.filter { table[$0.key] != nil }
            for (address, backend) in table {
                let listener = listeners[address] ?? ServiceListener(address, time: time)
                listeners[address] = listener
                do {
                    try await listener.update(backend, living: living)
                    refused[address] = nil
                } catch {
                    let reason = Self.reason(error, address)
                    if refused[address] != reason { onFailure(address, reason) }
                    refused[address] = reason
                }
            }
            await wait(isRetry: !refused.isEmpty)
        }
        for listener in listeners.values { await listener.close() }
    }

    private func wait(isRetry: Bool) async {
        guard isRetry else { return await changed.wait() }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await changed.wait() }
            group.addTask { try? await time.sleep(for: Self.retryPause) }
            await group.next()
            group.cancelAll()
        }
    }

    private static func reason(_ error: any Error, _ address: SocketTarget) -> String {
        switch (error as? IOError)?.errnoCode {
        case EACCES:
            "the node may not listen at \(address): ports below 1024 are for root; give the Service a port above, or set "
                + "net.ipv4.ip_unprivileged_port_start=0"
        case EADDRINUSE:
            "the node cannot listen at \(address): a program of this machine has port \(address.port) at all addresses, and "
                + "connections to the Service reach that one; let it bind the address in POD_IP"
        default: "the node cannot listen at \(address): \(error)"
        }
    }
}
