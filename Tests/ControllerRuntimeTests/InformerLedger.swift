import ControllerRuntime
import KubernetesModel
import TestSupport

/// What an informer's handlers were told, applied to a copy: it must always come out as the store.
final class InformerLedger: Sendable {
    struct Told: Sendable {
        var objects: [ObjectKey: ConfigMap] = [:]
        var problems: [String] = []
        var changes = 0
        /// Every state that was told, deletions aside.
        var states: Set<FaultyServer.Known> = []
        var addedUIDs: Set<String> = []
        var deletedUIDs: Set<String> = []
    }

    private let observed = Observed(Told())

    var told: Told { observed.value }

    /// Waits until what was told comes out as `objects`.
    func wait(for objects: [ObjectKey: ConfigMap]) async throws {
        try await observed.wait { $0.objects == objects }
    }

    func wait(until isFulfilled: @escaping @Sendable (Told) -> Bool) async throws {
        try await observed.wait(until: isFulfilled)
    }

    func note(_ change: Change<ConfigMap>) {
        observed.change { told in
            told.changes += 1
            switch change {
            case .added(let object):
                if told.objects[object.key] != nil { told.problems.append("\(object.key) was added twice") }
                if !told.addedUIDs.insert(object.metadata.uid ?? "").inserted {
                    told.problems.append("\(object.key) came back with the uid of one that was deleted")
                }
                told.put(object)
            case .updated(let old, let new):
                if told.objects[new.key] != old { told.problems.append("\(new.key): the old state is not the last") }
                if !Self.isNewer(new, than: old) {
                    told.problems.append("\(new.key): an update that leads back, or nowhere")
                }
                if old.metadata.uid != new.metadata.uid { told.problems.append("\(new.key): an update of the uid") }
                told.put(new)
            case .deleted(let object):
                let last = told.objects.removeValue(forKey: object.key)
                if last == nil { told.problems.append("\(object.key) was deleted without being there") }
                if last?.metadata.uid != object.metadata.uid {
                    told.problems.append("\(object.key): another object was deleted than the one told of")
                }
                told.deletedUIDs.insert(object.metadata.uid ?? "")
            }
        }
    }

    private static func isNewer(_ new: ConfigMap, than old: ConfigMap) -> Bool {
        guard let new = new.metadata.resourceVersion, let old = old.metadata.resourceVersion else { return false }
        return ResourceVersion.isAtLeast(new, old) == true && new != old
    }

    /// What is wrong with what was told, now that the server, which is at rest, was told of completely.
    func problems(_ server: FaultyServer, store: Store<ConfigMap>) -> [String] {
        let told = told
        var problems = told.problems
        let expected = server.objects
        if told.objects != expected {
            problems.append("told: \(Self.text(told.objects)), but the server has \(Self.text(expected))")
        }
        let stored = Dictionary(uniqueKeysWithValues: store.list().map { ($0.key, $0) })
        if stored != expected {
            problems.append("stored: \(Self.text(stored)), but the server has \(Self.text(expected))")
        }
        let present = Set(expected.values.compactMap(\.metadata.uid))
        let missed = told.addedUIDs.subtracting(present).subtracting(told.deletedUIDs)
        if !missed.isEmpty { problems.append("these are gone, and nobody was told: \(missed.sorted())") }
        let invented = told.states.subtracting(server.known)
        if !invented.isEmpty { problems.append("these states never were: \(invented)") }
        return problems
    }

    private static func text(_ objects: [ObjectKey: ConfigMap]) -> [String] {
        objects.map { "\($0.key)@\($0.value.metadata.resourceVersion ?? "")" }.sorted()
    }
}

extension InformerLedger.Told {
    mutating func put(_ object: ConfigMap) {
        objects[object.key] = object
        states.insert(FaultyServer.Known(object))
    }
}
