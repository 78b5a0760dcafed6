import TaskQueue
import TestSupport

@testable import TaskStoreRedis

extension RedisServer {
    /// What an administrator does at the prompt.
    @discardableResult
    nonisolated func command(_ words: String...) throws -> RedisReply {
        var connection = try HiredisConnection(to: .unix(path: socket), timeout: .seconds(5))
        var command = RedisCommand(count: words.count)
        for word in words { command.add(word) }
        return try connection.exchange([command], within: .seconds(5))[0]
    }

    nonisolated func open(
        name: String = "test", user: String? = nil, password: String? = nil,
        options: RedisTaskStore.Options = RedisTaskStore.Options()
    ) async throws -> RedisTaskStore {
        var location = location(name: name)
        location.user = user
        location.password = password
        return try await RedisTaskStore.open(location, options: options, logger: RedisFactory.quiet)
    }
}

extension TaskStore {
    /// Makes a swarm, an agent and a task, and leases it.
    func begin(_ id: TaskID) async throws -> (agent: AgentID, task: LeasedTask) {
        try await putCatalogue(
            CatalogueEntry(namespace: "ns", swarm: "s", capabilities: ["t"], serviceAccount: "agents"))
        let agent = try await register(
            AgentRegistration(
                namespace: "ns", swarm: "s", name: "one", instance: "one", slots: 4, version: "1", capabilities: [],
                serviceAccount: "agents"))
        _ = try await submit([.simple(id)])
        return (agent.id, try await next(agent.id, request: agent.lastRequest + 1))
    }

    func next(_ agent: AgentID, request: Int64) async throws -> LeasedTask {
        guard case .answered(let offer) = try await lease(LeaseCall(agent: agent, request: request, slots: 1)),
            let task = offer.tasks.first
        else { throw Unexpected(what: "no lease") }
        return task
    }

    func complete(_ agent: AgentID, _ task: LeasedTask, _ result: String = "1") async throws -> ReportOutcome? {
        let report = AttemptReport(
            task: task.record.id, key: task.key, content: .complete(result: Array(result.utf8)))
        return try await self.report(agent, [report], next: nil).outcomes.first
    }

    func beat(_ agent: AgentID, _ task: LeasedTask) async throws -> BeatVerdict? {
        try await heartbeat(agent, [Beat(task: task.record.id, key: task.key)]).verdicts.first
    }

    /// Returns when calls are answered again, without anybody having opened the store anew.
    func recovered() async throws {
        var hints = changeHints().makeAsyncIterator()
        while true {
            do {
                _ = try await changeCursor()
                return
            } catch let error as TaskStoreError where error.code != .closed {
                _ = await hints.next()
            }
        }
    }

    /// The error that calls end with while the store is down.
    func failure() async -> TaskStoreError? {
        do {
            _ = try await submit([.simple("while it is down")])
            return nil
        } catch {
            return error as? TaskStoreError
        }
    }
}

struct Unexpected: Error {
    var what: String
}

extension Submission {
    static func simple(_ id: TaskID, object: Bool = false) -> Submission {
        Submission(
            id: id, namespace: "ns", type: "t", swarm: "s",
            origin: object ? .object(name: id.text) : .http(submitter: "tester"), input: Array("{}".utf8))
    }
}
