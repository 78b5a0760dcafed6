internal import KubernetesModel
internal import Logging
internal import Metrics
private import Synchronization

/// Drives a `ReflectorMachine`: asks the list-watch, writes the store, passes changes on.
struct Reflector<Object: Sendable>: Sendable {
    let name: String
    /// The namespace whose objects this reflector owns in the store, "" for all.
    let scope: String
    let listWatch: any ListWatch<Object>
    let store: Store<Object>
    let transform: @Sendable (inout Object) -> Void
    let time: TimeSource
    let configuration: ReflectorMachine.Configuration
    let seed: UInt64
    let logger: Logger

    /// Runs until cancelled. `onSynced` is called after each complete list.
    func run(
        onChange: @escaping @Sendable (Change<Object>) -> Void, onSynced: @escaping @Sendable () -> Void
    ) async throws {
        let run = ReflectorRun(reflector: self, onChange: onChange, onSynced: onSynced)
        var event = ReflectorMachine.Event.started
        while true {
            try Task.checkCancellation()
            for action in run.handle(event) {
                if let next = try await run.perform(action) { event = next }
            }
        }
    }
}

/// What a reflector that runs knows. The events of a watch come in from another task than the answers to its actions, so that
/// the time for initial events can be limited; never two at a time.
private final class ReflectorRun<Object: Sendable>: Sendable {
    private struct State {
        var machine: ReflectorMachine
        /// Pages or initial events, until they are complete.
        var draft = StoreDraft<Object>()
        var isStreamingInitialEvents = false
    }

    private let reflector: Reflector<Object>
    private let onChange: @Sendable (Change<Object>) -> Void
    private let onSynced: @Sendable () -> Void
    private let state: Mutex<State>
    private let relists: Counter
    private let watches: Counter
    private let failures: Counter

    private var store: Store<Object> { reflector.store }
    private var scope: String { reflector.scope }
    private var listWatch: any ListWatch<Object> { reflector.listWatch }

    init(
        reflector: Reflector<Object>, onChange: @escaping @Sendable (Change<Object>) -> Void,
        onSynced: @escaping @Sendable () -> Void
    ) {
        self.reflector = reflector
        self.onChange = onChange
        self.onSynced = onSynced
        state = Mutex(
            State(
                machine: ReflectorMachine(
                    configuration: reflector.configuration, usesWatchList: reflector.listWatch.offersWatchList,
                    seed: reflector.seed)))
        let dimensions = [("name", reflector.name)]
        relists = Counter(label: "reflector_lists_total", dimensions: dimensions)
        watches = Counter(label: "reflector_watches_total", dimensions: dimensions)
        failures = Counter(label: "reflector_failures_total", dimensions: dimensions)
    }

    func handle(_ event: ReflectorMachine.Event) -> [ReflectorMachine.Action] {
        state.withLock { $0.machine.handle(event) }
    }

    /// Returns the event that answers `action`, if one does.
    func perform(_ action: ReflectorMachine.Action) async throws -> ReflectorMachine.Event? {
        switch action {
        case .discardPages:
            state.withLock { $0.draft = StoreDraft() }
            relists.increment()
            return nil
        case .list(let limit, let token):
            return try await list(limit, token)
        case .commit(let version):
            commit(version)
            return nil
        case .watch(let version, let timeoutSeconds):
            watches.increment()
            return try await supervised("watching from \(version)") {
                try await self.listWatch.watch(from: version, timeoutSeconds: timeoutSeconds) { self.take($0) }
            }
        case .watchList(let timeoutSeconds, let deadline):
            watches.increment()
            state.withLock { $0.isStreamingInitialEvents = true }
            defer { state.withLock { $0.isStreamingInitialEvents = false } }
            return try await supervised("watching from the present state on") {
                try await self.watchList(timeoutSeconds, deadline)
            }
        case .wait(let pause):
            try await reflector.time.sleep(for: pause)
            return .waited
        }
    }

    private func commit(_ version: String) {
        // Two of these never meet: only the watch that brought the draft, or the task that listed it, commits it.
        var draft = state.withLock { state in
            state.isStreamingInitialEvents = false
            defer { state.draft = StoreDraft() }
            return state.draft
        }
        for change in store.replace(with: &draft, version: version, scope: scope) { onChange(change.change) }
        onSynced()
    }

