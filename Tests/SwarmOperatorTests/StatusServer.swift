import ControllerRuntime
import HTTPTransport
import KubernetesClient
import StructuredData
import SwarmAPI
import SwarmOperator
import Synchronization
import TaskQueue

/// An API server with one object, whose status can be applied.
final class StatusServer: HTTPTransport {
    private let object: Mutex<JSON>
    private let count = Mutex(0)

    init(_ object: JSON) { self.object = Mutex(object) }

    var task: JSON { object.withLock(\.self) }
    /// How often its status was written.
    var writes: Int { count.withLock(\.self) }

    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        guard request.method == .patch, request.url.contains("/swarmtasks/t/status") else {
            return HTTPResponse(status: 405, body: [])
        }
        count.withLock { $0 += 1 }
        let applied = try JSON.parse(request.body ?? [])
        let answer = object.withLock { object in
            let version = Int(object["metadata"]?["resourceVersion"]?.stringValue ?? "") ?? 0
            object["status"] = applied["status"]
            object["metadata"]?["resourceVersion"] = .string(String(version + 1))
            return object.serialized()
        }
        return HTTPResponse(status: 200, body: answer)
    }

    func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse {
        throw HTTPTransportError(.badRequest, "nothing is watched")
    }
}

extension StatusServer {
    /// A reconciler of the one object, over a namespace `n` whose swarm `s` takes the type `echo`.
    func reconciler(_ queue: any TaskStore, _ cache: Store<CachedTask>) throws -> SwarmTaskReconciler {
        let client = KubernetesClient(ClientConfiguration(server: "https://cluster"), transport: self, retry: .never)
        let catalogue = SwarmCatalogue()
        let swarm: JSON = [
            "apiVersion": "das.brashlabs.io/v1alpha1", "kind": "AgentSwarm",
            "metadata": ["name": "s", "namespace": "n", "uid": "s"], "spec": ["capabilities": ["echo"]],
        ]
        catalogue.put(try swarm.decode(AgentSwarm.self))
        return SwarmTaskReconciler(
            client: client, store: queue, tasks: cache, catalogue: catalogue,
            events: EventRecorder(client: client, controller: "test", instance: "test"),
            configuration: OperatorConfiguration(
                agentImage: "agent", gatewayURL: "https://gateway", gatewayAuthorities: "", version: "1"))
    }
}
