import CurlTransport
import Foundation
import HTTPTransport
import KubernetesClient
import KubernetesModel
import StructuredData
import TestSupport
import Testing

/// What was acknowledged is there: after a crash at any write, and in a copy that was taken while others wrote.
@Suite("Durability", .serialized, .timeLimit(.minutes(5)))
struct DurabilityTests {
    private static let namespace = "default"

    /// A client for a cluster, with the transport that it goes through.
    private struct Client: Sendable {
        var kubernetes: KubernetesClient
        var transport: CurlTransport
        var server: String
        var token: String

        init(_ cluster: ClusterProcess) throws {
            let configuration = try ClientConfiguration.load(path: cluster.kubeconfig, environment: [:])
            guard case .bearer(let token) = configuration.authentication else {
                throw ChildProgramFailure("the kubeconfig has no token")
            }
            transport = CurlTransport(configuration.connection)
            kubernetes = KubernetesClient(configuration, transport: transport)
            server = configuration.server
            self.token = token
        }

        func create(_ name: String) async throws {
            let map: JSON = [
                "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": .string(name)],
                "data": ["n": .string(name)],
            ]
            _ = try await kubernetes.create(ConfigMap.resource, map, namespace: DurabilityTests.namespace)
        }

        func names() async throws -> Set<String> {
            let maps = try await kubernetes.list(ConfigMap.self, namespace: DurabilityTests.namespace).items
            return Set(maps.compactMap(\.metadata.name))
        }
    }

    /// The names of objects whose creation was answered.
    private final class Acknowledged: Sendable {
        private let state = Observed<Set<String>>([])

        var names: Set<String> { state.value }

        func add(_ name: String) { state.change { _ = $0.insert(name) } }

        func reaches(_ count: Int) async throws { try await state.wait { $0.count >= count } }
    }

    @Test func `A crash between a write and its answer loses nothing that was answered`() async throws {
        let directory = ClusterProcess.newDirectory()
        defer { ClusterProcess.discard(directory) }
        for round in 0..<3 {
            let cluster = try await ClusterProcess.start(directory, arguments: ["--allow-faults"])
            let client = try Client(cluster)
            let before = try await client.names()
            let crash: JSON = ["afterWrites": JSON(10 + 7 * round)]
            let answer = try await client.transport.send(
                HTTPRequest(
                    .post, client.server + "/debug/faults/crash",
                    headers: ["Authorization": "Bearer \(client.token)", "Content-Type": "application/json"],
                    body: crash.serialized()))
            #expect(answer.status == 200)
            let acknowledged = Acknowledged()
            await withTaskGroup(of: Void.self) { group in
                for writer in 0..<4 {
                    group.addTask {
                        for number in 0..<200 {
                            let name = "r\(round)-w\(writer)-\(number)"
                            // The process dies in the middle of one of them.
                            guard (try? await client.create(name)) != nil else { return }
                            acknowledged.add(name)
                        }
                    }
                }
            }
            client.transport.shutdown()
            #expect(try await cluster.up.exitCode() == 137, "\(cluster.up.text.suffix(2000))")
            let again = try await ClusterProcess.start(directory)
            let reader = try Client(again)
            let after = try await reader.names()
            let answered = acknowledged.names
            #expect(answered.count < 800)
            #expect(after.isSuperset(of: answered.union(before)), "\(answered.subtracting(after).sorted())")
            reader.transport.shutdown()
            #expect(try await again.stop() == 0)
        }
    }

    @Test func `A copy taken while others write holds what was answered before it, and runs`() async throws {
        let directory = ClusterProcess.newDirectory()
        let target = directory + "-copy"
        defer {
            ClusterProcess.discard(directory)
            ClusterProcess.discard(target)
        }
        let cluster = try await ClusterProcess.start(directory)
        let client = try Client(cluster)
        let acknowledged = Acknowledged()
        let writers = Task {
            await withTaskGroup(of: Void.self) { group in
                for writer in 0..<4 {
                    group.addTask {
                        var number = 0
                        while !Task.isCancelled {
                            let name = "w\(writer)-\(number)"
                            guard (try? await client.create(name)) != nil else { return }
                            acknowledged.add(name)
                            number += 1
                        }
                    }
                }
            }
        }
        try await acknowledged.reaches(50)
        let before = acknowledged.names
        let backup = try await ChildProgram.run(
            BuiltProgram.path("das"), ["backup", "--data-dir", directory, target])
        #expect(backup.code == 0, "\(backup.text)")
        let during = acknowledged.names
        writers.cancel()
        await writers.value
        #expect(during.count > before.count)
        let refused = try await ChildProgram.run(
            BuiltProgram.path("das"), ["backup", "--data-dir", directory, target])
        #expect(refused.code == 2)

        // The first goes on, and the copy runs beside it.
        let copy = try await ClusterProcess.start(target)
        let reader = try Client(copy)
        let held = try await reader.names()
        #expect(held.isSuperset(of: before), "\(before.subtracting(held).sorted())")
        try await reader.create("only-in-the-copy")
        #expect(try await !client.names().contains("only-in-the-copy"))
        client.transport.shutdown()
        reader.transport.shutdown()
        #expect(try await copy.stop() == 0)
        #expect(try await cluster.stop() == 0)
    }
}
