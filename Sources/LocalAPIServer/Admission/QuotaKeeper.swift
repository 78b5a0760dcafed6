import KubernetesModel
import StructuredData
import Synchronization

/// Holds what is written to the resource quotas of its namespace, and keeps their statuses.
///
/// Flow: a write that uses more than before reserves what it needs, is committed, and lets the reservation go; what counts at
/// any time is the stored objects and the reservations. Guarantee: no sequence of concurrent writes takes a namespace over a
/// quota that it was under.
final class QuotaKeeper: Sendable {
    static let quotas = "/resourcequotas"
    private static let statusRetries = 20
    /// Remembered usages above this are forgotten, all at once.
    private static let cacheLimitObjects = 50_000

    /// A place in the quotas, taken until `release`.
    struct Reservation: Sendable {
        fileprivate var uid: String
    }

    private struct Taken {
        var namespace: String
        var resource: String
        var usage: QuotaUsage
    }

    private struct State {
        var taken: [String: Taken] = [:]
        /// By uid.
        var cache: [String: (version: Int64, usage: QuotaUsage)] = [:]
    }

    private let store: ObjectStore
    private let unreadable: UnreadableObjects
    private let state = Mutex(State())

    init(store: ObjectStore, unreadable: UnreadableObjects) {
        self.store = store
        self.unreadable = unreadable
    }

    func hasQuotas(_ namespace: String?) -> Bool {
        guard let namespace else { return false }
        return !store.objects(of: Self.quotas, namespace: namespace).objects.isEmpty
    }

    /// Takes the place that an object needs beyond what it had.
    ///
    /// - Parameter old: the object that is replaced.
    /// - Returns: `nil` where nothing bounds it.
    /// - Throws: 403 where a quota has no room.
    func reserve(
        _ object: JSON, replacing old: JSON?, _ target: Target, isDryRun: Bool
    ) throws(KubernetesStatus) -> Reservation? {
        guard let namespace = target.namespace, hasQuotas(namespace) else { return nil }
        let resource = target.definition.storageName
        let usage = QuotaUsage(object, resource: resource)
        let before = old.map { QuotaUsage($0, resource: resource) }
        // What an object was in the scope of may change with it.
        if before?.amounts == usage.amounts, before?.hasScopes(of: usage) == true { return nil }
        let uid = object["metadata"]?["uid"]?.stringValue ?? ""
        let refusal: String? = state.withLock { state in
            for quota in store.objects(of: Self.quotas, namespace: namespace).objects {
                guard let spec = self.unreadable.read(quota)?["spec"], usage.isInScope(of: spec) else { continue }
                let needed = usage.beyond(before.flatMap { $0.isInScope(of: spec) ? $0 : nil })
                if needed.isEmpty { continue }
                if let refusal = self.refusal(
                    by: spec, named: quota.location.name, usage, needed: needed, isNew: old == nil, uid: uid,
                    namespace: namespace, &state)
                {
                    return refusal
                }
            }
            if !isDryRun { state.taken[uid] = Taken(namespace: namespace, resource: resource, usage: usage) }
            return nil
        }
        if let refusal {
            throw .forbidden(target.type, object["metadata"]?["name"]?.stringValue ?? "", message: refusal)
        }
        return isDryRun ? nil : Reservation(uid: uid)
    }

    func release(_ reservation: Reservation?) {
        guard let reservation else { return }
        state.withLock { _ = $0.taken.removeValue(forKey: reservation.uid) }
    }

