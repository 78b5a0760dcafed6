import FoundationEssentials
import TaskQueue
import TaskStoreSQLite
import TaskStoreTesting

/// A folder for one test, removed with it.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/das-store-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Opens SQLite stores for the conformance suite.
enum SQLiteFactory {
    static func make(in folder: TemporaryFolder, seed: UInt64) -> StoreFactory {
        StoreFactory { clock, policy in
            let path = folder.path + "/\(UUID().uuidString).sqlite"
            let opener = Opener(path: path, clock: clock, policy: policy, seed: seed)
            return StoreUnderTest(store: try await opener.open()) { try await opener.open() }
        }
    }

    private actor Opener {
        let path: String
        let clock: ManualClock
        let policy: QueuePolicy
        let seed: UInt64
        var current: SQLiteTaskStore?
        var lives: UInt64 = 0

        init(path: String, clock: ManualClock, policy: QueuePolicy, seed: UInt64) {
            self.path = path
            self.clock = clock
            self.policy = policy
            self.seed = seed
        }

        func open() async throws -> any TaskStore {
            try await current?.close()
            // Another seed for each life: a token must not come again after a restart.
            lives += 1
            let generator = SeededGenerator(seed: seed &+ lives &* 0x1_0000_0001)
            let store = try SQLiteTaskStore(path: path, clock: clock, policy: policy, generator: generator)
            current = store
            return store
        }
    }
}
