import CurlTransport
import Foundation
import Logging
import StructuredData
import Synchronization
import TaskGateway
import TaskProtocol
import TaskQueue
import TaskStoreSQLite
import TestSupport
import Testing

/// Every token is that of the swarm's agents, but for the user's.
private struct TestAuthenticator: Authenticator {
    func authenticate(bearer: String) async throws -> Identity? {
        bearer == "user"
            ? .user(name: "user", groups: [])
            : .agent(serviceAccount: "argus", namespace: "team", podName: nil, podUID: nil)
    }

    func authorize(_ identity: Identity, bearer: String, verb: String, namespace: String) async throws -> Bool { true }
}

@Suite("An agent's process with a real gateway, over real sockets", .timeLimit(.minutes(2)))
struct AgentAndGatewayTests {
    private let directory = "/tmp/das-gateway-\(UInt64.random(in: .min ... .max))"

    /// - Parameter body: gets the gateway's address and its store.
    private func withGateway(_ body: (GatewayClient, String, SQLiteTaskStore) async throws -> Void) async throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let store = try SQLiteTaskStore(path: "\(directory)/tasks.sqlite")
        try await store.putCatalogue(
            CatalogueEntry(
                namespace: "team", swarm: "argus", capabilities: ["echo", "market-analysis"], serviceAccount: "argus",
                slots: 2))
        let (listening, continuation) = AsyncStream<Int>.makeStream()
        let gateway = Gateway(
            GatewayConfiguration(onListening: { _, port in continuation.yield(port) }), store: store,
            authenticator: TestAuthenticator(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await gateway.run() }
            guard let port = await listening.first(where: { _ in true }) else { return }
            let url = "http://127.0.0.1:\(port)"
            try await body(
                GatewayClient(transport: CurlTransport(), baseURL: url, token: .fixed("user")), url, store)
            group.cancelAll()
        }
        try await store.close()
    }

    /// Waits until a task is leased, by the store's change feed.
    private func untilLeased(_ id: String, in store: SQLiteTaskStore) async throws {
        // Listened to before it looks, so that nothing is missed in between.
        var hints = store.changeHints().makeAsyncIterator()
        while try await store.task(TaskID(id))?.state != .leased {
            try #require(await hints.next() != nil, "task \(id) was not leased before the store or the test ended")
        }
    }

    @Test func `tasks are run, retried and failed, and the agent ends when asked to`() async throws {
        try await withGateway { client, url, store in
            let agent = try await AgentProcess(directory: "\(directory)-agent", gateway: url)
            let tasks =
                (1...20).map { TaskSubmission(type: "echo", input: ["result": ["n": JSON($0)]]) } + [
                    TaskSubmission(
                        type: "echo", input: ["fail": "crash", "result": "second"],
                        retry: RetryLimits(limit: 1, backoffMs: 1)),
                    TaskSubmission(type: "echo", input: ["fail": "permanent"]),
                    TaskSubmission(type: "market-analysis", input: ["inputs": [], "colour": "red"]),
                ]
            let answer = try await client.submit(tasks, namespace: "team")
            let ids = answer.tasks.compactMap(\.taskId)
            #expect(ids.count == tasks.count)
            var ended: [TaskView] = []
            for id in ids {
                var task: TaskView
                repeat { task = try await client.task(id, namespace: "team", waitMs: 5000) } while !task.phase.isFinal
                ended.append(task)
            }
            #expect(ended[..<21].allSatisfy { $0.phase == .succeeded })
            #expect(ended[6].result == ["n": 7])
            #expect(ended[20].attempts == 2)
            #expect(ended[20].result == "second")
            #expect(ended[21].phase == .failed)
            #expect(ended[21].code == "ECHO_FAILED")
            #expect(ended[22].phase == .failed)
            #expect(ended[22].message?.contains("colour") == true)

            let ready = try await Program.run(["ready"], environment: agent.environment)
            #expect(ready.code == 0, "\(ready.errors)")
            agent.process.send(SIGTERM)
            #expect(try await agent.process.exitCode() == 0)
        }
        try? FileManager.default.removeItem(atPath: directory)
    }

    @Test func `an agent that is drained hands its task back, and another one ends it`() async throws {
        try await withGateway { client, url, store in
            let first = try await AgentProcess(directory: "\(directory)-1", gateway: url, drainSeconds: 0)
            let task = try await client.submit(
                TaskSubmission(type: "echo", input: ["delayMs": 60_000, "result": "late"]), namespace: "team")
            try await untilLeased(task.id, in: store)
            first.process.send(SIGTERM)
            #expect(try await first.process.exitCode() == 0)

            // Handed back, it waits, and its attempt does not count.
            let waiting = try await client.task(task.id, namespace: "team")
            #expect(waiting.phase == .queued)
            let second = try await AgentProcess(directory: "\(directory)-2", gateway: url)
            try await untilLeased(task.id, in: store)
            #expect(try await client.task(task.id, namespace: "team").attempts == 1)
            _ = try await client.cancel(task.id, namespace: "team", CancelRequest(mode: .cooperative))
            var ended: TaskView
            repeat {
                ended = try await client.task(task.id, namespace: "team", waitMs: 5000)
            } while !ended.phase.isFinal
            #expect(ended.phase == .cancelled)
            #expect(second.process.isRunning)
        }
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// Submits tasks, and waits for their ends.
    private func ends(of tasks: [TaskSubmission], _ client: GatewayClient) async throws -> [TaskView] {
        let answer = try await client.submit(tasks, namespace: "team")
        var ends: [TaskView] = []
        for id in answer.tasks.compactMap(\.taskId) {
            var task: TaskView
            repeat { task = try await client.task(id, namespace: "team", waitMs: 5000) } while !task.phase.isFinal
            ends.append(task)
        }
        return ends
    }

    @Test func `the agent in Python runs tasks, stops one that is cancelled, and ends when asked to`() async throws {
        try await withGateway { client, url, store in
            let path = try #require(ProcessInfo.processInfo.environment["PATH"])
            let agent = try await AgentProcess(
                directory: "\(directory)-agent", gateway: url,
                command: ["python3", "-B", "\(Checkout.root)/Examples/python-agent/agent.py"],
                settings: ["PATH": path, "DAS_CAPABILITIES": "echo"])
            let ended = try await ends(
                of: (1...6).map {
                    TaskSubmission(type: "echo", input: ["result": ["n": JSON($0)], "progressSteps": 2])
                },
                client)
            #expect(ended.map(\.phase) == Array(repeating: .succeeded, count: 6))
            #expect(ended[3].result == ["n": 4])

            let long = try await client.submit(
                TaskSubmission(type: "echo", input: ["delayMs": 3_600_000]), namespace: "team")
            try await untilLeased(long.id, in: store)
            _ = try await client.cancel(long.id, namespace: "team", CancelRequest(mode: .cooperative))
            var cancelled: TaskView
            repeat {
                cancelled = try await client.task(long.id, namespace: "team", waitMs: 5000)
            } while !cancelled.phase.isFinal
            #expect(cancelled.phase == .cancelled)
            agent.process.send(SIGTERM)
            #expect(try await agent.process.exitCode() == 0)
        }
        try? FileManager.default.removeItem(atPath: directory)
    }

    @Test func `a command is run for each task, and a result of megabytes arrives whole`() async throws {
        try await withGateway { client, url, _ in
            let path = try #require(ProcessInfo.processInfo.environment["PATH"])
            let agent = try await AgentProcess(
                directory: "\(directory)-agent", gateway: url,
                settings: ["PATH": path, "DAS_EXEC": "cat", "DAS_CAPABILITIES": "echo"])
            let long = JSON.string(String(repeating: "x", count: 3 << 20))
            let ended = try await ends(
                of: [TaskSubmission(type: "echo", input: ["a": 1]), TaskSubmission(type: "echo", input: ["a": long])],
                client)
            #expect(ended.map(\.phase) == [.succeeded, .succeeded])
            #expect(ended[0].result == ["a": 1])
            #expect(try await client.result(of: ended[1].id, namespace: "team") == ["a": long])
            agent.process.send(SIGTERM)
            #expect(try await agent.process.exitCode() == 0)
        }
        try? FileManager.default.removeItem(atPath: directory)
    }

    @Test func `what an attempt writes at its very end is there when the task has ended`() async throws {
        try await withGateway { client, url, store in
            let path = try #require(ProcessInfo.processInfo.environment["PATH"])
            // Far quicker than the first heartbeat; one attempt succeeds, one fails.
            let command = #"sh -c 'echo "last words of $DAS_TASK" >&2; grep -q good || exit 65; echo 1'"#
            let agent = try await AgentProcess(
                directory: "\(directory)-agent", gateway: url,
                settings: ["PATH": path, "DAS_EXEC": command, "DAS_CAPABILITIES": "echo"])
            let ended = try await ends(
                of: [
                    TaskSubmission(type: "echo", input: ["be": "good"]),
                    TaskSubmission(type: "echo", input: ["be": "bad"]),
                ],
                client)
            #expect(ended.map(\.phase) == [.succeeded, .failed])
            for task in ended {
                let output = try await store.output(of: TaskID(task.id))
                #expect(output?.text(after: 0) == "last words of \(task.id)\n")
            }
            agent.process.send(SIGTERM)
            #expect(try await agent.process.exitCode() == 0)
        }
        try? FileManager.default.removeItem(atPath: directory)
    }
}
