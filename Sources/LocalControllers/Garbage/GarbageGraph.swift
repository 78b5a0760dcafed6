import KubernetesModel

/// Who owns whom, as the watches tell, and whom to look at after a change.
///
/// What is not in the graph may still exist: its kind may not be watched, or its watch be late. Only a deletion that was seen
/// proves an object gone.
struct GarbageGraph: Sendable {
    /// How many objects seen to go are remembered; of an older one the server is asked.
    static let absentLimit = 10_000

    private(set) var items: [String: GarbageItem] = [:]
    private var dependentsByOwner: [String: Set<String>] = [:]
    private var absent: Set<String> = []
    private var absentInOrder: [String] = []

    func dependents(of owner: String) -> [GarbageItem] {
        (dependentsByOwner[owner] ?? []).sorted().compactMap { items[$0] }
    }

    func hasDependents(_ owner: String) -> Bool { dependentsByOwner[owner]?.isEmpty == false }

    /// Whether an object of that uid was here, and is no more. A uid never comes again.
    func isAbsent(_ uid: String) -> Bool { absent.contains(uid) }

    /// Takes note of an object; returns the uids of those to look at.
    mutating func put(_ item: GarbageItem) -> Set<String> {
        let old = items.updateValue(item, forKey: item.uid)
        guard old != item else { return [] }
        var work: Set<String> = []
        if old?.owners != item.owners {
            let before = Set((old?.owners ?? []).map(\.uid))
            let after = Set(item.owners.map(\.uid))
            for owner in before.subtracting(after) { unlink(item.uid, from: owner) }
            for owner in after.subtracting(before) { dependentsByOwner[owner, default: []].insert(item.uid) }
            if after.contains(where: { items[$0].map(\.waitsForDependents) ?? true }) { work.insert(item.uid) }
            // Whoever waits for this one may wait no more.
            work.formUnion(before.union(after).filter { items[$0]?.waitsForDependents == true })
        }
        if item.waitsForDependents, old?.waitsForDependents != true {
            work.insert(item.uid)
            work.formUnion(dependentsByOwner[item.uid] ?? [])
        }
        if item.orphansDependents, old?.orphansDependents != true { work.insert(item.uid) }
        return work
    }

    /// Takes note that an object is gone; returns the uids of those to look at.
    mutating func remove(_ uid: String) -> Set<String> {
        noteAbsent(uid)
        guard let item = items.removeValue(forKey: uid) else { return dependentsByOwner[uid] ?? [] }
        var work = dependentsByOwner[uid] ?? []
        for owner in Set(item.owners.map(\.uid)) {
            unlink(uid, from: owner)
            if items[owner]?.waitsForDependents == true { work.insert(owner) }
        }
        return work
    }

    /// Takes note that of one kind only these objects are left; returns the uids of those to look at.
    mutating func retain(_ uids: Set<String>, group: String, kind: String) -> Set<String> {
        let gone = items.values.filter {
            $0.resource.group == group && $0.resource.kind == kind && !uids.contains($0.uid)
        }
        return gone.reduce(into: []) { $0.formUnion(remove($1.uid)) }
    }

    private mutating func unlink(_ dependent: String, from owner: String) {
        dependentsByOwner[owner]?.remove(dependent)
        if dependentsByOwner[owner]?.isEmpty == true { dependentsByOwner[owner] = nil }
    }

    mutating func noteAbsent(_ uid: String) {
        guard absent.insert(uid).inserted else { return }
        absentInOrder.append(uid)
        guard absentInOrder.count > Self.absentLimit else { return }
        let half = absentInOrder.prefix(Self.absentLimit / 2)
        absent.subtract(half)
        absentInOrder.removeFirst(half.count)
    }
}
