/// Why a list or a watch failed, as far as it matters for what to do next.
public enum ReflectorFailure: Sendable, Hashable {
    /// 410: what we asked to continue from is no longer known.
    case expired
    /// 504 with `ResourceVersionTooLarge`: the server does not know the version yet.
    case tooLarge
    /// 429, or anything else with a time to wait.
    case retryAfter(Duration)
    /// 400 or 422: the server does not send initial events.
    case watchListRefused
    /// The bookmark behind the initial events has not come in time: the server does not know of it.
    case initialEventsOverdue
    case other
}

/// The reflector's logic: get the present state, then watch from its version; resume where the server closed the watch; get the
/// state anew only where the version is lost.
///
/// The present state comes as the first events of a watch (KEP-3157) where the server sends them, else page by page. A server
/// that refuses the first way, or whose end of it does not come, is not asked so again. Where the stream keeps breaking before its
/// end, the state is listed this once.
///
/// It holds no object and does no I/O. The driver performs the actions in order; the last of them always yields exactly one
/// further event (`changed` and `bookmark` come in between).
public struct ReflectorMachine: Sendable {
    public enum Event: Sendable, Hashable {
        case started
        case page(resourceVersion: String, continueToken: String?)
        case listFailed(ReflectorFailure)
        /// An object changed; its version. (No answer.)
        case changed(resourceVersion: String)
        /// The server tells how far the watch has come. (No answer.)
        case bookmark(resourceVersion: String)
        /// The initial events of `watchList` are complete; answered by `commit` alone, while the watch goes on.
        case initialEventsEnd(resourceVersion: String)
        /// The server ended the watch, after `lasted`.
        case watchClosed(lasted: Duration)
        case watchFailed(ReflectorFailure, lasted: Duration)
        case waited
    }

    public enum Action: Sendable, Hashable {
        /// Drop the pages or initial events read so far.
        case discardPages
        /// Read a page; answered by `page` or `listFailed`.
        case list(limit: Int?, continueToken: String?)
        /// Make the pages or initial events read the content of the cache.
        case commit(resourceVersion: String)
        /// Watch; answered by `watchClosed` or `watchFailed`.
        case watch(resourceVersion: String, timeoutSeconds: Int)
        /// Watch from the present state on: what comes before `initialEventsEnd` is kept apart, until `commit`. Answered by
        /// `watchClosed` or `watchFailed`; by `initialEventsOverdue` where the initial events are not complete by `deadline`.
        case watchList(timeoutSeconds: Int, deadline: Duration)
        /// Pause; answered by `waited`.
        case wait(Duration)
    }

    public struct Configuration: Sendable, Hashable {
        public var pageLimit: Int
        /// The server is asked to end each watch after a time from this range, so that watches that began together do not
        /// end together.
        public var watchTimeoutSeconds: ClosedRange<Int>
        /// Pauses after failures.
        public var backoff: Backoff
        /// The longest pause before a list that replaces an expired version: a server that lost its history lost it for
        /// everybody at once.
        public var relistJitter: Duration
        /// A watch that ends sooner than this, with nothing seen, counts as a failure.
        public var shortestWatch: Duration
        /// How often a version that the server does not know yet is tried again before listing anew.
        public var tooLargeRetries: Int
        /// How often a list whose pages expire before the last is begun again by pages, before it is asked for in one piece.
        public var expiredPagesRetries: Int
        /// Whether the present state is asked for as the initial events of a watch where the source offers that.
        public var usesWatchList: Bool
        /// How long the initial events of a watch may take.
        public var initialEventsDeadline: Duration
        /// How often initial events that break off are asked for again before listing page by page.
        public var initialEventsRetries: Int

