import TaskQueue
import TaskStoreTesting
import TestSupport

@testable import TaskStorePostgres

/// A store on a server, with one swarm, and what tests do to it all the time.
struct StoreHarness {
    static let namespace = "ns"
    static let swarm = "argus"

    let server: PostgresServer
    let database: String
    let store: PostgresTaskStore

    /// - Parameters:
    ///   - server: `nil`: the one that the tests share.
    ///   - answerSeconds: how long the store waits for an answer once its tables are there: making them takes a loaded machine
    ///     longer than anything that is asked afterwards.
    static func open(
        on server: PostgresServer? = nil, url: ((PostgresServer, String) -> String)? = nil,
        answerSeconds: Double? = nil
    ) async throws -> StoreHarness {
        let server = if let server { server } else { try await PostgresServer.shared() }
        let database = try await server.makeDatabase()
        if answerSeconds != nil {
            try await PostgresTaskStore(PostgresFactory.settings(server.socketURL(database))).close()
        }
        var settings = try PostgresFactory.settings(url?(server, database) ?? server.socketURL(database))
        if let answerSeconds { settings.answerSeconds = answerSeconds }
        let harness = StoreHarness(server: server, database: database, store: try await PostgresTaskStore(settings))
        try await harness.store.putCatalogue(
            CatalogueEntry(namespace: namespace, swarm: swarm, capabilities: ["t"], serviceAccount: "agents"))
        return harness
    }

    /// Another program on the same database.
    func another() async throws -> PostgresTaskStore {
        try await PostgresTaskStore(PostgresFactory.settings(server.socketURL(database)))
    }

    func run(_ sql: String) async throws { try await server.run(sql, in: database) }

    static func submission(_ id: TaskID, object: Bool = false) -> Submission {
        Submission(
            id: id, namespace: namespace, type: "t", swarm: swarm,
            origin: object ? .object(name: id.text) : .http(submitter: "tester"), input: Array("{}".utf8))
    }

    static func agent(_ name: String, on store: PostgresTaskStore, slots: Int = 4) async throws -> AgentID {
        try await store.register(
            AgentRegistration(
                namespace: namespace, swarm: swarm, name: name, podUID: "uid-\(name)", instance: name, slots: slots,
                version: "1", capabilities: [], serviceAccount: "agents")
        ).id
    }

    /// Tries until the store works, again whenever it says that its server has come back.
    static func untilAvailable<Value: Sendable>(
        _ store: PostgresTaskStore, _ body: @Sendable () async throws -> Value
    ) async throws -> Value {
        var hints = store.changeHints().makeAsyncIterator()
        while true {
            do { return try await body() } catch let error as TaskStoreError where error.code == .unavailable {
                if await hints.next() == nil { throw error }
            }
        }
    }
}

extension LeaseVerdict {
    var tasks: [LeasedTask] { if case .answered(let offer) = self { offer.tasks } else { [] } }
}
