package import HTTPTransport
import StructuredData

/// What the API server asks of a node's kubelet endpoint.
package struct NodeRequest: Sendable, Hashable {
    package var node: String
    /// The node's address, without brackets.
    package var host: String
    package var port: Int
    /// Absolute path with the query, percent-encoded, such as `/containerLogs/ns/pod/container?follow=true`.
    package var path: String
    /// Whether the answer goes on until the caller leaves.
    package var isStream: Bool

    package init(node: String, host: String, port: Int, path: String, isStream: Bool) {
        self.node = node
        self.host = host
        self.port = port
        self.path = path
        self.isStream = isStream
    }
}

/// Reaches the kubelet endpoint of nodes. The server is given one, so that it needs no HTTP client of its own.
package protocol NodeProxy: Sendable {
    /// - Throws: `HTTPTransportError` where no head arrived.
    func open(_ request: NodeRequest) async throws -> HTTPStreamingResponse
}

/// Sends the requests over any transport, with the bearer token that nodes expect.
package struct TransportNodeProxy: NodeProxy {
    package var transport: any HTTPTransport
    package var bearerToken: String

    package init(transport: any HTTPTransport, bearerToken: String) {
        self.transport = transport
        self.bearerToken = bearerToken
    }

    package func open(_ request: NodeRequest) async throws -> HTTPStreamingResponse {
        let host = request.host.contains(":") ? "[\(request.host)]" : request.host
        return try await transport.stream(
            HTTPRequest(
                .get, "https://\(host):\(request.port)\(request.path)",
                headers: ["Authorization": "Bearer \(bearerToken)"],
                timeoutSeconds: request.isStream ? nil : 60,
                connection: request.isStream ? .dedicated : .shared))
    }
}

/// Where a node's kubelet answers, as its status says.
struct NodeEndpoint: Sendable, Hashable {
    var host: String
    var port: Int

    init?(of node: JSON) {
        let status = node["status"]
        let addresses = status?["addresses"]?.arrayValue ?? []
        func address(_ type: String) -> String? {
            addresses.first { $0["type"]?.stringValue == type }?["address"]?.stringValue
        }
        guard let host = address("InternalIP") ?? address("Hostname"),
            let port = status?["daemonEndpoints"]?["kubeletEndpoint"]?["Port"]?.intValue, port > 0
        else { return nil }
        self.host = host
        self.port = port
    }
}
