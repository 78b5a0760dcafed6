import ControllerRuntime
import KubernetesModel
import Synchronization

/// Since when pods have been ready, as observed here: their own timestamps come from other clocks.
final class AvailabilityClock: Sendable {
    private struct Entry {
        var transition: String
        var since: Duration
    }

    private let time: TimeSource
    private let entries = Mutex<[ObjectKey: [String: Entry]]>([:])

    init(time: TimeSource) { self.time = time }

    func forget(_ set: ObjectKey) { entries.withLock { $0[set] = nil } }

    /// Which of `pods`, those of `set`, have been ready for `minReady`, by uid; and when to look again.
    func available(_ pods: [Pod], of set: ObjectKey, minReady: Duration) -> (uids: Set<String>, lookAgain: Duration?) {
        let now = time.now
        return entries.withLock { entries in
            let known = entries[set] ?? [:]
            var current: [String: Entry] = [:]
            var available: Set<String> = []
            var lookAgain: Duration?
            for pod in pods where pod.isReady {
                guard let uid = pod.metadata.uid else { continue }
                let transition = pod.readyCondition?.lastTransitionTime ?? ""
                var entry = known[uid] ?? Entry(transition: transition, since: now)
                if entry.transition != transition { entry = Entry(transition: transition, since: now) }
                current[uid] = entry
                let rest = minReady - (now - entry.since)
                if rest <= .zero {
                    available.insert(uid)
                } else {
                    lookAgain = min(lookAgain ?? rest, rest)
                }
            }
            entries[set] = current.isEmpty ? nil : current
            return (available, lookAgain)
        }
    }
}
