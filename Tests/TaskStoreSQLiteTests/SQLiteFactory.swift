import FoundationEssentials
import TaskQueue
import TaskStoreSQLite
import TaskStoreTesting

/// A folder for one test, removed with it.
final class TemporaryFolder: Sendable {
    let path: String

    /// - Parameter isInMemory: where the machine has a file system for that. A process that ends loses nothing there, and
    ///   waiting for a disk is no part of the test.
    init(isInMemory: Bool = false) throws {
        let memory = "/dev/shm"
        let hasMemory = isInMemory && FileManager.default.isWritableFile(atPath: memory)
        let parent = hasMemory ? memory : FileManager.default.temporaryDirectory.path
        path = parent + "/das-store-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Opens SQLite stores for the conformance suite.
enum SQLiteFactory {
    /// - Parameter crashes: opening again finds the files as a killed process leaves them, not those of a closed store.
    static func make(in folder: TemporaryFolder, seed: UInt64, crashes: Bool = false) -> StoreFactory {
        StoreFactory { clock, policy in
            let path = folder.path + "/\(UUID().uuidString).sqlite"
            let opener = Opener(path: path, clock: clock, policy: policy, seed: seed, crashes: crashes)
            return StoreUnderTest(store: try await opener.open()) {
                await opener.discard()
            } reopen: {
                try await opener.open()
            }
        }
    }

    private actor Opener {
        var path: String
        let crashes: Bool
        let clock: ManualClock
        let policy: QueuePolicy
        let seed: UInt64
        var current: SQLiteTaskStore?
        var lives: UInt64 = 0

        init(path: String, clock: ManualClock, policy: QueuePolicy, seed: UInt64, crashes: Bool) {
            self.path = path
            self.crashes = crashes
            self.clock = clock
            self.policy = policy
            self.seed = seed
        }

        func open() async throws -> any TaskStore {
            // The log goes with the file: a commit is in it, and in the file only after a checkpoint.
            if crashes, current != nil { path = try Self.copy(path) }
            try await current?.close()
            // Another seed for each life: a token must not come again after a restart.
            lives += 1
            let generator = SeededGenerator(seed: seed &+ lives &* 0x1_0000_0001)
            let store = try SQLiteTaskStore(path: path, clock: clock, policy: policy, generator: generator)
            current = store
            return store
        }

        func discard() async {
            try? await current?.close()
            Self.remove(path)
        }

        private static func copy(_ path: String) throws -> String {
            let copy = path + "+"
            for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: path + suffix) {
                try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix)
            }
            return copy
        }

        private static func remove(_ path: String) {
            for suffix in ["", "-wal", "-shm", ".lock"] {
                try? FileManager.default.removeItem(atPath: path + suffix)
            }
        }
    }
}
