import ControllerRuntime
import KubernetesModel
import Synchronization

/// The statuses that were written last, for as long as the cache does not show them: to compare with an older one would miss
/// that a status has changed back.
final class StatusMemory<Status: Sendable>: Sendable {
    private struct Entry {
        var uid: String?
        var resourceVersion: String
        var status: Status
    }

    private let entries = Mutex<[ObjectKey: Entry]>([:])

    /// The newest known status of a cached object.
    func latest(of cached: some KubernetesResource, _ status: Status?) -> Status? {
        entries.withLock { entries in
            guard let entry = entries[cached.key] else { return status }
            let shown = ResourceVersion.isAtLeast(cached.metadata.resourceVersion ?? "", entry.resourceVersion) ?? true
            if shown || entry.uid != cached.metadata.uid {
                entries[cached.key] = nil
                return status
            }
            return entry.status
        }
    }

    /// The version of a cached object with its newest known status, to write the next one in no other.
    func version(of cached: some KubernetesResource) -> String? {
        entries.withLock { $0[cached.key]?.resourceVersion } ?? cached.metadata.resourceVersion
    }

    func wrote(_ status: Status, to written: ObjectMeta, of key: ObjectKey) {
        guard let version = written.resourceVersion else { return }
        entries.withLock { $0[key] = Entry(uid: written.uid, resourceVersion: version, status: status) }
    }

    /// Whether the status that an object has come to show is another than the one that was written last: somebody else's, which
    /// may have to be put right.
    func isByOthers(_ object: some KubernetesResource) -> Bool {
        entries.withLock { $0[object.key]?.resourceVersion } != object.metadata.resourceVersion
    }

    func forget(_ key: ObjectKey) { entries.withLock { $0[key] = nil } }
}
