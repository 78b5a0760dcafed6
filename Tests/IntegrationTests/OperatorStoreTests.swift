import CurlTransport
import Foundation
import HTTPTransport
import KubernetesClient
import KubernetesModel
import StructuredData
import SwarmAPI
import TestSupport
import Testing

/// Operators that share a Lease and a store with a gateway that runs beside them.
@Suite("Operators on a store that others share", .timeLimit(.minutes(5)))
struct OperatorStoreTests {
    private struct Operator {
        var program: ChildProgram
        var metrics: ReservedPort

        func readiness(_ transport: CurlTransport) async throws -> Int {
            try await transport.send(HTTPRequest(.get, "http://127.0.0.1:\(metrics.number)/readyz")).status
        }
    }

    private func start(_ name: String, _ fleet: Fleet) async throws -> Operator {
        let metrics = try ReservedPort()
        let program = try await ChildProgram.start(
            BuiltProgram.path("das-operator"),
            [
                "--kubeconfig", fleet.cluster.kubeconfig, "--store", fleet.store.url(), "--lease", "das-operator",
                "--lease-seconds", "12", "--data-dir", "\(fleet.folder)/\(name)", "--gateway-listen", "127.0.0.1:0",
                "--metrics-listen", "127.0.0.1:\(metrics.number)",
            ], environment: ["HOSTNAME": name])
        try await program.waitFor("works once it holds the Lease default/das-operator")
        try await program.waitFor("listening on 127.0.0.1:\(metrics.number)")
        return Operator(program: program, metrics: metrics)
    }

    private func finish(_ name: String, _ fleet: Fleet) async throws -> SwarmTask {
        let task = Declared.task(name, swarm: Fleet.swarm, input: ["result": ["name": .string(name)]])
        _ = try await fleet.cluster.client.create(SwarmTask.resource, task, namespace: Fleet.namespace)
        return try await fleet.cluster.client.objects(
            SwarmTask.self, namespace: Fleet.namespace, fieldSelector: "metadata.name=\(name)"
        ) { found in found.first { $0.isFinished } }
    }

    @Test(arguments: [SharedStore.Kind.postgres, .redis])
    func `one works, the next goes on where it was killed, and both outlive the store's server`(
        kind: SharedStore.Kind
    ) async throws {
        try await Fleet.run(kind) { fleet in
            let transport = CurlTransport()
            defer { transport.shutdown() }
            try await fleet.startGateways()
            var swarm = Declared.swarm(Fleet.swarm)
            swarm["spec"]?["agent"]?["serviceAccountName"] = .string(Fleet.serviceAccount)
            _ = try await fleet.cluster.client.create(AgentSwarm.resource, swarm, namespace: Fleet.namespace)
            // Nobody runs pods here.
            try await fleet.startAgent(0, gateway: fleet.gateways[0].url)

            let first = try await start("first", fleet)
            try await first.program.waitFor("the task store is open")
            let one = try await finish("one", fleet)
            #expect(one.status?.phase == .succeeded && one.status?.result == ["name": "one"], "\(first.program.text)")

            let second = try await start("second", fleet)
            #expect(try await second.readiness(transport) == 503)
            first.program.send(SIGKILL)
            try await first.program.exitCode()
            let two = try await finish("two", fleet)
            #expect(two.status?.phase == .succeeded, "\(second.program.text)")
            #expect(try await second.readiness(transport) == 200)

            try await fleet.store.end(.killed)
            #expect(try await second.readiness(transport) == 503)
            try await fleet.store.start()
            let three = try await finish("three", fleet)
            #expect(three.status?.phase == .succeeded, "\(second.program.text)")
            let again = try await fleet.cluster.client.get(SwarmTask.self, "one", namespace: Fleet.namespace)
            #expect(again.status?.completionTime == one.status?.completionTime)

            second.program.send(SIGTERM)
            #expect(try await second.program.exitCode() == 0, "\(second.program.text)")
            #expect(try await fleet.stopAgents() == [0])
            #expect(try await fleet.stopGateways().allSatisfy { $0 == 0 })
        }
    }
}
