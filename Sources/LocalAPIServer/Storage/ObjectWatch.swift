/// What a watcher is told, in commit order.
enum WatchNotice: Sendable {
    case change(StoredChange)
    /// Nothing up to this version is still to come.
    case progress(Int64)
}

/// A running watch: what happened before it was opened, then what happens.
struct ObjectWatch: Sendable {
    /// The changes between the version asked for and the one at which the watch was opened.
    var backlog: [StoredChange]
    /// The version at which it was opened.
    var openedAt: Int64
    /// Ends when the watcher falls behind by more than `ObjectStore.watchBufferChanges`, or the store stops.
    var inbox: WatchInbox
    /// Ends the watch.
    var close: @Sendable () -> Void
}

/// The store's side of a watch.
struct Watcher: Sendable {
    var namespace: String?
    var inbox: WatchInbox

    func wants(_ change: StoredChange) -> Bool {
        namespace == nil || change.object.location.namespace == namespace
    }
}
