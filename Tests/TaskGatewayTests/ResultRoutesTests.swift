import Crypto
import FoundationEssentials
import HTTPTransport
import StructuredData
import TaskProtocol
import TaskQueue
import TestSupport
import Testing

@Suite("Large results", .timeLimit(.minutes(2))) struct ResultRoutesTests {
    /// A JSON text of more than one piece.
    private static let large = Array(#"{"of":""#.utf8) + [UInt8](repeating: 0x61, count: 3 << 20) + Array(#""}"#.utf8)

    private static func sha256(_ bytes: [UInt8]) -> String {
        SHA256.hash(data: bytes).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    private func complete(
        _ agent: TestAgent, _ grant: LeaseGrant, _ reference: ResultReference
    ) async throws -> ReportAnswer.Item {
        let answer = try await agent.client.complete(
            CompleteRequest(
                agent: agent.id,
                reports: [.init(task: grant.task, epoch: grant.epoch, token: grant.token, resultRef: reference)]))
        return try #require(answer.reports.first)
    }

    @Test("A large result is sent apart, reported by reference, and read back whole")
    func wholeWay() async throws {
        try await GatewayUnderTest.run { subject in
            let made = try await subject.user.submit(subject.echo(), namespace: "ns")
            let agent = try await subject.agent("one")
            let grant = try await agent.leaseOne(1)
            let sha256 = Self.sha256(Self.large)
            let reference = try await agent.client.putResult(
                task: grant.task, epoch: grant.epoch, token: grant.token, sha256: sha256, bytes: Self.large)
            #expect(reference.sha256 == sha256)
            #expect(reference.bytes == Int64(Self.large.count))
            var wrong = reference
            wrong.bytes += 1
            #expect(try await complete(agent, grant, wrong).problem?.code == .staleLease)
            #expect(try await complete(agent, grant, reference).verdict == .accepted)
            #expect(try await complete(agent, grant, reference).verdict == .duplicate)
            let view = try await subject.user.task(made.id, namespace: "ns")
            #expect(view.phase == .succeeded && view.result == nil)
            let stored = try #require(view.resultRef)
            #expect(stored.uri == "/v1/namespaces/ns/tasks/\(made.id)/result" && stored.sha256 == sha256)
            let response = try await subject.send(.get, stored.uri)
            #expect(response.status == 200)
            #expect(response.body == Self.large)
            #expect(response.headers["ETag"] == "\"\(sha256)\"")
            #expect(response.headers["Content-Length"] == String(Self.large.count))
        }
    }

    @Test("An upload that is not what it says, too large, or under no lease that stands, leaves nothing")
    func refusals() async throws {
        var policy = GatewayUnderTest.policy
        policy.maxBlobBytes = 1000
        try await GatewayUnderTest.run(policy: policy) { subject in
            let made = try await subject.user.submit(subject.echo(), namespace: "ns")
            let agent = try await subject.agent("one")
            let grant = try await agent.leaseOne(1)
            func put(
                _ bytes: [UInt8], sha256: String? = nil, epoch: Int64? = nil, token: String? = nil,
                by client: GatewayClient? = nil
            ) async throws -> Problem {
                try await problem {
                    try await (client ?? agent.client).putResult(
                        task: grant.task, epoch: epoch ?? grant.epoch, token: token ?? grant.token,
                        sha256: sha256 ?? Self.sha256(bytes), bytes: bytes)
                }
            }
            let small = Array("1".utf8)
            #expect(try await put(small, sha256: Self.sha256([0])).code == .invalid)
            #expect(try await put(small, sha256: "12").code == .invalid)
            let broken = Array(#"{"of":1,}"#.utf8)
            let refusal = try await put(broken)
            #expect(refusal.status == 422 && refusal.code == .invalid)
            #expect(refusal.detail.contains("byte 8: expected a member's name"))
            #expect(try await put(Array(#"{"of":"#.utf8)).detail.contains("ends before its value does"))
            #expect(try await put([]).status == 422)
            #expect(try await put([UInt8](repeating: 0x20, count: 1001)).code == .tooLarge)
            #expect(try await put(small, epoch: 7).code == .staleLease)
            #expect(try await put(small, token: String(repeating: "0", count: 32)).code == .staleLease)
            #expect(try await put(small, by: subject.user).code == .forbidden)
            #expect(try await put(small, by: subject.client("agent-two")).code == .forbidden)
            let blob = BlobID(task: TaskID(made.id), epoch: grant.epoch)
            #expect(try await subject.store.blobs.info(blob) == nil)
            _ = try await agent.complete(grant)
            #expect(try await put(small).code == .staleLease)
        }
    }

    @Test("A large result that is no JSON is refused wherever that shows, and nothing is kept of it")
    func notJSON() async throws {
        try await GatewayUnderTest.run { subject in
            let made = try await subject.user.submit(subject.echo(), namespace: "ns")
            let agent = try await subject.agent("one")
            let grant = try await agent.leaseOne(1)
            for place in [0, Self.large.count / 2, Self.large.count - 1] {
                var bytes = Self.large
                bytes[place] = 0xFF
                let refusal = try await problem {
                    try await agent.client.putResult(
                        task: grant.task, epoch: grant.epoch, token: grant.token, sha256: Self.sha256(bytes),
                        bytes: bytes)
                }
                #expect(refusal.status == 422)
                #expect(refusal.detail.contains("byte \(place): "))
            }
            let blob = BlobID(task: TaskID(made.id), epoch: grant.epoch)
            #expect(try await subject.store.blobs.info(blob) == nil)
            #expect(try FileManager.default.contentsOfDirectory(atPath: subject.storePath + "-blobs").isEmpty)
        }
    }

    @Test("A stored result that was damaged is not sent to its end")
    func damaged() async throws {
        try await GatewayUnderTest.run { subject in
            let made = try await subject.user.submit(subject.echo(), namespace: "ns")
            let agent = try await subject.agent("one")
            let grant = try await agent.leaseOne(1)
            let reference = try await agent.client.putResult(
                task: grant.task, epoch: grant.epoch, token: grant.token, sha256: Self.sha256(Self.large),
                bytes: Self.large)
            _ = try await complete(agent, grant, reference)
            let folder = subject.storePath + "-blobs"
            let files = try FileManager.default.contentsOfDirectory(atPath: folder)
            try #require(files.count == 1)
            var bytes = try Data(contentsOf: URL(filePath: "\(folder)/\(files[0])"))
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: URL(filePath: "\(folder)/\(files[0])"))
            await #expect(throws: HTTPTransportError.self) {
                try await subject.send(.get, "/v1/namespaces/ns/tasks/\(made.id)/result")
            }
            try await subject.logs.waitFor("a stored result is damaged")
        }
    }
}
