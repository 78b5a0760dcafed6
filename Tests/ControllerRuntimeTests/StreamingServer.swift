import ControllerRuntime
import KubernetesModel
import Synchronization
import TestSupport

/// A `FaultyServer` in front of which stands the streaming of lists, with faults of its own.
final class StreamingServer: ListWatch, Sendable {
    enum Behaviour: Sendable {
        case offers
        /// Answers with this status.
        case refuses(code: Int)
        /// Sends the initial events, and never the bookmark behind them.
        case neverEnds
        /// Breaks off behind so many initial events.
        case breaks(after: Int)
        /// Ends the watch behind so many initial events, as if that were all.
        case closes(after: Int)
    }

    let base: FaultyServer
    private let state: Mutex<(behaviour: Behaviour, calls: Int)>

    init(_ base: FaultyServer, _ behaviour: Behaviour = .offers) {
        self.base = base
        state = Mutex((behaviour, 0))
    }

    /// How often a list was asked for as a stream.
    var streams: Int { state.withLock { $0.calls } }
    func set(_ behaviour: Behaviour) { state.withLock { $0.behaviour = behaviour } }

    var offersWatchList: Bool { true }
    func metadata(of object: ConfigMap) -> ObjectMeta { object.metadata }

    func list(limit: Int?, continueToken: String?) async throws -> ListPage<ConfigMap> {
        try await base.list(limit: limit, continueToken: continueToken)
    }

    func watch(
        from resourceVersion: String, timeoutSeconds: Int, onEvent: (ListWatchEvent<ConfigMap>) -> Void
    ) async throws {
        try await base.watch(from: resourceVersion, timeoutSeconds: timeoutSeconds, onEvent: onEvent)
    }

    func watchList(timeoutSeconds: Int, onEvent: (ListWatchEvent<ConfigMap>) -> Void) async throws {
        let behaviour = state.withLock { state in
            state.calls += 1
            return state.behaviour
        }
        if case .refuses(let code) = behaviour {
            throw KubernetesStatus(reason: .invalid, code: code, message: "sendInitialEvents is forbidden")
        }
        // The version first: what changes between the two is seen twice, never missed.
        let version = base.version
        let objects = base.objects.values.shuffled()
        for (index, object) in objects.enumerated() {
            if case .breaks(let count) = behaviour, index == count { throw FaultyServer.Broken() }
            if case .closes(let count) = behaviour, index == count { return }
            onEvent(.added(object))
        }
        if case .neverEnds = behaviour {
            return try await untilCancelled()
        }
        onEvent(.initialEventsEnd(resourceVersion: String(version)))
        try await base.watch(from: String(version), timeoutSeconds: timeoutSeconds, onEvent: onEvent)
    }
}

/// A clock on which every sleep is over at once, but for those of a day and more, which last until they are cancelled.
final class ImpatientClock: Clock, Sendable {
    typealias Instant = ManualClock.Instant
    private let rushed = RushedClock()

    var now: Instant { rushed.now }
    var minimumResolution: Duration { .nanoseconds(1) }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        guard rushed.now.duration(to: deadline) >= .seconds(86_400) else {
            return try await rushed.sleep(until: deadline, tolerance: tolerance)
        }
        try await untilCancelled()
    }
}