        public init(
            pageLimit: Int = 500,
            watchTimeoutSeconds: ClosedRange<Int> = 180...220,
            backoff: Backoff = Backoff(base: .milliseconds(800), limit: .seconds(30)),
            relistJitter: Duration = .seconds(1),
            shortestWatch: Duration = .seconds(1),
            tooLargeRetries: Int = 3,
            expiredPagesRetries: Int = 2,
            usesWatchList: Bool = true,
            initialEventsDeadline: Duration = .seconds(60),
            initialEventsRetries: Int = 3
        ) {
            self.pageLimit = pageLimit
            self.watchTimeoutSeconds = watchTimeoutSeconds
            self.backoff = backoff
            self.relistJitter = relistJitter
            self.shortestWatch = shortestWatch
            self.tooLargeRetries = tooLargeRetries
            self.expiredPagesRetries = expiredPagesRetries
            self.usesWatchList = usesWatchList
            self.initialEventsDeadline = initialEventsDeadline
            self.initialEventsRetries = initialEventsRetries
        }
    }

    /// How the present state is asked for.
    private enum Way: Sendable {
        case initialEvents
        case pages
        /// In one piece, which cannot expire, but is in the server's memory, and in ours, all at once: the last resort.
        case whole
    }

    private enum State: Sendable {
        case idle
        /// Initial events are coming in.
        case streaming
        case listing(continueToken: String?, paged: Bool)
        case watching(version: String)
        case waitingToList(Way)
        case waitingForPage(continueToken: String?, paged: Bool)
        case waitingToWatch(version: String)
    }

    public let configuration: Configuration
    private var generator: SeededGenerator
    private var state = State.idle
    /// The version on the first page: should a server's pages differ, what changed since then is seen again, not missed.
    private var listVersion: String?
    private var failures = 0
    private var tooLarge = 0
    private var expiredLists = 0
    private var sawProgress = false
    private var brokenStreams = 0
    /// Whether the present state is asked for as initial events of a watch.
    public private(set) var usesWatchList: Bool

    /// - Parameter usesWatchList: whether the source of objects offers `watchList`.
    public init(configuration: Configuration = .init(), usesWatchList: Bool = false, seed: UInt64) {
        self.configuration = configuration
        self.usesWatchList = usesWatchList && configuration.usesWatchList
        generator = SeededGenerator(seed: seed)
    }

    /// The version from which the watch would be resumed; `nil` before the first list is complete.
    public var resumeVersion: String? {
        switch state {
        case .watching(let version), .waitingToWatch(let version): version
        default: nil
        }
    }

    /// Takes an event, returns what to do.
    ///
    /// An event that does not fit the state is a bug in the driver.
    public mutating func handle(_ event: Event) -> [Action] {
        switch (state, event) {
        case (.idle, .started):
            return start(usualWay)

        case (.streaming, .changed), (.streaming, .bookmark):
            // Initial events are in no order, so their versions say nothing yet.
            return []

        case (.streaming, .initialEventsEnd(let version)):
            brokenStreams = 0
            sawProgress = false
            state = .watching(version: version)
            return [.commit(resourceVersion: version)]

        case (.streaming, .watchClosed):
            return streamFailed(.other)

        case (.streaming, .watchFailed(let failure, _)):
            return streamFailed(failure)

        case (.listing(_, let paged), .page(let version, let token)):
            let first = listVersion ?? version
            if let token, !token.isEmpty {
                listVersion = first
                state = .listing(continueToken: token, paged: paged)
                return [.list(limit: limit(paged), continueToken: token)]
            }
            expiredLists = 0
            return [.commit(resourceVersion: first), startWatch(first)]

        case (.listing(let token, let paged), .listFailed(let failure)):
            return listFailed(failure, token, paged)

        case (.watching, .changed(let version)), (.watching, .bookmark(let version)),
            (.watching, .initialEventsEnd(let version)):
            sawProgress = true
            failures = 0
            tooLarge = 0
            if !version.isEmpty { state = .watching(version: version) }
            return []

        case (.watching(let version), .watchClosed(let lasted)):
            // Closing a watch is the server's everyday business; only a server that does nothing else needs a pause.
            if sawProgress || lasted >= configuration.shortestWatch {
                failures = 0
                return [startWatch(version)]
            }
            state = .waitingToWatch(version: version)
            return [.wait(nextBackoff())]

        case (.watching(let version), .watchFailed(let failure, let lasted)):
            if lasted >= configuration.backoff.limit { failures = 0 }
            return watchFailed(failure, version)

        case (.waitingToList(let way), .waited):
            return start(way)

        case (.waitingForPage(let token, let paged), .waited):
            state = .listing(continueToken: token, paged: paged)
            return [.list(limit: limit(paged), continueToken: token)]

        case (.waitingToWatch(let version), .waited):
            return [startWatch(version)]

        default:
            assertionFailure("reflector: \(event) does not fit \(state)")
            return []
        }
    }

