/// How long a container that ended waits before it is started again. Pure.
///
/// As the kubelet does it: the base doubles with each restart up to the limit, and a run longer than `resetAfter` starts over.
package struct RestartBackoff: Sendable, Hashable {
    package var base: Duration
    package var limit: Duration
    package var resetAfter: Duration

    package init(base: Duration = .seconds(10), limit: Duration = .seconds(300), resetAfter: Duration = .seconds(600)) {
        self.base = base
        self.limit = limit
        self.resetAfter = resetAfter
    }

    /// The pauses of one container.
    struct Sequence: Sendable {
        let backoff: RestartBackoff
        private var next: Duration?

        init(_ backoff: RestartBackoff) { self.backoff = backoff }

        /// The pause after a run that lasted `ran`; the first restart is at once.
        mutating func pause(afterRunning ran: Duration) -> Duration {
            if ran >= backoff.resetAfter { next = nil }
            guard let pause = next else {
                next = backoff.base
                return .zero
            }
            next = min(pause * 2, backoff.limit)
            return pause
        }
    }

    /// Whether a container that ended with `exitCode` is started again.
    static func restarts(_ policy: String?, exitCode: Int) -> Bool {
        switch policy {
        case "Never": false
        case "OnFailure": exitCode != 0
        default: true
        }
    }
}
