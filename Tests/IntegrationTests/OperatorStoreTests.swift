import CurlTransport
import Foundation
import HTTPTransport
import KubernetesClient
import KubernetesModel
import NetworkFaults
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
        var gateway: ReservedPort

        func readiness(_ transport: CurlTransport) async throws -> Int {
            try await transport.send(HTTPRequest(.get, "http://127.0.0.1:\(metrics.number)/readyz")).status
        }

        /// Returns when it is ready: its store is open, and it may be about to follow the feed.
        func becomesReady(_ transport: CurlTransport) async throws {
            while try await readiness(transport) != 200 {}
        }

        func gatewayReadiness(_ transport: CurlTransport) async throws -> Int {
            try await transport.send(HTTPRequest(.get, "https://127.0.0.1:\(gateway.number)/readyz")).status
        }
    }

    /// - Parameter kubeconfig: `nil`: the cluster's own.
    private func start(
        _ name: String, _ fleet: Fleet, kubeconfig: String? = nil, gatewayURL: String? = nil
    ) async throws -> Operator {
        let metrics = try ReservedPort()
        let gateway = try ReservedPort()
        let program = try await ChildProgram.start(
            BuiltProgram.path("das-operator"),
            [
                "--kubeconfig", kubeconfig ?? fleet.cluster.kubeconfig, "--store", fleet.store.url(), "--leader-elect",
                "--lease-seconds", "12", "--metrics-listen", "127.0.0.1:\(metrics.number)",
            ]
                + (gatewayURL.map { ["--gateway-url", $0] }
                    ?? ["--gateway-listen", "127.0.0.1:\(gateway.number)"]),
            environment: ["HOSTNAME": name])
        try await program.waitFor("works once it holds the Lease default/das-operator")
        try await program.waitFor("listening on 127.0.0.1:\(metrics.number)")
        return Operator(program: program, metrics: metrics, gateway: gateway)
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
            try await Self.declareSwarm(fleet)
            // Nobody runs pods here.
            try await fleet.startAgent(0, gateway: fleet.gateways[0].url)

            let first = try await start("first", fleet)
            try await first.program.waitFor("the task store is open")
            let one = try await finish("one", fleet)
            #expect(one.status?.phase == .succeeded && one.status?.result == ["name": "one"], "\(first.program.text)")

            let second = try await start("second", fleet)
            // Its gateway serves, whoever leads.
            try await second.becomesReady(transport)
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
    @Test func `each serves a gateway that agents of all trust, and one that loses the Lease goes on serving`()
        async throws
    {
        try await Fleet.run(.redis) { fleet in
            try await Self.declareSwarm(fleet)
            let port = try #require(
                fleet.cluster.client.configuration.server.split(separator: ":").last.flatMap { Int($0) })
            let proxy = try await FaultProxy.start(to: port)
            let kubeconfig = "\(fleet.folder)/kubeconfig-first"
            try String(contentsOfFile: fleet.cluster.kubeconfig, encoding: .utf8)
                .replacing(fleet.cluster.client.configuration.server, with: "https://127.0.0.1:\(proxy.port)")
                .write(toFile: kubeconfig, atomically: true, encoding: .utf8)

            let first = try await start("first", fleet, kubeconfig: kubeconfig)
            try await first.program.waitFor("leads now")
            let second = try await start("second", fleet)
            let authorities = try await fleet.cluster.client.objects(
                ConfigMap.self, namespace: Fleet.namespace,
                fieldSelector: "metadata.name=\(SwarmNames.gatewayAuthorities)"
            ) { found in found.first?.data?[SwarmNames.gatewayAuthoritiesKey] }
            let transport = CurlTransport(
                .init(tls: TLSConfiguration(authorities: .inline(Array(authorities.utf8)))))
            defer { transport.shutdown() }
            for each in [first, second] {
                try await each.becomesReady(transport)
                #expect(try await each.gatewayReadiness(transport) == 200)
            }

            proxy.set(.hold, .toServer, .toClient)
            try await first.program.waitFor("the gateway goes on, and the operator waits for its next turn")
            try await second.program.waitFor("leads now")
            #expect(try await first.gatewayReadiness(transport) == 200)

            // Whoever was cut off stands for election again, and then works as if nothing had been.
            proxy.set(.pass, .toServer, .toClient)
            proxy.endAll(.reset)
            second.program.send(SIGTERM)
            #expect(try await second.program.exitCode() == 0, "\(second.program.text)")
            try await first.program.waitFor("leads now", moreOftenThan: 1)
            try await fleet.startGateways()
            try await fleet.startAgent(0, gateway: fleet.gateways[0].url)
            #expect(try await finish("one", fleet).status?.phase == .succeeded, "\(first.program.text)")

            first.program.send(SIGTERM)
            #expect(try await first.program.exitCode() == 0, "\(first.program.text)")
            #expect(try await fleet.stopAgents() == [0])
            #expect(try await fleet.stopGateways().allSatisfy { $0 == 0 })
            await proxy.shutdown()
        }
    }

    @Test func `one without a gateway sends its agents to the one that is named`() async throws {
        try await Fleet.run(.redis) { fleet in
            try await fleet.startGateways()
            try await Self.declareSwarm(fleet)
            try await fleet.startAgent(0, gateway: fleet.gateways[0].url)
            let only = try await start("only", fleet, gatewayURL: fleet.gateways[0].url)
            #expect(try await finish("one", fleet).status?.phase == .succeeded, "\(only.program.text)")
            let deployment = try await fleet.cluster.client.objects(Deployment.self, namespace: Fleet.namespace) {
                $0.first
            }
            let environment = deployment.spec.template.spec?.containers.first?.env ?? []
            #expect(environment.first { $0.name == "DAS_GATEWAY_URL" }?.value == fleet.gateways[0].url)
            let transport = CurlTransport()
            defer { transport.shutdown() }
            #expect(try await only.readiness(transport) == 200)
            only.program.send(SIGTERM)
            #expect(try await only.program.exitCode() == 0, "\(only.program.text)")
            #expect(try await fleet.stopAgents() == [0])
            #expect(try await fleet.stopGateways().allSatisfy { $0 == 0 })
        }
    }

    private static func declareSwarm(_ fleet: Fleet) async throws {
        var swarm = Declared.swarm(Fleet.swarm)
        swarm["spec"]?["agent"]?["serviceAccountName"] = .string(Fleet.serviceAccount)
        _ = try await fleet.cluster.client.create(AgentSwarm.resource, swarm, namespace: Fleet.namespace)
    }
}
