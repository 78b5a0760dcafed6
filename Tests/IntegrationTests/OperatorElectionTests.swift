import ControllerRuntime
import Foundation
import KubernetesClient
import KubernetesModel
import NetworkFaults
import StructuredData
import SwarmAPI
import Synchronization
import TestSupport
import Testing

/// Operators that elect one by a Lease, each behind a proxy of its own, with one AgentSwarm that never stays the same.
///
/// Whoever works applies `das-gateway-ca` with the authority that it keeps beside its store, so that the API server's order of
/// those writes shows who was at work when, without a clock.
private final class Operators: Sendable {
    struct Candidate: Sendable {
        var name: String
        var program: ChildProgram
        var proxy: FaultProxy
        /// Of its store.
        var folder: String

        /// The authority by which it signs what it applies; made when it first works.
        var authority: String? { try? String(contentsOfFile: "\(folder)/pki/ca.crt", encoding: .utf8) }
    }

    static let leaseSeconds = 12
    static let namespace = "default"
    static let swarm = "election"

    let cluster: BareCluster
    private let authorities = Mutex<[String]>([])

    init(_ cluster: BareCluster) { self.cluster = cluster }

    /// The authorities in the order in which they were applied; each as often as its owner took over.
    var order: [String] { authorities.withLock { $0 } }

    /// Starts an operator with a store of its own, as on a node of its own.
    func candidate(_ name: String, folder: String? = nil) async throws -> Candidate {
        let client = cluster.client
        let server = client.configuration.server
        let port = try #require(server.split(separator: ":").last.flatMap { Int($0) })
        let proxy = try await FaultProxy.start(to: port)
        let kubeconfig = "\(cluster.directory)/kubeconfig-\(name)"
        try String(contentsOfFile: cluster.kubeconfig, encoding: .utf8)
            .replacing(server, with: "https://127.0.0.1:\(proxy.port)")
            .write(toFile: kubeconfig, atomically: true, encoding: .utf8)
        let folder = folder ?? "\(cluster.directory)/\(name)"
        let program = try await ChildProgram.start(
            BuiltProgram.path("das-operator"),
            [
                "--kubeconfig", kubeconfig, "--store", "sqlite:\(folder)/tasks.sqlite", "--lease", "das-operator",
                "--lease-seconds", "\(Self.leaseSeconds)", "--gateway-listen", "127.0.0.1:0", "--metrics-listen",
                "127.0.0.1:0",
            ], environment: ["HOSTNAME": name])
        try await program.waitFor("works once it holds the Lease default/das-operator")
        return Candidate(name: name, program: program, proxy: proxy, folder: folder)
    }