    private func refusal(
        by spec: JSON, named name: String, _ usage: QuotaUsage, needed: [String: Quantity], isNew: Bool, uid: String,
        namespace: String, _ state: inout State
    ) -> String? {
        let hard = Self.amounts(spec["hard"])
        if isNew {
            let missing = usage.missing(Array(hard.keys))
            if !missing.isEmpty {
                let parts = missing.map { "\($0.resource) for: \($0.containers.joined(separator: ","))" }
                return "failed quota: \(name): must specify \(parts.joined(separator: "; "))"
            }
        }
        let bounded = needed.keys.filter { hard[$0] != nil }.sorted()
        if bounded.isEmpty { return nil }
        let used = self.used(spec, namespace: namespace, names: bounded, &state)
        let over = bounded.filter { name in
            (used[name] ?? Quantity(0)) + (needed[name] ?? Quantity(0)) > (hard[name] ?? Quantity(0))
        }
        if over.isEmpty { return nil }
        func list(_ amounts: [String: Quantity]) -> String {
            over.map { "\($0)=\(amounts[$0] ?? Quantity(0))" }.joined(separator: ",")
        }
        return "exceeded quota: \(name), requested: \(list(needed)), used: \(list(used)), limited: \(list(hard))"
    }

    private static func amounts(_ json: JSON?) -> [String: Quantity] {
        var amounts: [String: Quantity] = [:]
        for (name, value) in json?.objectValue ?? [:] {
            amounts[name] = try? Quantity(parsing: value.stringValue ?? value.text())
        }
        return amounts
    }

    /// What the namespace uses of what a quota bounds.
    private func used(
        _ spec: JSON, namespace: String, names: [String], _ state: inout State
    ) -> [String: Quantity] {
        var used: [String: Quantity] = [:]
        for name in names { used[name] = Quantity(0) }
        for resource in Set(names.map(QuotaUsage.resource(of:))) {
            var usages = state.taken.values.filter { $0.namespace == namespace && $0.resource == resource }.map(\.usage)
            for stored in store.objects(of: resource, namespace: namespace).objects where state.taken[stored.uid] == nil
            {
                if let usage = usage(of: stored, &state) { usages.append(usage) }
            }
            for usage in usages where usage.isInScope(of: spec) {
                for name in names where QuotaUsage.resource(of: name) == resource {
                    if let amount = usage.amounts[name] { used[name] = (used[name] ?? Quantity(0)) + amount }
                }
            }
        }
        return used
    }

    private func usage(of stored: StoredObject, _ state: inout State) -> QuotaUsage? {
        if let known = state.cache[stored.uid], known.version == stored.resourceVersion { return known.usage }
        guard let object = unreadable.read(stored) else { return nil }
        if state.cache.count >= Self.cacheLimitObjects { state.cache = [:] }
        let usage = QuotaUsage(object, resource: stored.location.resource)
        state.cache[stored.uid] = (stored.resourceVersion, usage)
        return usage
    }

    // MARK: Statuses

    /// Brings the statuses of a namespace's quotas up to what is stored.
    func settle(_ namespace: String?) async {
        guard let namespace else { return }
        for quota in store.objects(of: Self.quotas, namespace: namespace).objects { await settle(quota.location) }
    }

    private func settle(_ location: ObjectLocation) async {
        for _ in 0..<Self.statusRetries {
            guard let stored = store.object(at: location), var quota = unreadable.read(stored) else { return }
            let hard = quota["spec"]?["hard"] ?? [:]
            let names = hard.objectValue.map { Array($0.keys) } ?? []
            let spec = quota["spec"] ?? [:]
            let used = state.withLock { self.used(spec, namespace: location.namespace, names: names, &$0) }
            var shown = JSONObject()
            for name in names { shown[name] = .string((used[name] ?? Quantity(0)).description) }
            let status: JSON = names.isEmpty ? [:] : ["hard": hard, "used": .object(shown)]
            if quota["status"] == status { return }
            quota["status"] = status
            do {
                _ = try await store.commit(
                    ObjectWrite(
                        location: location,
                        kind: .update(
                            expected: stored.resourceVersion, StoredContent(object: quota, fields: stored.fields))))
                return
            } catch StoreError.conflict {
                continue
            } catch {
                // The store is stopping, or the quota has gone: whoever writes next settles what is left.
                return
            }
        }
    }
}
