import KubernetesModel

/// Since when nodes have been silent, by the monotonic time at which their last sign of life was seen here.
///
/// Remote timestamps are compared only for being different. When this process itself stood still (a suspended machine, a stopped
/// process), that time counts against no node.
struct NodeWatch: Sendable {
    /// What changes with each sign of life.
    struct Sign: Sendable, Hashable {
        var leaseRenewal: String?
        var heartbeat: String?
    }

    private struct Entry {
        var sign: Sign
        var seenAt: Duration
    }

    /// A longer time between two looks at the clock means that this process stood still.
    static let longestTick = Duration.seconds(15)

    private var entries: [String: Entry] = [:]
    private var lastTick: Duration?

    /// Looks at the clock; to be called at least every few seconds.
    mutating func tick(_ now: Duration) {
        defer { lastTick = now }
        guard let lastTick, now - lastTick > Self.longestTick else { return }
        for name in entries.keys { entries[name]?.seenAt += now - lastTick }
    }

    /// Takes note of a node's present sign; returns for how long it has been the same.
    mutating func silence(of name: String, _ sign: Sign, now: Duration) -> Duration {
        tick(now)
        if let entry = entries[name], entry.sign == sign { return now - entry.seenAt }
        entries[name] = Entry(sign: sign, seenAt: now)
        return .zero
    }

    /// Whether no sign of a node has been noted yet, or it was forgotten since.
    func isNew(_ name: String) -> Bool { entries[name] == nil }

    mutating func forget(_ name: String) { entries[name] = nil }
}

extension NodeWatch.Sign {
    init(node: Node?, lease: Lease?) {
        leaseRenewal = lease?.spec?.renewTime
        // The whole status changes with our own writes as well, so only what the node alone writes counts.
        heartbeat = node?.readyCondition?.lastHeartbeatTime
    }
}
