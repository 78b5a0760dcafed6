import Logging
internal import Metrics
import StructuredData
import Synchronization

/// Notes stored objects that cannot be read, where whoever meets one goes on without it: what such an object asks for is not
/// heeded, and nobody would know.
final class UnreadableObjects: Sendable {
    static let counter = "das_apiserver_unreadable_objects_total"

    private let logger: Logger
    /// The versions that have been told of.
    private let told = Mutex<[ObjectLocation: Int64]>([:])

    init(logger: Logger) { self.logger = logger }

    /// The object; `nil`, noted, where it cannot be read.
    func read(_ stored: StoredObject) -> JSON? {
        do {
            return try stored.object()
        } catch {
            note(stored, error)
            return nil
        }
    }

    private func note(_ stored: StoredObject, _ error: any Error) {
        Counter(label: Self.counter, dimensions: [("resource", stored.location.resource)]).increment()
        let isNew =
            told.withLock { $0.updateValue(stored.resourceVersion, forKey: stored.location) } != stored.resourceVersion
        guard isNew else { return }
        logger.error(
            "a stored object cannot be read and is left out: replace it, or restore a backup",
            metadata: [
                "resource": "\(stored.location.resource)", "namespace": "\(stored.location.namespace)",
                "name": "\(stored.location.name)", "error": "\(error)",
            ])
    }
}
