public import KubernetesModel

/// One page of a list.
public struct ListPage<Object: Sendable>: Sendable {
    public var objects: [Object]
    /// The version of the list; the same on every page of one list.
    public var resourceVersion: String
    /// Where the next page starts; `nil` or empty on the last.
    public var continueToken: String?

    public init(objects: [Object], resourceVersion: String, continueToken: String? = nil) {
        self.objects = objects
        self.resourceVersion = resourceVersion
        self.continueToken = continueToken
    }
}

/// One event of a watch. An `ERROR` event is not among them: `ListWatch.watch` throws it.
public enum ListWatchEvent<Object: Sendable>: Sendable {
    case added(Object)
    case modified(Object)
    case deleted(Object)
    case bookmark(resourceVersion: String)
    /// The bookmark behind the initial events of `watchList`: the present state is complete as of this version.
    case initialEventsEnd(resourceVersion: String)
}

/// Where a reflector gets its objects: one kind, in one namespace or all, perhaps narrowed by selectors.
///
/// Implementations keep no state: when to list and when to watch, and from where, is the reflector's to decide.
public protocol ListWatch<Object>: Sendable {
    associatedtype Object: Sendable

    /// The metadata of `object`.
    func metadata(of object: Object) -> ObjectMeta

    /// Reads a page of the list, as new as the server can tell (never from its cache).
    /// - Parameters:
    ///   - limit: how many objects at most; `nil`: all.
    ///   - continueToken: from the page before; `nil`: the first page.
    /// - Throws: `KubernetesStatus` where the server refused (410: the token has expired), anything else where it could not
    ///   be asked.
    func list(limit: Int?, continueToken: String?) async throws -> ListPage<Object>

    /// Watches from `resourceVersion` on, and calls `onEvent` for each event in order.
    ///
    /// Returns when the server ends the watch, which is normal.
    /// - Throws: `KubernetesStatus` where the server refused or sent an `ERROR` event (410: the version has expired; 504 with
    ///   a cause `ResourceVersionTooLarge`: the server has not got there yet), anything else where the connection broke.
    func watch(
        from resourceVersion: String, timeoutSeconds: Int, onEvent: (ListWatchEvent<Object>) -> Void
    ) async throws

    /// Whether `watchList` is worth trying: the server may still refuse it.
    var offersWatchList: Bool { get }

    /// Watches from the present state on: it comes first, as `added` events, ended by `initialEventsEnd` (KEP-3157). What
    /// changes meanwhile may stand among them.
    ///
    /// Returns and throws as `watch` does; with a `KubernetesStatus` of 400 or 422 where the server cannot do this.
    func watchList(timeoutSeconds: Int, onEvent: (ListWatchEvent<Object>) -> Void) async throws
}

extension ListWatch {
    public var offersWatchList: Bool { false }

    public func watchList(timeoutSeconds: Int, onEvent: (ListWatchEvent<Object>) -> Void) async throws {
        throw KubernetesStatus(
            reason: .invalid, code: 422, message: "this source of objects can only list them page by page")
    }
}
