import ControllerRuntime
import KubernetesModel
import Synchronization

/// A server of config maps that loses history, closes and breaks watches, and refuses lists, as its seed says.
///
/// Changes come from the test (`put`, `delete`, …) or, after `setOff`, from the seed: then they happen within the calls that the
/// reflector makes, so that a run in which nothing else is concurrent is a function of the seed alone.
final class FaultyServer: ListWatch, Sendable {
    struct Faults {
        /// Chances of 100, per call or event.
        var listFailure = 0
        var listExpires = 0
        var watchRefused = 0
        var watchExpires = 0
        var watchTooLarge = 0
        var watchClosed = 0
        var watchBroken = 0
        var errorEvent = 0
        var bookmark = 0
        /// 429 with a time to wait.
        var busy = 0
        /// 500.
        var failing = 0

        static let none = Faults()
        static let all = Faults(
            listFailure: 10, listExpires: 20, watchRefused: 10, watchExpires: 5, watchTooLarge: 5, watchClosed: 10,
            watchBroken: 5, errorEvent: 5, bookmark: 20, busy: 5, failing: 5)
    }

    fileprivate struct Event {
        var version: Int
        var event: ListWatchEvent<ConfigMap>
    }

    /// A state that an object has had.
    struct Known: Hashable {
        var uid: String
        var version: String
        var value: String?

        init(_ object: ConfigMap) {
            uid = object.metadata.uid ?? ""
            version = object.metadata.resourceVersion ?? ""
            value = object.data?["value"]
        }
    }

    fileprivate struct State {
        var generator: SeededGenerator
        var faults: Faults
        var version = 1
        var uids = 0
        var objects: [ObjectKey: ConfigMap] = [:]
        var history: [Event] = []
        /// Versions up to this one can no longer be continued from.
        var compacted = 0
        var pageSize = 2
        /// What the pages of a list that began earlier are read from, by continue token.
        var snapshots: [String: (objects: [ConfigMap], version: Int)] = [:]
        var listCalls: [(limit: Int?, token: String?)] = []
        var watchCalls: [String] = []
        /// Watches that have told everything. A client that left without a word still has one here.
        var waiting: [CheckedContinuation<Void, Never>] = []
        var idleWaiters: [CheckedContinuation<Void, Never>] = []
        var closeRequested = false
        /// Rises when the server loses all it had.
        var life = 0
        /// The life that a list has shown last.
        var listedLife = 0
        /// How many changes of the seed's are still to come.
        var stepsLeft = 0
        var known: Set<Known> = []
        var met: Set<String> = []

        mutating func happens(_ fault: String, _ chance: KeyPath<Faults, Int>) -> Bool {
            let chance = faults[keyPath: chance]
            guard chance > 0, Int.random(in: 0..<100, using: &generator) < chance else { return false }
            met.insert(fault)
            return true
        }
    }

    private let state: Mutex<State>
    /// Whether a watch may ask for initial events over HTTP; else they are refused, as by an older server.
    let sendsInitialEvents: Bool

    init(seed: UInt64, faults: Faults = .none, sendsInitialEvents: Bool = false) {
        self.sendsInitialEvents = sendsInitialEvents
        state = Mutex(State(generator: SeededGenerator(seed: seed), faults: faults))
    }

    // MARK: What tests do

    var objects: [ObjectKey: ConfigMap] { state.withLock { $0.objects } }
    var listCalls: [(limit: Int?, token: String?)] { state.withLock { $0.listCalls } }
    var watchCalls: [String] { state.withLock { $0.watchCalls } }
    var version: Int { state.withLock { $0.version } }

    /// Every state that an object has had, the last ones of deleted objects included.
    var known: Set<Known> { state.withLock { $0.known } }

    @discardableResult
    func put(_ name: String, _ value: String) -> ConfigMap { change { $0.put(name, value) } }

    /// - Returns: The last state, if there was such an object.
    @discardableResult
    func delete(_ name: String) -> ConfigMap? { change { $0.delete(name) } }

    /// What has befallen clients so far, by name.
    var metFaults: Set<String> { state.withLock { $0.met } }

    /// Forgets the history: what was not seen yet can only be found by listing.
    func compact() { state.withLock { $0.compact() } }

    /// Loses everything, as a server whose store is gone: versions start low again.
    func restart() { change { $0.restart() } }

    /// From now on so many random changes happen, some within each call; then the faults end.
    func setOff(steps: Int) { change { $0.stepsLeft = steps } }

