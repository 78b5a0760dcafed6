import KubernetesClient
import KubernetesModel
import StructuredData
import TestSupport

/// A client on a script.
struct ScriptedClient {
    let transport: ScriptedTransport
    let clock = SleeplessClock()
    let logs = LogRecorder()
    let client: KubernetesClient

    init(
        _ answers: [ScriptedTransport.Answer],
        configuration: ClientConfiguration = ClientConfiguration(
            server: "https://cluster", authentication: .bearer("secret"), defaultNamespace: "home"),
        retry: RequestRetryPolicy = RequestRetryPolicy(),
        seed: UInt64 = 1
    ) {
        transport = ScriptedTransport(answers)
        client = KubernetesClient(
            configuration, transport: transport, retry: retry, logger: logs.logger(), clock: clock,
            random: SeededGenerator(seed: seed))
    }
}

let configMaps = ConfigMap.resource
let widgets = ResourceType(group: "example.com", version: "v1", kind: "Widget", plural: "widgets", namespaced: true)
let nodes = ResourceType(group: "", version: "v1", kind: "Node", plural: "nodes", namespaced: false)

func widget(_ name: String, version: String = "1") -> JSON {
    [
        "apiVersion": "example.com/v1", "kind": "Widget",
        "metadata": ["name": .string(name), "namespace": "home", "resourceVersion": .string(version)],
    ]
}

func failure(_ code: Int, _ reason: String, _ message: String = "no") -> JSON {
    [
        "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure", "message": .string(message),
        "reason": .string(reason), "code": JSON(code),
    ]
}

/// The error of this type that `body` throws.
func thrown<E: Error>(
    _ type: E.Type, _ body: () async throws -> Void
) async -> E? {
    do {
        try await body()
        return nil
    } catch {
        return error as? E
    }
}