    /// Runs `body` while the swarm changes without end and the authorities are collected; what fails first ends it.
    func run(_ body: @escaping @Sendable () async throws -> Void) async throws {
        let client = cluster.client
        _ = try await client.create(AgentSwarm.resource, Declared.swarm(Self.swarm), namespace: Self.namespace)
        let configMaps = Informer<ConfigMap>(
            client: client, namespace: Self.namespace, fieldSelector: "metadata.name=\(SwarmNames.gatewayAuthorities)")
        configMaps.onChange { [self] change in
            guard let authority = change.object.data?[SwarmNames.gatewayAuthoritiesKey] else { return }
            authorities.withLock { if $0.last != authority { $0.append(authority) } }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await configMaps.run() }
            group.addTask { try await self.keepChanging() }
            group.addTask { try await body() }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func keepChanging() async throws {
        let client = cluster.client
        for round in 0... {
            let changed = try await client.patch(
                AgentSwarm.self, Self.swarm, namespace: Self.namespace,
                patch: .merge(["spec": ["scaling": ["idleSeconds": JSON(60 + round % 60)]]]))
            _ = try await client.objects(
                AgentSwarm.self, namespace: Self.namespace, fieldSelector: "metadata.name=\(Self.swarm)"
            ) { found in
                found.first { ($0.status?.observedGeneration ?? -1) >= (changed.metadata.generation ?? 0) }
            }
        }
    }

    /// Waits until this one has worked.
    func works(_ candidate: Candidate) async throws {
        try await candidate.program.waitFor("leads now")
        _ = try await cluster.client.objects(
            ConfigMap.self, namespace: Self.namespace, fieldSelector: "metadata.name=\(SwarmNames.gatewayAuthorities)"
        ) { found in
            found.first?.data?[SwarmNames.gatewayAuthoritiesKey].flatMap { $0 == candidate.authority ? true : nil }
        }
    }

    func holder() async throws -> String? {
        try await cluster.client.get(Lease.self, "das-operator", namespace: Self.namespace).spec?.holderIdentity
    }
}

@Suite("Operators that share a Lease", .timeLimit(.minutes(10)))
struct OperatorElectionTests {
    @Test func `An operator that dies, stands still or is cut off is succeeded, and no two are ever at work`()
        async throws
    {
        try await BareCluster.run { cluster in
            let operators = Operators(cluster)
            let first = try await operators.candidate("first")
            try await operators.run {
                try await operators.works(first)

                // Killed.
                let second = try await operators.candidate("second")
                first.program.send(SIGKILL)
                #expect(try await first.program.exitCode() == -SIGKILL)
                try await operators.works(second)

                // Stopped for longer than its lease; when it goes on, it ends.
                let third = try await operators.candidate("third")
                second.program.send(SIGSTOP)
                try await operators.works(third)
                second.program.send(SIGCONT)
                #expect(try await second.program.exitCode() == 1, "\(second.program.text)")
                #expect(second.program.text.contains("leads no more"), "\(second.program.text)")

                // Cut off: it ends by itself. What it had sent before is lost with its connections: no lease can hold that back.
                let fourth = try await operators.candidate("fourth")
                third.proxy.set(.hold, .toServer, .toClient)
                #expect(try await third.program.exitCode() == 1, "\(third.program.text)")
                #expect(
                    third.program.text.contains("leads no more: the lease could not be renewed in time"),
                    "\(third.program.text)")
                await third.proxy.shutdown()
                try await operators.works(fourth)

                // One that waits has touched nothing, and ends at once.
                let fifth = try await operators.candidate("fifth")
                fifth.program.send(SIGTERM)
                #expect(try await fifth.program.exitCode() == 0, "\(fifth.program.text)")
                #expect(!FileManager.default.fileExists(atPath: fifth.folder))
                #expect(try await operators.holder()?.hasPrefix("fourth_") == true)

                fourth.program.send(SIGTERM)
                #expect(try await fourth.program.exitCode() == 0, "\(fourth.program.text)")
                #expect(try await operators.holder() == "")
                let candidates = [first, second, third, fourth]
                #expect(operators.order == candidates.map { $0.authority ?? "" })
                for candidate in [first, second, fourth, fifth] { await candidate.proxy.shutdown() }
            }
        }
    }

    @Test func `Of two operators on one store the second waits for the first, and goes on with its tasks`() async throws
    {
        try await BareCluster.run { cluster in
            let operators = Operators(cluster)
            let store = "\(cluster.directory)/store"
            let first = try await operators.candidate("first", folder: store)
            try await operators.run {
                try await operators.works(first)
                let second = try await operators.candidate("second", folder: store)
                let client = cluster.client
                _ = try await client.create(
                    SwarmTask.resource, Declared.task("kept", swarm: Operators.swarm), namespace: Operators.namespace)
                func queued() async throws -> SwarmTask {
                    try await client.objects(
                        SwarmTask.self, namespace: Operators.namespace, fieldSelector: "metadata.name=kept"
                    ) { found in found.first { $0.status?.phase == .queued } }
                }
                let before = try await queued()
                first.program.send(SIGTERM)
                #expect(try await first.program.exitCode() == 0, "\(first.program.text)")
                try await second.program.waitFor("leads now")
                // Only the record of the store tells a cancelled task from one that never was.
                _ = try await client.patch(
                    SwarmTask.self, "kept", namespace: Operators.namespace, patch: .merge(["spec": ["cancel": true]]))
                let ended = try await client.objects(
                    SwarmTask.self, namespace: Operators.namespace, fieldSelector: "metadata.name=kept"
                ) { found in found.first { $0.isFinished } }
                #expect(ended.status?.phase == .cancelled)
                #expect(ended.status?.queuedTime == before.status?.queuedTime)
                second.program.send(SIGTERM)
                #expect(try await second.program.exitCode() == 0, "\(second.program.text)")
                for candidate in [first, second] { await candidate.proxy.shutdown() }
            }
        }
    }
}