    /// Ends the open watch in the regular way.
    func closeWatch() { change { $0.closeRequested = true } }

    func calm() { state.withLock { $0.faults = .none } }

    /// Returns once a watch is open and has delivered everything.
    func untilDelivered() async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                if !state.waiting.isEmpty { return true }
                state.idleWaiters.append(continuation)
                return false
            }
            if isIdle { continuation.resume() }
        }
    }

    @discardableResult
    private func change<Result: Sendable>(_ body: (inout State) -> Result) -> Result {
        let (result, waiting) = state.withLock { state in
            let result = body(&state)
            defer { state.waiting = [] }
            return (result, state.waiting)
        }
        for continuation in waiting { continuation.resume() }
        return result
    }

    // MARK: ListWatch

    struct Broken: Error {}

    func metadata(of object: ConfigMap) -> ObjectMeta { object.metadata }

    func list(limit: Int?, continueToken: String?) async throws -> ListPage<ConfigMap> {
        try state.withLock { state in
            state.listCalls.append((limit, continueToken))
            state.proceed()
            if state.happens("list failed", \.listFailure) { throw Broken() }
            if continueToken != nil, state.happens("list expired", \.listExpires) { throw KubernetesStatus.gone }
            try state.refuse()
            // Later pages show the state that the first one showed.
            var all = state.objects.sorted { $0.key < $1.key }.map(\.value)
            var version = state.version
            if let continueToken {
                guard let rest = state.snapshots.removeValue(forKey: continueToken) else { throw KubernetesStatus.gone }
                (all, version) = rest
            }
            state.listedLife = state.life
            let end = limit == nil ? all.count : min(state.pageSize, all.count)
            var next: String?
            if end < all.count {
                let token = "\(version)-\(state.listCalls.count)"
                state.snapshots[token] = (Array(all[end...]), version)
                next = token
            }
            return ListPage(
                objects: Array(all[..<end]), resourceVersion: String(version), continueToken: next)
        }
    }

    func watch(
        from resourceVersion: String, timeoutSeconds: Int, onEvent: (ListWatchEvent<ConfigMap>) -> Void
    ) async throws {
        var watching = try beginWatch(from: resourceVersion)
        while true {
            let (events, failure) = events(&watching)
            for event in events { onEvent(event) }
            if let failure { throw failure }
            if watching.isClosed { return }
            try await waitForMore(watching)
        }
    }

    /// A watch that a client has open.
    struct Watching {
        fileprivate var position: Int
        fileprivate var life: Int
        fileprivate(set) var isClosed = false
    }

    func beginWatch(from resourceVersion: String) throws -> Watching {
        try state.withLock { state in
            state.watchCalls.append(resourceVersion)
            state.closeRequested = false
            state.proceed()
            if state.happens("watch refused", \.watchRefused) { throw Broken() }
            if state.happens("watch too large", \.watchTooLarge) { throw KubernetesStatus.tooLarge }
            if state.happens("watch expired", \.watchExpires) { throw KubernetesStatus.gone }
            try state.refuse()
            let position = Int(resourceVersion) ?? 0
            if position > state.version { throw KubernetesStatus.tooLarge }
            if position < state.compacted { throw KubernetesStatus.gone }
            // Nothing was there when the client listed, and nothing is: it need not know that these are two stores.
            state.listedLife = state.life
            return Watching(position: position, life: state.life)
        }
    }

    /// Begins a watch that tells the present state first, in no order, and a mark behind it; or breaks off before that.
    func beginWatchList() throws -> (Watching, initial: [ListWatchEvent<ConfigMap>], isBroken: Bool) {
        var watching = try beginWatch(from: String(version))
        return state.withLock { state in
            // State and version belong together, as on a real server.
            watching.position = state.version
            watching.life = state.life
            state.listedLife = state.life
            var events = state.objects.sorted { $0.key < $1.key }.map { ListWatchEvent.added($0.value) }
            events.shuffle(using: &state.generator)
            if state.happens("initial events broken", \.watchBroken) {
                return (watching, Array(events.prefix(events.count / 2)), true)
            }
            return (watching, events + [.initialEventsEnd(resourceVersion: String(watching.position))], false)
        }
    }

    /// What there is to tell, and how the watch fails behind it, if it does.
    func events(_ watching: inout Watching) -> ([ListWatchEvent<ConfigMap>], failure: (any Error)?) {
        state.withLock { state in
            state.proceed()
            var events: [ListWatchEvent<ConfigMap>] = []
            if watching.life != state.life { return (events, Broken()) }
            if watching.position < state.compacted { return (events, KubernetesStatus.gone) }
            for entry in state.history where entry.version > watching.position {
                if state.happens("watch broken", \.watchBroken) { return (events, Broken()) }
                if state.happens("error event", \.errorEvent) { return (events, KubernetesStatus.gone) }
                if state.happens("watch closed", \.watchClosed) {
                    watching.isClosed = true
                    return (events, nil)
                }
                events.append(entry.event)
                watching.position = entry.version
                if state.happens("bookmark", \.bookmark) {
                    events.append(.bookmark(resourceVersion: String(watching.position)))
                }
            }
            watching.isClosed = state.closeRequested
            return (events, nil)
        }
    }

    /// Returns once there may be more to tell.
    func waitForMore(_ watching: Watching) async throws {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (isOver, waiters): (Bool, [CheckedContinuation<Void, Never>]) = state.withLock { state in
                    if Task.isCancelled || state.closeRequested || state.version > watching.position
                        || state.life != watching.life || state.stepsLeft > 0
                    {
                        return (true, [])
                    }
                    state.waiting.append(continuation)
                    defer { state.idleWaiters = [] }
                    return (false, state.idleWaiters)
                }
                if isOver { continuation.resume() }
                for waiter in waiters { waiter.resume() }
            }
        } onCancel: {
            change { _ in }
        }
        try Task.checkCancellation()
    }
}

