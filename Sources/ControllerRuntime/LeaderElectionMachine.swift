/// What a Lease says, as far as election goes.
public struct LeaseRecord: Sendable, Hashable {
    /// "" or the identity of the holder.
    public var holder: String
    public var durationSeconds: Int
    public var transitions: Int
    /// The version of the Lease, or `nil` where there is none yet.
    public var resourceVersion: String?

    public init(holder: String, durationSeconds: Int, transitions: Int, resourceVersion: String?) {
        self.holder = holder
        self.durationSeconds = durationSeconds
        self.transitions = transitions
        self.resourceVersion = resourceVersion
    }
}

/// Times by which no election can be held.
public struct InvalidElectionTimes: Error, Sendable, Hashable, CustomStringConvertible {
    public var leaseDuration: Duration
    public var renewDeadline: Duration
    public var retryPeriod: Duration

    public var description: String {
        "the retry period (\(retryPeriod)) must be shorter than the renew deadline (\(renewDeadline)), and that than the lease (\(leaseDuration))"
    }
}

/// The logic of leader election on a Lease, with time as a parameter.
///
/// Only this process's monotonic time counts. The times written in the Lease are never compared with it: a holder is gone when its
/// Lease has not *changed*, as seen here, for the duration that it promised. A holder that could not renew for `renewDeadline`
/// stops by itself, before others may take over.
public struct LeaderElectionMachine: Sendable {
    public struct Configuration: Sendable, Hashable {
        public var leaseDuration: Duration
        /// Shorter than `leaseDuration`: between the two a leader has stopped and nobody has begun.
        public var renewDeadline: Duration
        public var retryPeriod: Duration

        /// How long after the loss the work may take to end before the process is ended.
        public var stopLimit: Duration
        /// How long after the loss the process may take to exit, once its work has ended; `nil`: for ever, for whoever means to
        /// stand for election again.
        public var exitLimit: Duration?

        /// 15 s, 10 s, 2 s, 5 s, 30 s.
        public init() {
            leaseDuration = .seconds(15)
            renewDeadline = .seconds(10)
            retryPeriod = .seconds(2)
            stopLimit = .seconds(5)
            exitLimit = .seconds(30)
        }

        /// - Parameters:
        ///   - leaseDuration: counted in whole seconds, rounded up.
        ///   - renewDeadline: `nil`: two thirds of the lease.
        ///   - retryPeriod: `nil`: two fifteenths of the lease.
        ///   - stopLimit: `nil`: what lies between `renewDeadline` and `leaseDuration`, so that a process that could not renew is
        ///     gone before another may begin.
        ///   - exitLimit: counted from the loss.
        /// - Throws: `InvalidElectionTimes` unless 0 < `retryPeriod` < `renewDeadline` < `leaseDuration`.
        public init(
            leaseDuration: Duration = .seconds(15),
            renewDeadline: Duration? = nil,
            retryPeriod: Duration? = nil,
            stopLimit: Duration? = nil,
            exitLimit: Duration? = .seconds(30)
        ) throws(InvalidElectionTimes) {
            let renewDeadline = renewDeadline ?? leaseDuration * 2 / 3
            let retryPeriod = retryPeriod ?? leaseDuration * 2 / 15
            guard .zero < retryPeriod, retryPeriod < renewDeadline, renewDeadline < leaseDuration else {
                throw InvalidElectionTimes(
                    leaseDuration: leaseDuration, renewDeadline: renewDeadline, retryPeriod: retryPeriod)
            }
            self.leaseDuration = leaseDuration
            self.renewDeadline = renewDeadline
            self.retryPeriod = retryPeriod
            self.stopLimit = stopLimit ?? leaseDuration - renewDeadline
            self.exitLimit = exitLimit
        }
    }

    /// What to do with a Lease that was just read.
    public enum Decision: Sendable, Hashable {
        /// Write this record over the version read (or create it), and report the outcome by `written`.
        case write(LeaseRecord)
        /// Another holds it.
        case wait
    }

    public let identity: String
    public let configuration: Configuration
    private var observed: LeaseRecord?
    private var observedAt: Duration = .zero
    /// When the write began that last made or kept us leader.
    private var renewedAt: Duration?

    public init(identity: String, configuration: Configuration = .init()) {
        self.identity = identity
        self.configuration = configuration
    }

    /// Who held the Lease when it was last read.
    public var holder: String? { observed.map(\.holder) }

    /// Until when we may act as leader; `nil` where we are not.
    public var leadingUntil: Duration? { renewedAt.map { $0 + configuration.renewDeadline } }

    public func isLeading(now: Duration) -> Bool { leadingUntil.map { now < $0 } ?? false }

    /// How long to wait before the next attempt to lead: `jitter` retry periods (1 or a little more, so that candidates do not come
    /// together), but no longer than until the Lease that was last read runs out, as far as it is not renewed. So the hand-over
    /// takes at most a lease and one retry period from the last renewal, if requests take no time.
    public func pauseBeforeAttempt(now: Duration, jitter: Double) -> Duration {
        let pause = configuration.retryPeriod * jitter
        guard let observed else { return pause }
        let rest = observedAt + .seconds(max(observed.durationSeconds, 1)) - now
        return rest > .zero ? min(pause, rest) : pause
    }

    /// Takes the Lease as read at `now` (`nil`: there is none).
    public mutating func read(_ record: LeaseRecord?, now: Duration) -> Decision {
        let seconds = Int(configuration.leaseDuration.seconds.rounded(.up))
        guard let record else {
            return .write(LeaseRecord(holder: identity, durationSeconds: seconds, transitions: 0, resourceVersion: nil))
        }
        if record != observed {
            observed = record
            observedAt = now
        }
        let isOurs = record.holder == identity
        if !isOurs { renewedAt = nil }
        let isExpired = now - observedAt >= .seconds(max(record.durationSeconds, 1))
        guard isOurs || record.holder.isEmpty || isExpired else { return .wait }
        return .write(
            LeaseRecord(
                holder: identity, durationSeconds: seconds, transitions: record.transitions + (isOurs ? 0 : 1),
                resourceVersion: record.resourceVersion))
    }

    /// The write decided on succeeded; it was begun at `began`, and the server returned `record`.
    public mutating func written(_ record: LeaseRecord, began: Duration) {
        observed = record
        observedAt = began
        renewedAt = began
    }

    /// We lead no more.
    public mutating func resign() { renewedAt = nil }

    /// The record that gives the Lease up; `nil` where it is not ours.
    public func release() -> LeaseRecord? { release(observed) }

    /// The record that gives up the Lease as it was just read; `nil` where it is not ours.
    public func release(_ record: LeaseRecord?) -> LeaseRecord? {
        guard var record, record.holder == identity else { return nil }
        record.holder = ""
        record.durationSeconds = 1
        return record
    }
}
