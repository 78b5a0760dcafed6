import KubernetesModel
import StructuredData
import Synchronization

/// Remembers what was applied last and how the server's answer looked, so that an object which nobody has changed since costs no
/// call. A cache that lags behind our own write only costs one more apply, which changes nothing.
final class AppliedObjects: Sendable {
    private struct Mark: Equatable {
        var body: Int
        var uid: String?
        /// The generation, which status writes leave alone; of a kind that has none, the version.
        var state: String?
        var labels: [String: String]?
        var owners: [OwnerReference]?

        init(_ body: JSON, _ metadata: ObjectMeta) {
            self.body = body.hashValue
            uid = metadata.uid
            state = metadata.generation.map { "\($0)" } ?? metadata.resourceVersion
            labels = metadata.labels
            owners = metadata.ownerReferences
        }
    }

    private let marks = Mutex<[ObjectKey: [String: Mark]]>([:])

    /// Whether `body` was applied last, and the object has stayed as it was then.
    func isCurrent(_ kind: String, of owner: ObjectKey, _ body: JSON, observed: ObjectMeta?) -> Bool {
        guard let observed else { return false }
        return marks.withLock { $0[owner]?[kind] } == Mark(body, observed)
    }

    func note(_ kind: String, of owner: ObjectKey, _ body: JSON, answer: ObjectMeta) {
        marks.withLock { $0[owner, default: [:]][kind] = Mark(body, answer) }
    }

    func forget(_ owner: ObjectKey) { marks.withLock { $0[owner] = nil } }
}
