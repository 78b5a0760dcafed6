import TaskQueue

/// Since when each of a swarm's pods has been busy or idle, as far as this process has seen it.
///
/// A pod that has been busy for a while is to be protected from those who tidy up nodes, one that has been idle for longer no
/// more: one that flaps between the two costs at most two writes in the sum of both times. After a
/// restart everybody is taken for as busy as at the first look.
struct BusyRecord: Sendable, Hashable {
    static let protectMilliseconds: Int64 = 30_000
    static let releaseMilliseconds: Int64 = 60_000

    private struct Entry: Sendable, Hashable {
        /// Since when it has not been seen idle.
        var busySince: StoreTime?
        var lastBusy: StoreTime
    }

    /// By the pod's UID.
    private var entries: [String: Entry] = [:]

    /// Takes note of how many tasks each pod holds now. Pods that are not among them are forgotten.
    mutating func observe(_ leased: [String: Int], at now: StoreTime) {
        var next: [String: Entry] = [:]
        for (uid, count) in leased {
            var entry = entries[uid] ?? Entry(busySince: nil, lastBusy: now)
            if count > 0 {
                entry.busySince = entry.busySince ?? now
                entry.lastBusy = now
            } else {
                entry.busySince = nil
            }
            next[uid] = entry
        }
        entries = next
    }

    func isBusyForLong(_ uid: String, at now: StoreTime) -> Bool {
        guard let since = entries[uid]?.busySince else { return false }
        return now - since >= Self.protectMilliseconds
    }

    /// Whether a pod is to be protected.
    func protects(_ uid: String, isProtected: Bool, at now: StoreTime) -> Bool {
        guard let entry = entries[uid] else { return isProtected }
        return isBusyForLong(uid, at: now) || (isProtected && now - entry.lastBusy < Self.releaseMilliseconds)
    }

    /// In how many milliseconds the answer of `protects` changes if the pod stays as it is; `nil`: never.
    func nextChange(_ uid: String, isProtected: Bool, at now: StoreTime) -> Int64? {
        guard let entry = entries[uid] else { return nil }
        if let since = entry.busySince {
            return isProtected ? nil : max(since + Self.protectMilliseconds - now, 0)
        }
        return isProtected ? max(entry.lastBusy + Self.releaseMilliseconds - now, 0) : nil
    }
}
