import BenchmarkSupport
import Foundation
import Logging
import TaskQueue
import TaskStorePostgres
import TaskStoreRedis
import TaskStoreSQLite

/// A store with a folder of its own, and the server that it may need.
struct MeasuredStore: Sendable {
    enum Kind: String {
        case sqlite, postgres, redis

        /// What must be reached a second.
        var bounds: (submitted: Double?, whole: Double?, completed: Double?) {
            switch self {
            case .sqlite: (30_000, 5_000, nil)
            case .postgres: (15_000, nil, 3_000)
            case .redis: (nil, nil, 8_000)
            }
        }
    }

    let kind: Kind
    let store: any TaskStore
    /// How what is answered is kept.
    let conditions: String
    let close: @Sendable () async -> Void

    static func open(_ kind: Kind, in folder: String) async throws -> MeasuredStore {
        switch kind {
        case .sqlite: try await sqlite(in: folder)
        case .postgres: try await postgres(in: folder)
        case .redis: try await redis(in: folder)
        }
    }

    private static func sqlite(in folder: String) async throws -> MeasuredStore {
        let store = try SQLiteTaskStore(path: "\(folder)/tasks.sqlite")
        return MeasuredStore(kind: .sqlite, store: store, conditions: "synchronous=FULL, journal WAL") {
            try? await store.close()
        }
    }

    private static func postgres(in folder: String) async throws -> MeasuredStore {
        let settings = [
            "synchronous_commit=on", "shared_buffers=256MB", "max_wal_size=4GB", "wal_compression=on",
            "checkpoint_timeout=15min",
        ]
        let server = try PrivateServer.postgres(in: folder, settings: settings)
        do {
            // A server that has just been started takes a moment.
            let store = try await opened {
                try await PostgresTaskStore(ConnectionSettings(url: server.address, environment: [:]))
            }
            let conditions = "PostgreSQL of its own, one connection that writes, " + settings.joined(separator: ", ")
            return MeasuredStore(kind: .postgres, store: store, conditions: conditions) {
                await store.close()
                server.stop()
            }
        } catch {
            server.stop()
            throw error
        }
    }

    private static func redis(in folder: String) async throws -> MeasuredStore {
        let server = try PrivateServer.redis(in: folder)
        let quiet = Logger(label: "quiet", factory: { _ in SwiftLogNoOpLogHandler() })
        do {
            let store = try await opened {
                try await RedisTaskStore.open(
                    RedisLocation(endpoint: .unix(path: server.address), name: "bench"), logger: quiet)
            }
            let conditions = "Redis of its own, appendonly yes, appendfsync everysec, one connection that calls"
            return MeasuredStore(kind: .redis, store: store, conditions: conditions) {
                await store.close()
                server.stop()
            }
        } catch {
            server.stop()
            throw error
        }
    }

    private static func opened<Store>(_ open: () async throws -> Store) async throws -> Store {
        let deadline = ContinuousClock.now + .seconds(30)
        while true {
            do {
                return try await open()
            } catch let error as TaskStoreError where error.code == .unavailable && ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }
}