    private func list(_ limit: Int?, _ token: String?) async throws -> ReflectorMachine.Event {
        do {
            let page = try await listWatch.list(limit: limit, continueToken: token)
            state.withLock { state in
                for var object in page.objects {
                    reflector.transform(&object)
                    state.draft.put(object, for: store)
                }
            }
            return .page(resourceVersion: page.resourceVersion, continueToken: page.continueToken)
        } catch {
            try Task.checkCancellation()
            failures.increment()
            reflector.logger.warning("listing \(reflector.name) failed, will try again: \(error)")
            return .listFailed(ReflectorFailure(error))
        }
    }

    private struct InitialEventsOverdue: Error {}

    /// Ends with the watch, or where initial events are not complete by `deadline`.
    private func watchList(_ timeoutSeconds: Int, _ deadline: Duration) async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await self.listWatch.watchList(timeoutSeconds: timeoutSeconds) { self.take($0) }
                return true
            }
            group.addTask {
                try await self.reflector.time.sleep(for: deadline)
                guard !self.state.withLock({ $0.isStreamingInitialEvents }) else { throw InitialEventsOverdue() }
                return false
            }
            defer { group.cancelAll() }
            while let hasEnded = try await group.next() {
                if hasEnded { return }
            }
        }
    }

    private func supervised(
        _ what: String, _ watch: () async throws -> Void
    ) async throws -> ReflectorMachine.Event {
        let time = reflector.time
        let began = time.now
        do {
            try await watch()
            try Task.checkCancellation()
            return .watchClosed(lasted: time.now - began)
        } catch {
            try Task.checkCancellation()
            var failure = error is InitialEventsOverdue ? .initialEventsOverdue : ReflectorFailure(error)
            // What the server has against a watch from a version is no word on initial events.
            let isStreaming = state.withLock { $0.isStreamingInitialEvents }
            if failure == .watchListRefused, !isStreaming { failure = .other }
            failures.increment()
            report(failure, error, what)
            return .watchFailed(failure, lasted: time.now - began)
        }
    }

    private func report(_ failure: ReflectorFailure, _ error: any Error, _ what: String) {
        switch failure {
        case .expired:
            // Routine after a quiet time or a compaction.
            reflector.logger.info("\(what): \(reflector.name): \(error)")
        case .watchListRefused:
            reflector.logger.info("the server does not stream lists of \(reflector.name), which are read in pages")
        case .initialEventsOverdue:
            reflector.logger.notice(
                "the initial events of \(reflector.name) did not end within \(reflector.configuration.initialEventsDeadline); reading pages instead"
            )
        default:
            reflector.logger.warning("\(what) failed: \(reflector.name): \(error)")
        }
    }

    /// Takes in one event of a watch.
    private func take(_ event: ListWatchEvent<Object>) {
        switch event {
        case .added(let object), .modified(let object): take(object, isDeletion: false)
        case .deleted(let object): take(object, isDeletion: true)
        case .bookmark(let version):
            if !isStreaming() { store.observe(version: version, scope: scope) }
            _ = handle(.bookmark(resourceVersion: version))
        case .initialEventsEnd(let version):
            for case .commit(let version) in handle(.initialEventsEnd(resourceVersion: version)) { commit(version) }
        }
    }

    private func isStreaming() -> Bool { state.withLock { $0.isStreamingInitialEvents } }

    private func take(_ received: Object, isDeletion: Bool) {
        let version = listWatch.metadata(of: received).resourceVersion ?? ""
        var object = received
        reflector.transform(&object)
        let isKeptApart = state.withLock { state in
            _ = state.machine.handle(.changed(resourceVersion: version))
            guard state.isStreamingInitialEvents else { return false }
            if isDeletion {
                state.draft.remove(object, for: store)
            } else {
                state.draft.put(object, for: store)
            }
            return true
        }
        guard !isKeptApart else { return }
        let changes = isDeletion ? store.remove(object, scope: scope) : store.put(object, scope: scope)
        for change in changes { onChange(change) }
    }
}

extension ReflectorFailure {
    /// What `error` means for a list or watch.
    init(_ error: any Error) {
        guard let status = error as? KubernetesStatus else {
            self = .other
            return
        }
        let causes = status.details?.causes ?? []
        switch status.code {
        case 410: self = .expired
        case 400, 422: self = .watchListRefused
        case 504 where causes.contains { $0.reason == "ResourceVersionTooLarge" }: self = .tooLarge
        default:
            if let seconds = status.details?.retryAfterSeconds, seconds > 0 {
                // A server may ask for patience, but not for ever.
                self = .retryAfter(.seconds(min(seconds, 60)))
            } else {
                self = .other
            }
        }
    }
}
