import FoundationEssentials
import Logging
import TaskQueue
import TaskStoreRedis
import TaskStoreTesting
import TestSupport

extension RedisServer {
    /// One for all tests that do it no harm; each has keys of its own in it.
    private static let common = Task { try await RedisServer.start("--appendonly", "yes", "--appendfsync", "no") }

    static var shared: RedisServer {
        get async throws { try await common.value }
    }

    /// Keys under a name; by default one that nobody else has.
    nonisolated func location(name: String = UUID().uuidString) -> RedisLocation {
        RedisLocation(endpoint: .unix(path: socket), name: name)
    }
}

/// Opens Redis stores for the conformance suite.
enum RedisFactory {
    static let quiet = Logger(label: "quiet", factory: { _ in SwiftLogNoOpLogHandler() })

    static func make(on server: RedisServer, seed: UInt64) -> StoreFactory {
        StoreFactory { clock, policy in
            let opener = Opener(location: server.location(), clock: clock, policy: policy, seed: seed)
            return StoreUnderTest(store: try await opener.open(), close: { await opener.close() }) {
                try await opener.open()
            }
        }
    }

    private actor Opener {
        let location: RedisLocation
        let clock: ManualClock
        let policy: QueuePolicy
        let seed: UInt64
        var current: RedisTaskStore?
        var lives: UInt64 = 0

        init(location: RedisLocation, clock: ManualClock, policy: QueuePolicy, seed: UInt64) {
            self.location = location
            self.clock = clock
            self.policy = policy
            self.seed = seed
        }

        func close() async {
            await current?.close()
            current = nil
        }

        func open() async throws -> any TaskStore {
            await current?.close()
            // Another seed for each life: a token must not come again after a restart.
            lives += 1
            let generator = SeededGenerator(seed: seed &+ lives &* 0x1_0000_0001)
            let store = try await RedisTaskStore.open(
                location, clock: clock, policy: policy, generator: generator, logger: RedisFactory.quiet)
            current = store
            return store
        }
    }
}
