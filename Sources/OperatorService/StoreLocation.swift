import Foundation
import ProgramSupport
import TaskQueue
package import TaskStorePostgres
package import TaskStoreRedis
import TaskStoreSQLite

/// Where the tasks are kept, as `--store` gives it.
package enum StoreLocation: Sendable, Equatable {
    /// `sqlite:PATH`: one process owns it.
    case sqlite(path: String)
    /// `postgres://…`: any number of processes share it.
    case postgres(ConnectionSettings)
    /// `redis://…`: any number of processes share it.
    case redis(RedisLocation)

    /// - Throws: `OperatorServiceError` that says what would do.
    package init(_ url: String, environment: [String: String] = ProcessEnvironment.current) throws(OperatorServiceError)
    {
        let scheme = url.prefix { $0 != ":" }
        let rest = url.dropFirst(scheme.count + 1)
        switch scheme {
        case "sqlite" where !rest.isEmpty:
            self = .sqlite(path: rest.hasPrefix("//") ? String(rest.dropFirst(2)) : String(rest))
        case "postgres", "postgresql":
            do throws(TaskStoreError) {
                self = .postgres(try ConnectionSettings(url: url, environment: environment))
            } catch {
                throw OperatorServiceError(.usage, "--store: \(error.message)")
            }
        case "redis", "rediss", "redis+unix":
            do throws(TaskStoreError) {
                self = .redis(try RedisLocation(url))
            } catch {
                throw OperatorServiceError(.usage, "--store: \(error.message)")
            }
        default:
            // Not the URL itself, which may hold a password.
            throw OperatorServiceError(
                .usage,
                "--store begins with \"\(scheme)\"; it must be sqlite:PATH, such as sqlite:/var/lib/das/tasks.sqlite, "
                    + "postgres://USER@HOST/DATABASE, or redis://HOST")
        }
    }

    /// - Throws: `TaskStoreError` where it cannot be opened.
    func open(_ policy: QueuePolicy) async throws -> any TaskStore {
        switch self {
        case .sqlite(let path): try SQLiteTaskStore(path: path, policy: policy)
        case .postgres(let settings): try await PostgresTaskStore(settings, policy: policy)
        case .redis(let location): try await RedisTaskStore.open(location, policy: policy)
        }
    }

    /// Whether several processes may use it at once.
    package var isShared: Bool {
        if case .sqlite = self { false } else { true }
    }

    /// Where what belongs to the store and is not in it is kept, unless something else is said.
    var directory: String {
        switch self {
        case .sqlite(let path): URL(fileURLWithPath: path).deletingLastPathComponent().path
        case .postgres, .redis: "/var/lib/das"
        }
    }

    /// What to say of it when it is opened, other than that all is well.
    var warning: String? {
        guard case .postgres(let settings) = self, settings.isUnprotected else { return nil }
        return "the connection to the task store \(settings) leaves this machine without encryption; "
            + "sslmode=verify-full in its URL protects it"
    }
}
