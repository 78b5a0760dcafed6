import Synchronization
import TaskQueue

/// The latest of the change feed in memory, so that those who follow it need not ask the disk for what was written a moment ago.
///
/// It holds what is committed and nothing else, without a gap up to the feed's end. What it does not reach back to is read from the
/// file.
final class FeedTail: Sendable {
    /// More are not kept; older ones are dropped in steps of half as many.
    private static let maxEntries = 4096

    private struct State {
        /// In the order of their cursors.
        var entries: [Change] = []
        /// Every entry after this one is here.
        var start: Int64
        var end: Int64
        var isClosed = false
    }

    private let state: Mutex<State>

    /// - Parameter end: the cursor that the feed ends with now.
    init(end: Int64) { state = Mutex(State(start: end, end: end)) }

    /// The cursor of the latest entry; `nil` once the store is closed.
    var end: Int64? { state.withLock { $0.isClosed ? nil : $0.end } }

    /// What a commit has added to the feed.
    func append(_ changes: [Change]) {
        guard let last = changes.last else { return }
        state.withLock { state in
            state.entries += changes
            state.end = last.cursor
            let surplus = state.entries.count - Self.maxEntries
            guard surplus > 0 else { return }
            let dropped = min(surplus + Self.maxEntries / 2, state.entries.count)
            state.start = state.entries[dropped - 1].cursor
            state.entries.removeFirst(dropped)
        }
    }

    /// A commit has pruned the feed this far. Whoever has not read what is pruned learns that from the file.
    func prune(through cursor: Int64) {
        state.withLock { state in
            guard cursor > state.start else { return }
            state.entries.removeFirst(Self.index(after: cursor, in: state.entries))
            state.start = cursor
        }
    }

    /// The entries after `cursor`; `nil` where it takes the file to tell.
    func page(after cursor: Int64, limit: Int) -> ChangePage? {
        state.withLock { state in
            guard !state.isClosed, cursor >= state.start else { return nil }
            let changes = Array(state.entries[Self.index(after: cursor, in: state.entries)...].prefix(limit))
            return ChangePage(changes: changes, cursor: changes.last?.cursor ?? cursor, isTruncated: false)
        }
    }

    func close() {
        state.withLock { state in
            state.isClosed = true
            state.entries = []
        }
    }

    /// Where the entries after `cursor` begin.
    private static func index(after cursor: Int64, in entries: [Change]) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].cursor <= cursor { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
