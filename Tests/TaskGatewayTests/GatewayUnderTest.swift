import CurlTransport
import FoundationEssentials
import HTTPTransport
import Logging
import ServiceLifecycle
import StructuredData
import Synchronization
import TaskProtocol
import TaskQueue
import TaskStoreSQLite
import TestSupport
import Testing

@testable import TaskGateway

/// A gateway that serves on a port of this machine, with a store of its own and one swarm, `argus` in `ns`.
struct GatewayUnderTest: Sendable {
    static let namespace = "ns"

    let store: any TaskStore
    /// Where the store's file is.
    let storePath: String
    let gateway: Gateway
    let transport: any HTTPTransport
    /// What the gateway logs, from `debug` on.
    let logs: LogRecorder
    let baseURL: String
    var port: Int { Int(baseURL.split(separator: ":").last ?? "") ?? 0 }
    let shutDown: @Sendable () async -> Void

    /// Times that no test reaches but by a jump, however slow the machine.
    static var policy: QueuePolicy {
        var policy = QueuePolicy()
        policy.leaseMs = 3_600_000
        policy.acknowledgeMs = 1_800_000
        policy.agentRetentionMs = 1000 * policy.leaseMs
        policy.defaultTimeoutMs = 1000 * policy.leaseMs
        return policy
    }

    /// Runs `body` against a gateway, and ends both in good order.
    static func run(
        clock: JumpingClock = JumpingClock(),
        policy: QueuePolicy = policy,
        configuration: GatewayConfiguration = GatewayConfiguration(),
        tls: TLSConfiguration? = nil,
        authenticator: any Authenticator = TokenTable(),
        _ body: (GatewayUnderTest) async throws -> Void
    ) async throws {
        try await run(
            1, clock: clock, policy: policy, configuration: configuration, tls: tls, authenticator: authenticator
        ) { try await body($0[0]) }
    }

    /// Runs `body` against gateways that share one store.
    static func run(
        _ count: Int,
        clock: JumpingClock = JumpingClock(),
        policy: QueuePolicy = policy,
        configuration: GatewayConfiguration = GatewayConfiguration(),
        tls: TLSConfiguration? = nil,
        authenticator: any Authenticator = TokenTable(),
        _ body: ([GatewayUnderTest]) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/das-gateway-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/tasks.sqlite"
        let store = try SQLiteTaskStore(path: path, clock: clock, policy: policy)
        try await store.putCatalogue(entry("argus"))
        let transport = CurlTransport(CurlTransport.Configuration(tls: tls ?? TLSConfiguration()))
        defer { transport.shutdown() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            var subjects: [GatewayUnderTest] = []
            for _ in 0..<count {
                let (ports, port) = AsyncStream.makeStream(of: Int.self)
                var configuration = configuration
                configuration.name += "-\(subjects.count)"
                configuration.onListening = { _, number in port.yield(number) }
                let logs = LogRecorder()
                let logger = logs.logger(.debug)
                let gateway = Gateway(configuration, store: store, authenticator: authenticator, logger: logger)
                let services = ServiceGroup(
                    configuration: ServiceGroupConfiguration(services: [gateway], logger: logger))
                group.addTask {
                    defer { port.finish() }
                    try await services.run()
                }
                var iterator = ports.makeAsyncIterator()
                guard let number = await iterator.next() else { break }
                let scheme = configuration.tls == nil ? "http" : "https"
                subjects.append(
                    GatewayUnderTest(
                        store: store, storePath: path, gateway: gateway, transport: transport, logs: logs,
                        baseURL: "\(scheme)://127.0.0.1:\(number)",
                        shutDown: { await services.triggerGracefulShutdown() }))
            }
            if subjects.count == count {
                do {
                    try await body(subjects)
                } catch {
                    Issue.record(error)
                }
            }
            for subject in subjects { await subject.shutDown() }
            try await group.waitForAll()
        }
        try await store.close()
    }

    static func entry(_ swarm: String) -> CatalogueEntry {
        CatalogueEntry(
            namespace: namespace, swarm: swarm, capabilities: ["echo", "market-analysis"],
            taskTypes: [
                TaskTypeEntry(
                    name: "market-analysis",
                    inputSchema: [
                        "type": "object", "required": ["close"],
                        "properties": ["close": ["type": "array", "items": ["type": "number"]]],
                    ])
            ], serviceAccount: "swarm-\(swarm)", slots: 4)
    }

    func client(_ token: String) -> GatewayClient {
        GatewayClient(transport: transport, baseURL: baseURL, token: .fixed(token))
    }

    var user: GatewayClient { client("user") }

