/// Why a list or a watch failed, as far as it matters for what to do next.
public enum ReflectorFailure: Sendable, Hashable {
    /// 410: what we asked to continue from is no longer known.
    case expired
    /// 504 with `ResourceVersionTooLarge`: the server does not know the version yet.
    case tooLarge
    /// 429, or anything else with a time to wait.
    case retryAfter(Duration)
    case other
}

/// The reflector's logic: list page by page, then watch from the list's version; resume where the server closed the watch;
/// list again only where the version is lost.
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
        /// The server ended the watch, after `lasted`.
        case watchClosed(lasted: Duration)
        case watchFailed(ReflectorFailure, lasted: Duration)
        case waited
    }

    public enum Action: Sendable, Hashable {
        /// Drop the pages read so far.
        case discardPages
        /// Read a page; answered by `page` or `listFailed`.
        case list(limit: Int?, continueToken: String?)
        /// Make the pages read the content of the cache.
        case commit(resourceVersion: String)
        /// Watch; answered by `watchClosed` or `watchFailed`.
        case watch(resourceVersion: String, timeoutSeconds: Int)
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

        public init(
            pageLimit: Int = 500,
            watchTimeoutSeconds: ClosedRange<Int> = 180...220,
            backoff: Backoff = Backoff(base: .milliseconds(800), limit: .seconds(30)),
            relistJitter: Duration = .seconds(1),
            shortestWatch: Duration = .seconds(1),
            tooLargeRetries: Int = 3
        ) {
            self.pageLimit = pageLimit
            self.watchTimeoutSeconds = watchTimeoutSeconds
            self.backoff = backoff
            self.relistJitter = relistJitter
            self.shortestWatch = shortestWatch
            self.tooLargeRetries = tooLargeRetries
        }
    }

    private enum State: Sendable {
        case idle
        case listing(continueToken: String?, paged: Bool)
        case watching(version: String)
        case waitingToList(paged: Bool)
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
    private var sawProgress = false

    public init(configuration: Configuration = .init(), seed: UInt64) {
        self.configuration = configuration
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
            return startList(paged: true)

        case (.listing(_, let paged), .page(let version, let token)):
            let first = listVersion ?? version
            if let token, !token.isEmpty {
                listVersion = first
                state = .listing(continueToken: token, paged: paged)
                return [.list(limit: limit(paged), continueToken: token)]
            }
            return [.commit(resourceVersion: first), startWatch(first)]

        case (.listing(let token, let paged), .listFailed(let failure)):
            return listFailed(failure, token, paged)

        case (.watching, .changed(let version)), (.watching, .bookmark(let version)):
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

        case (.waitingToList(let paged), .waited):
            return startList(paged: paged)

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

    private mutating func startList(paged: Bool) -> [Action] {
        state = .listing(continueToken: nil, paged: paged)
        listVersion = nil
        return [.discardPages, .list(limit: limit(paged), continueToken: nil)]
    }

    private mutating func startWatch(_ version: String) -> Action {
        state = .watching(version: version)
        sawProgress = false
        let timeout = Int.random(in: configuration.watchTimeoutSeconds, using: &generator)
        return .watch(resourceVersion: version, timeoutSeconds: timeout)
    }

    private mutating func listFailed(_ failure: ReflectorFailure, _ token: String?, _ paged: Bool) -> [Action] {
        switch failure {
        case .expired:
            // The pages took longer than the server keeps its history: from the start, and in one piece, which cannot expire.
            state = .waitingToList(paged: false)
            let isRepeated = failures > 0
            let backoff = nextBackoff()
            return [.wait(isRepeated ? max(relistPause(), backoff) : relistPause())]
        case .retryAfter(let pause):
            failures += 1
            state = .waitingForPage(continueToken: token, paged: paged)
            return [.wait(pause)]
        case .tooLarge, .other:
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
            state = .waitingToList(paged: true)
            return [.wait(isRepeated ? max(relistPause(), backoff) : relistPause())]
        case .tooLarge:
            tooLarge += 1
            if tooLarge > configuration.tooLargeRetries {
                // The server was put back to an older state than ours: what we hold is not its history any more.
                tooLarge = 0
                state = .waitingToList(paged: true)
            } else {
                state = .waitingToWatch(version: version)
            }
            return [.wait(nextBackoff())]
        case .retryAfter(let pause):
            failures += 1
            state = .waitingToWatch(version: version)
            return [.wait(pause)]
        case .other:
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
