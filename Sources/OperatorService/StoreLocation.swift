import TaskQueue
import TaskStoreSQLite

/// Where the tasks are kept, as `--store` gives it.
package enum StoreLocation: Sendable, Equatable {
    /// `sqlite:PATH`: one process owns it.
    case sqlite(path: String)

    /// - Throws: `OperatorServiceError` that says what would do.
    package init(_ url: String) throws(OperatorServiceError) {
        let scheme = url.prefix { $0 != ":" }
        let rest = url.dropFirst(scheme.count + 1)
        switch scheme {
        case "sqlite" where !rest.isEmpty:
            self = .sqlite(path: rest.hasPrefix("//") ? String(rest.dropFirst(2)) : String(rest))
        default:
            throw OperatorServiceError(
                .usage, "--store is \"\(url)\"; it must be sqlite:PATH, such as sqlite:/var/lib/das/tasks.sqlite")
        }
    }

    /// - Throws: `TaskStoreError` where it cannot be opened.
    func open(_ policy: QueuePolicy) throws -> any TaskStore {
        switch self {
        case .sqlite(let path): try SQLiteTaskStore(path: path, policy: policy)
        }
    }
}
