/// An agent's right to run one attempt of a task.
package struct Lease: Sendable, Hashable {
    package var agent: AgentID
    package var since: StoreTime
    /// From then on the reaper may take the task away; until it has, reports count.
    package var expiry: StoreTime
    /// From then on the reaper may end the attempt, however lively its agent is.
    package var timeoutAt: StoreTime
    /// Whether the agent has shown, by heartbeat or report, that the lease reached it.
    package var isAcknowledged: Bool
    /// The number of the lease request that this answered.
    package var request: Int64

    package init(
        agent: AgentID, since: StoreTime, expiry: StoreTime, timeoutAt: StoreTime, isAcknowledged: Bool, request: Int64
    ) {
        self.agent = agent
        self.since = since
        self.expiry = expiry
        self.timeoutAt = timeoutAt
        self.isAcknowledged = isAcknowledged
        self.request = request
    }
}

/// What a report or heartbeat must name to count: the epoch is the fencing token, the random token its proof.
package struct LeaseKey: Sendable, Hashable {
    package var epoch: Int64
    package var token: LeaseToken

    package init(epoch: Int64, token: LeaseToken) {
        self.epoch = epoch
        self.token = token
    }
}

/// The last report that was accepted, kept so that the same one again is recognised.
package struct ReportMark: Sendable, Hashable {
    package var key: LeaseKey
    package var digest: ReportDigest

    package init(key: LeaseKey, digest: ReportDigest) {
        self.key = key
        self.digest = digest
    }
}

/// A hash of a report's kind and content (FNV-1a, 64 bits). It tells a repeated report from another one of the same, already
/// trusted agent; it is no defence against forgery, which the token is.
package struct ReportDigest: Sendable, Hashable {
    package var bits: UInt64

    package init(bits: UInt64) { self.bits = bits }

    package init(kind: String, _ parts: some Sequence<UInt8>) {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in kind.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash = hash &* 0x100_0000_01b3
        for byte in parts { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        bits = hash
    }
}

/// That a task is to be cancelled while an agent has it.
package struct CancellationMark: Sendable, Hashable {
    package var requested: StoreTime
    /// From then on it is cancelled whatever its agent says; `nil`: when the agent says so or its lease ends.
    package var forcedAt: StoreTime?
    package var reason: String

    package init(requested: StoreTime, forcedAt: StoreTime?, reason: String) {
        self.requested = requested
        self.forcedAt = forcedAt
        self.reason = reason
    }
}
