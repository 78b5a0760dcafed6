import TaskQueue
import TaskStorePostgres
import TaskStoreTesting
import TestSupport

/// Opens PostgreSQL stores for the conformance suite, each on a database of its own.
enum PostgresFactory {
    static func make(on server: PostgresServer, seed: UInt64) -> StoreFactory {
        StoreFactory { clock, policy in
            let url = server.socketURL(try await server.makeDatabase())
            let opener = Opener(url: url, clock: clock, policy: policy, seed: seed)
            return StoreUnderTest(store: try await opener.open()) {
                await opener.close()
            } reopen: {
                try await opener.open()
            }
        }
    }

    static func settings(_ url: String) throws -> ConnectionSettings {
        try ConnectionSettings(url: url, environment: [:])
    }

    private actor Opener {
        let url: String
        let clock: ManualClock
        let policy: QueuePolicy
        let seed: UInt64
        var current: PostgresTaskStore?
        var lives: UInt64 = 0

        init(url: String, clock: ManualClock, policy: QueuePolicy, seed: UInt64) {
            self.url = url
            self.clock = clock
            self.policy = policy
            self.seed = seed
        }

        func close() async {
            await current?.close()
            current = nil
        }

        func open() async throws -> any TaskStore {
            await close()
            // Another seed for each life: a token must not come again after a restart.
            lives += 1
            let generator = SeededGenerator(seed: seed &+ lives &* 0x1_0000_0001)
            let store = try await PostgresTaskStore(
                PostgresFactory.settings(url), clock: clock, policy: policy, generator: generator)
            current = store
            return store
        }
    }
}