    /// Registers an agent; its token is `agent-<name>`.
    func agent(
        _ name: String, instance: String = "instance", capabilities: [String] = [], slots: Int = 4
    ) async throws -> TestAgent {
        let client = client("agent-\(name)")
        let answer = try await client.register(
            RegisterRequest(
                namespace: Self.namespace, swarm: "argus", name: name, instance: "\(instance)-\(name)", slots: slots,
                version: "1", capabilities: capabilities, podUid: "uid-\(name)"))
        return TestAgent(id: answer.agent, name: name, client: client, subject: self)
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, token: String? = "user", body: String? = nil
    ) async throws -> HTTPResponse {
        var headers: HTTPHeaders = [:]
        if let token { headers["Authorization"] = "Bearer \(token)" }
        return try await transport.send(
            HTTPRequest(method, baseURL + path, headers: headers, body: body.map { Array($0.utf8) }))
    }

    /// Returns once the gateway follows the store's change feed.
    func untilFollowing() async throws { try await logs.waitFor("following the change feed") }

    /// Returns once the gateway's catalogue has so many swarms.
    func untilKnown(swarms: Int) async throws {
        try await logs.wait { lines in
            lines.last { $0.hasPrefix("swarms in the catalogue") } == "swarms in the catalogue: \(swarms)"
        }
    }

    func echo(_ value: JSON = 1) -> TaskSubmission { TaskSubmission(type: "echo", input: ["result": value]) }
}

/// This machine's time and the jumps it is told to make. The gateway looks at it when something happens; a jump alone wakes
/// nobody.
final class JumpingClock: StoreClock {
    private let base = SystemStoreClock()
    private let ahead = Atomic<Int64>(0)

    func now() -> StoreTime { base.now() + ahead.load(ordering: .sequentiallyConsistent) }

    func jump(_ milliseconds: Int64) { ahead.add(milliseconds, ordering: .sequentiallyConsistent) }
}

struct TestAgent: Sendable {
    let id: String
    let name: String
    let client: GatewayClient
    let subject: GatewayUnderTest

    func lease(_ request: Int64, slots: Int = 1, waitMs: Int64 = 0) async throws -> LeaseAnswer? {
        try await client.lease(LeaseRequest(agent: id, request: request, freeSlots: slots, waitMs: waitMs))
    }

    func leaseOne(_ request: Int64, waitMs: Int64 = 10_000) async throws -> LeaseGrant {
        try #require(try await lease(request, waitMs: waitMs)?.leases.first)
    }

    func beat(
        _ grant: LeaseGrant, progress: TaskProgress? = nil, output: String? = nil
    ) async throws -> HeartbeatAnswer.Item {
        let answer = try await client.heartbeat(
            HeartbeatRequest(
                agent: id,
                leases: [
                    .init(
                        task: grant.task, epoch: grant.epoch, token: grant.token, progress: progress, output: output)
                ]),
            timeoutSeconds: 10)
        return try #require(answer.leases.first)
    }

    func complete(_ grant: LeaseGrant, _ result: JSON = [:]) async throws -> ReportAnswer.Item {
        let answer = try await client.complete(
            CompleteRequest(
                agent: id,
                reports: [.init(task: grant.task, epoch: grant.epoch, token: grant.token, result: result)]))
        return try #require(answer.reports.first)
    }

    /// The same agent, speaking to another gateway.
    func at(_ subject: GatewayUnderTest) -> TestAgent {
        TestAgent(id: id, name: name, client: subject.client("agent-\(name)"), subject: subject)
    }

    /// Returns once the gateway has looked for work for this request, so that it is now waiting.
    func untilAsked(_ request: Int64) async throws {
        try await subject.logs.waitFor("agent \(id) waits for work, request \(request)")
    }

    /// Returns once the gateway has noticed that whoever sent this request is gone, and has given up its place.
    func untilGone(_ request: Int64) async throws {
        try await subject.logs.waitFor("request \(request) of agent \(id) ends")
        try await subject.logs.waitFor("agent \(id) waits no more for request \(request)")
    }
}

/// Tokens that mean what they say: `user`, `reader` (may only read), `agent-<pod>`, `agent-<pod>@<service account>`.
struct TokenTable: Authenticator {
    func authenticate(bearer: String) async throws -> Identity? {
        if bearer == "user" || bearer == "reader" { return .user(name: bearer, groups: []) }
        guard bearer.hasPrefix("agent-") else { return nil }
        let parts = bearer.dropFirst(6).split(separator: "@").map(String.init)
        return .agent(
            serviceAccount: parts.count > 1 ? parts[1] : "swarm-argus", namespace: "ns", podName: parts[0],
            podUID: "uid-\(parts[0])")
    }

    func authorize(_ identity: Identity, bearer: String, verb: String, namespace: String) async throws -> Bool {
        guard case .user(let name, _) = identity, namespace != "forbidden" else { return false }
        return name == "user" || verb == "get" || verb == "list"
    }
}

/// The problem that `operation` is refused with.
func problem<Value>(
    _ operation: () async throws -> Value, sourceLocation: SourceLocation = #_sourceLocation
) async throws -> Problem {
    do {
        let value = try await operation()
        Issue.record("was not refused: \(value)", sourceLocation: sourceLocation)
    } catch let error as GatewayError {
        return try #require(error.problem, sourceLocation: sourceLocation)
    }
    throw CancellationError()
}
