import Foundation
import HTTPTransport
import KubernetesClient
import KubernetesModel
import StructuredData
import Testing

@Suite struct CredentialTests {
    private let folder: TemporaryFolder
    private let configuration: ClientConfiguration

    init() throws {
        folder = try TemporaryFolder()
        configuration = ClientConfiguration(
            server: "https://cluster", authentication: .tokenFile(folder.path("token")))
    }

    private func tokens(_ script: ScriptedClient) -> [String?] {
        script.transport.requests.map { $0.headers["Authorization"] }
    }

    @Test func aTokenFileIsReadAgainAsTimePasses() async throws {
        try folder.write("token", "one\n")
        let script = ScriptedClient(Array(repeating: .json([:]), count: 3), configuration: configuration)
        _ = try await script.client.get(nodes, "n")
        try folder.write("token", "two\n")
        _ = try await script.client.get(nodes, "n")
        script.clock.advance(seconds: 10)
        _ = try await script.client.get(nodes, "n")
        #expect(tokens(script) == ["Bearer one", "Bearer one", "Bearer two"])
    }

    @Test func aRefusedTokenIsReadAgainAtOnceAndTheCallRepeatedOnce() async throws {
        try folder.write("token", "one")
        let refusal = ScriptedTransport.Answer.json(failure(401, "Unauthorized"), status: 401)
        let script = ScriptedClient(
            [.json([:]), refusal, .json([:]), refusal, .stream(""), refusal], configuration: configuration)
        _ = try await script.client.get(nodes, "n")
        try folder.write("token", "two")
        _ = try await script.client.create(nodes, [:])
        try folder.write("token", "three")
        _ = try await script.client.watch(nodes)
        #expect(
            tokens(script) == ["Bearer one", "Bearer one", "Bearer two", "Bearer two", "Bearer three"])
        let status = await thrown(KubernetesStatus.self) { _ = try await script.client.get(nodes, "n") }
        #expect(status?.code == 401)
        #expect(script.transport.requests.count == 6, "the same token is not tried twice")
    }

    @Test func aFileThatIsMissingForAMomentKeepsTheOldTokenGood() async throws {
        try folder.write("token", "one")
        let script = ScriptedClient([.json([:]), .json([:])], configuration: configuration)
        _ = try await script.client.get(nodes, "n")
        try FileManager.default.removeItem(atPath: folder.path("token"))
        script.clock.advance(seconds: 60)
        _ = try await script.client.get(nodes, "n")
        #expect(tokens(script) == ["Bearer one", "Bearer one"])
    }

    @Test(arguments: [nil, "", " \n"])
    func withoutATokenNothingIsSent(content: String?) async throws {
        if let content { try folder.write("token", content) }
        let script = ScriptedClient([], configuration: configuration)
        let error = await thrown(KubernetesClientError.self) { _ = try await script.client.get(nodes, "n") }
        #expect(error?.code == .credentials)
        #expect(error?.message.contains(folder.path("token")) == true)
        #expect(script.transport.requests.isEmpty)
    }
}

/// A folder that goes with its last reference.
final class TemporaryFolder: Sendable {
    let root: String

    init() throws {
        root = FileManager.default.temporaryDirectory.appending(path: "kubernetes-client-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    func path(_ name: String) -> String { "\(root)/\(name)" }

    func write(_ name: String, _ text: String) throws {
        let path = path(name)
        let folder = String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }
}
