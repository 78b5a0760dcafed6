import Glibc
import KubernetesClient
import KubernetesModel
import StructuredData
import TestSupport
import Testing

@Suite("The example controller", .timeLimit(.minutes(5)))
struct GreeterTests {
    @Test func `It makes what is asked for, undoes drift, says so, and what it made goes with its owner`() async throws
    {
        try await Greeter.onCluster { kubeconfig, client in
            let namespace = client.defaultNamespace
            let name = "greeting-\(UInt32.random(in: .min ... .max))"
            let selector = "metadata.name=\(name)"
            let program = try await Greeter.start(kubeconfig: kubeconfig, identity: "the-one")
            // Its caches are filled: the kind is there.
            try await program.waitFor("caches are filled")
            func configMap(until isFulfilled: @escaping @Sendable (ConfigMap?) -> Bool) async throws {
                _ = try await client.objects(ConfigMap.self, namespace: namespace, fieldSelector: selector) {
                    isFulfilled($0.first) ? true : nil
                }
            }

            _ = try await client.create(Greeting(name, ["Ada"]), options: .init())
            try await configMap { $0?.data == ["greeting-Ada": "Hello, Ada!", "signature": "the-one"] }
            // Its status is of this generation, and ready.
            _ = try await client.objects(Greeting.self, namespace: namespace, fieldSelector: selector) { found in
                found.first { greeting in
                    let ready = greeting.status?.conditions?.first { $0.type == "Ready" }
                    return greeting.status?.observedGeneration == greeting.metadata.generation
                        && ready?.status == "True"
                }
            }
            // People are told.
            _ = try await client.objects(Event.self, namespace: namespace) { events in
                events.first { $0.regarding?.name == name && $0.reason == "Greeted" }
            }

            // Drift: a change by somebody else, and a deletion.
            _ = try await client.patch(
                ConfigMap.self, name, namespace: namespace, patch: .merge(["data": ["greeting-Ada": "Go away!"]]))
            try await configMap { $0?.data?["greeting-Ada"] == "Hello, Ada!" }
            let before = try await client.get(ConfigMap.self, name, namespace: namespace).metadata.uid
            try await client.delete(ConfigMap.self, name, namespace: namespace)
            try await configMap { $0 != nil && $0?.metadata.uid != before }

            // Another wish.
            _ = try await client.patch(
                Greeting.self, name, namespace: namespace, patch: .merge(["spec": ["names": ["Grace", "Edsger"]]]))
            try await configMap {
                $0?.data == [
                    "greeting-Grace": "Hello, Grace!", "greeting-Edsger": "Hello, Edsger!", "signature": "the-one",
                ]
            }

            // With its owner it goes.
            try await client.delete(Greeting.self, name, namespace: namespace)
            try await configMap { $0 == nil }
            program.send(SIGTERM)
            #expect(try await program.exitCode() == 0, "\(program.text)")
        }
    }
}
