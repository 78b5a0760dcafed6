import Foundation
import TaskQueue
import TaskStorePostgres
import TaskStoreRedis
import TaskStoreSQLite
import TestSupport
import Testing

/// A task store that gateways in processes of their own have open, and the server behind it.
struct SharedStore: Sendable {
    enum Kind: String, Sendable, CaseIterable, CustomTestStringConvertible {
        case sqlite, postgres, redis

        var testDescription: String { rawValue }
        /// SQLite has one owner.
        var gateways: Int { self == .sqlite ? 1 : 2 }
    }

    private enum Place: Sendable {
        case file(String)
        case postgres(PostgresServer, database: String)
        case redis(RedisServer)
    }

    let kind: Kind
    private let place: Place

    /// - Parameter folder: of a SQLite store.
    static func start(_ kind: Kind, in folder: String) async throws -> SharedStore {
        let place: Place
        switch kind {
        case .sqlite: place = .file("\(folder)/tasks.sqlite")
        case .postgres:
            let server = try await PostgresServer.start(settings: ["fsync=off", "shared_buffers=64MB"])
            place = .postgres(server, database: try await server.makeDatabase())
        case .redis: place = .redis(try await .start("--appendonly", "yes", "--appendfsync", "always"))
        }
        return SharedStore(kind: kind, place: place)
    }

    private init(kind: Kind, place: Place) {
        self.kind = kind
        self.place = place
    }

    /// Where the server listens; `nil`: there is none.
    var port: Int? {
        switch place {
        case .file: nil
        case .postgres(let server, _): server.port
        case .redis(let server): server.port
        }
    }

    /// - Parameter port: another one that leads to the server.
    func url(through port: Int? = nil) -> String {
        switch place {
        case .file(let path): "sqlite:\(path)"
        case .postgres(let server, let database): server.url(database, port: port)
        case .redis(let server): "redis://127.0.0.1:\(port ?? server.port)"
        }
    }

    /// Opens the store here for as long as `body` runs. Not while gateways have it open: one that comes finds that somebody was
    /// there, who could have taken heartbeats.
    func use<Value: Sendable>(_ body: (any TaskStore) async throws -> Value) async throws -> Value {
        let store: any TaskStore
        let close: () async throws -> Void
        switch place {
        case .file(let path):
            let opened = try SQLiteTaskStore(path: path)
            (store, close) = (opened, { try await opened.close() })
        case .postgres:
            let opened = try await PostgresTaskStore(ConnectionSettings(url: url(), environment: [:]))
            (store, close) = (opened, { await opened.close() })
        case .redis:
            let opened = try await RedisTaskStore.open(RedisLocation(url()))
            (store, close) = (opened, { await opened.close() })
        }
        do {
            let value = try await body(store)
            try await close()
            return value
        } catch {
            try await close()
            throw error
        }
    }

    // MARK: The server

    enum End: String, Sendable, CaseIterable, CustomTestStringConvertible {
        /// As its service manager does.
        case stopped
        /// With SIGKILL.
        case killed

        var testDescription: String { rawValue }
    }

    func end(_ how: End) async throws {
        switch (place, how) {
        case (.file, _): break
        case (.postgres(let server, _), .stopped): try await server.stop()
        case (.postgres(let server, _), .killed): try await server.kill()
        case (.redis(let server), .stopped): try await server.stop()
        case (.redis(let server), .killed): try await server.kill()
        }
    }

    /// Starts the server again on its data, and waits until it takes connections.
    func start() async throws {
        switch place {
        case .file: break
        case .postgres(let server, _): try await server.start()
        case .redis(let server): try await server.start()
        }
    }
}