// MARK: Changes

extension FaultyServer.State {
    mutating func put(_ name: String, _ value: String) -> ConfigMap {
        let key = ObjectKey(namespace: "n", name: name)
        version += 1
        var object = objects[key]
        let isNew = object == nil
        if isNew { uids += 1 }
        object = object ?? ConfigMap(metadata: ObjectMeta(name: name, namespace: "n", uid: "uid-\(uids)"))
        guard var object else { preconditionFailure("it was given above") }
        object.data = ["value": value]
        object.metadata.resourceVersion = String(version)
        objects[key] = object
        known.insert(FaultyServer.Known(object))
        history.append(FaultyServer.Event(version: version, event: isNew ? .added(object) : .modified(object)))
        return object
    }

    mutating func delete(_ name: String) -> ConfigMap? {
        guard var object = objects.removeValue(forKey: ObjectKey(namespace: "n", name: name)) else { return nil }
        version += 1
        object.metadata.resourceVersion = String(version)
        known.insert(FaultyServer.Known(object))
        history.append(FaultyServer.Event(version: version, event: .deleted(object)))
        return object
    }

    mutating func compact() {
        met.insert("compaction")
        history.removeAll()
        compacted = version
    }

    mutating func restart() {
        met.insert("restart")
        objects = [:]
        history = []
        snapshots = [:]
        version = 1
        compacted = 0
        life += 1
    }

    /// Refusals that lists and watches share.
    mutating func refuse() throws {
        if happens("busy", \.busy) { throw KubernetesStatus.tooManyRequests("busy", retryAfterSeconds: 1) }
        if happens("failing", \.failing) { throw KubernetesStatus.internalError("failing") }
    }

    /// Lets some of the seed's changes happen.
    mutating func proceed() {
        guard stepsLeft > 0 else { return }
        // Versions that overtake a client which does not know yet that they began anew cannot be told from the old ones.
        if life != listedLife { return }
        for _ in 0..<min(Int.random(in: 0...4, using: &generator), stepsLeft) {
            stepsLeft -= 1
            let name = "object-\(Int.random(in: 0..<12, using: &generator))"
            switch Int.random(in: 0..<100, using: &generator) {
            case 0..<60: _ = put(name, "\(stepsLeft)")
            case 60..<80: _ = delete(name)
            case 80..<86: compact()
            case 86..<90: closeRequested = true
            case 90..<94:
                _ = delete(name)
                _ = put(name, "again")
            case 94..<98:
                _ = delete(name)
                compact()
                _ = put(name, "again, unseen")
            default:
                restart()
                return
            }
        }
        if stepsLeft == 0 { faults = .none }
    }
}

extension KubernetesStatus {
    static var gone: KubernetesStatus { KubernetesStatus(reason: .expired, code: 410, message: "too old") }
    static var tooLarge: KubernetesStatus {
        KubernetesStatus(
            reason: .timeout, code: 504, message: "Too large resource version",
            details: Details(causes: [Cause(reason: "ResourceVersionTooLarge")]))
    }
}
