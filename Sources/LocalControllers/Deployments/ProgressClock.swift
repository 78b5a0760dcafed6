import ControllerRuntime
import KubernetesModel
import Synchronization

/// Since when a rollout has not moved, as observed here: the object's own timestamps come from another clock.
final class ProgressClock: Sendable {
    private struct Entry {
        var counts: DeploymentStatus
        var since: Duration
    }

    private let time: TimeSource
    private let entries = Mutex<[ObjectKey: Entry]>([:])

    init(time: TimeSource) { self.time = time }

    func forget(_ key: ObjectKey) { entries.withLock { $0[key] = nil } }

    /// How long the counts have been what they are; zero where they have just changed.
    func stillness(_ key: ObjectKey, _ counts: DeploymentStatus) -> Duration {
        let now = time.now
        return entries.withLock { entries in
            if let entry = entries[key], entry.counts == counts { return now - entry.since }
            entries[key] = Entry(counts: counts, since: now)
            return .zero
        }
    }
}