    private func limit(_ paged: Bool) -> Int? { paged ? configuration.pageLimit : nil }

    private var usualWay: Way { usesWatchList ? .initialEvents : .pages }

    private mutating func start(_ way: Way) -> [Action] {
        listVersion = nil
        switch way {
        case .initialEvents:
            state = .streaming
            return [
                .discardPages,
                .watchList(timeoutSeconds: watchTimeout(), deadline: configuration.initialEventsDeadline),
            ]
        case .pages, .whole:
            let paged = way == .pages
            state = .listing(continueToken: nil, paged: paged)
            return [.discardPages, .list(limit: limit(paged), continueToken: nil)]
        }
    }

    private mutating func startWatch(_ version: String) -> Action {
        state = .watching(version: version)
        sawProgress = false
        return .watch(resourceVersion: version, timeoutSeconds: watchTimeout())
    }

    private mutating func watchTimeout() -> Int {
        Int.random(in: configuration.watchTimeoutSeconds, using: &generator)
    }

    /// The stream has ended before the initial events did: what came of them is worth nothing.
    private mutating func streamFailed(_ failure: ReflectorFailure) -> [Action] {
        switch failure {
        case .watchListRefused, .initialEventsOverdue:
            usesWatchList = false
            return start(.pages)
        case .retryAfter(let pause):
            failures += 1
            state = .waitingToList(.initialEvents)
            return [.wait(pause)]
        case .expired, .tooLarge, .other:
            brokenStreams += 1
            var way = Way.initialEvents
            if brokenStreams > configuration.initialEventsRetries {
                brokenStreams = 0
                way = .pages
            }
            state = .waitingToList(way)
            return [.wait(nextBackoff())]
        }
    }

    private mutating func listFailed(_ failure: ReflectorFailure, _ token: String?, _ paged: Bool) -> [Action] {
        switch failure {
        case .expired:
            // The pages took longer than the server keeps its history, or that was lost meanwhile: from the start.
            expiredLists += 1
            state = .waitingToList(paged && expiredLists <= configuration.expiredPagesRetries ? .pages : .whole)
            let isRepeated = failures > 0
            let backoff = nextBackoff()
            return [.wait(isRepeated ? max(relistPause(), backoff) : relistPause())]
        case .retryAfter(let pause):
            failures += 1
            state = .waitingForPage(continueToken: token, paged: paged)
            return [.wait(pause)]
        case .tooLarge, .watchListRefused, .initialEventsOverdue, .other:
            state = .waitingForPage(continueToken: token, paged: paged)
            return [.wait(nextBackoff())]
        }
    }

    private mutating func watchFailed(_ failure: ReflectorFailure, _ version: String) -> [Action] {
        switch failure {
        case .expired:
            // Never again from the same version. The count makes a server that expires every watch slow us down.
            let isRepeated = failures > 0
            let backoff = nextBackoff()
            state = .waitingToList(usualWay)
            return [.wait(isRepeated ? max(relistPause(), backoff) : relistPause())]
        case .tooLarge:
            tooLarge += 1
            if tooLarge > configuration.tooLargeRetries {
                // The server was put back to an older state than ours: what we hold is not its history any more.
                tooLarge = 0
                state = .waitingToList(usualWay)
            } else {
                state = .waitingToWatch(version: version)
            }
            return [.wait(nextBackoff())]
        case .retryAfter(let pause):
            failures += 1
            state = .waitingToWatch(version: version)
            return [.wait(pause)]
        case .watchListRefused, .initialEventsOverdue, .other:
            state = .waitingToWatch(version: version)
            return [.wait(nextBackoff())]
        }
    }

    private mutating func relistPause() -> Duration {
        configuration.relistJitter * Double.random(in: 0...1, using: &generator)
    }

    private mutating func nextBackoff() -> Duration {
        failures += 1
        return configuration.backoff.delay(afterFailures: failures, using: &generator)
    }
}
