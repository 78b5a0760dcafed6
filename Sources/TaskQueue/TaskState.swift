/// Where a task stands. The last three are ends: nothing leads out of them.
package enum TaskState: String, Sendable, Hashable, Codable, CaseIterable {
    /// Waits for a time: `runAfter`, or the backoff after a failed attempt.
    case delayed
    /// Waits for something other than time, outside the ready index: see `HoldReasons`.
    case held
    case ready
    case leased
    case succeeded
    case failed
    case cancelled

    package var isEnd: Bool {
        switch self {
        case .succeeded, .failed, .cancelled: true
        case .delayed, .held, .ready, .leased: false
        }
    }

    /// Neither leased nor ended.
    package var isWaiting: Bool {
        switch self {
        case .delayed, .held, .ready: true
        case .leased, .succeeded, .failed, .cancelled: false
        }
    }
}

/// Why a task is held. It becomes ready when the last reason is gone.
package struct HoldReasons: OptionSet, Sendable, Hashable, Codable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }

    /// Its owner asked for it: `spec.suspend` of a SwarmTask.
    package static let suspended = HoldReasons(rawValue: 1)
    /// As many tasks of its `concurrencyKey` are leased as may be.
    package static let concurrency = HoldReasons(rawValue: 2)
    /// The rate limit of its key has no token left.
    package static let rate = HoldReasons(rawValue: 4)
    /// Those that `KeyStanding` sets and takes away. They never stand beside another reason.
    package static let keyLimits: HoldReasons = [.concurrency, .rate]
}
