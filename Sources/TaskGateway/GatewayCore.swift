import Logging
import Synchronization
import TaskQueue

/// What the gateway's routes and loops share.
final class GatewayCore: Sendable {
    let store: any TaskStore
    let authenticator: any Authenticator
    let configuration: GatewayConfiguration
    let broker: LeaseBroker
    let waiters: TaskWaiters
    let announcements = Announcements()
    let wakeUps: WakeUps
    let agents: AgentDirectory
    let metrics = GatewayMetrics()
    /// Wakes the reaper.
    let reaperTicket = Ticket(number: 0)
    /// Wakes the one who follows the feed, where it waits to try again.
    let followerTicket = Ticket(number: 0)
    let logger: Logger

    private struct State {
        var catalogue = Catalogue()
        var lastLook: ContinuousClock.Instant?
        var isFollowing = false
        var isShuttingDown = false
        var isStoreFailing = false
        var submissions = 0
        var uploads = 0
        var summaries: [LeaseBroker.SwarmKey: QueueSummary] = [:]
        var loads = SwarmLoads()
    }

    private let state = Mutex(State())

    init(
        store: any TaskStore, authenticator: any Authenticator, configuration: GatewayConfiguration, logger: Logger
    ) {
        self.store = store
        self.authenticator = authenticator
        self.configuration = configuration
        self.logger = logger
        broker = LeaseBroker(maxPolls: configuration.maxWaitingPolls)
        wakeUps = WakeUps(
            broker: broker, messages: store.messages, name: configuration.name,
            patience: configuration.wakeUpPatience, logger: logger)
        waiters = TaskWaiters(maxWaiters: configuration.maxTaskWaiters)
        agents = AgentDirectory(store: store)
    }

    var catalogue: Catalogue { state.withLock { $0.catalogue } }

    func loadCatalogue() async throws {
        let catalogue = Catalogue(try await store.catalogue())
        state.withLock { $0.catalogue = catalogue }
        logger.debug("swarms in the catalogue: \(catalogue.entries.count)")
    }

    /// Something is not in the catalogue: another gateway, or the operator, may have put it there a moment ago. Reads it anew, unless
    /// that was done within the last second.
    /// - Returns: whether there is something newer to look at.
    func lookAgain() async throws -> Bool {
        let now = ContinuousClock.now
        let isDue = state.withLock { state in
            if let last = state.lastLook, now - last < .seconds(1) { return false }
            state.lastLook = now
            return true
        }
        if isDue { try await loadCatalogue() }
        return isDue
    }

    /// Whether the feed is being followed: without it nobody who waits would be woken.
    var isReady: Bool { state.withLock { $0.isFollowing && !$0.isShuttingDown } }

    /// Whether the store last failed at its work. The reaper tries it again and again, and finds out when it works.
    var isStoreFailing: Bool { state.withLock { $0.isStoreFailing } }

    func storeFailed(_ error: any Error) {
        guard let error = error as? TaskStoreError, error.code != .closed else { return }
        let isNew = state.withLock { state in
            defer { state.isStoreFailing = true }
            return !state.isStoreFailing
        }
        guard isNew else { return }
        logger.error("the task store fails", metadata: ["error": .string("\(error)")])
        reaperTicket.signal(.signalled)
    }

    func storeWorks() {
        let wasFailing = state.withLock { state in
            defer { state.isStoreFailing = false }
            return state.isStoreFailing
        }
        guard wasFailing else { return }
        logger.notice("the task store works again")
        followerTicket.signal(.signalled)
    }

    var isShuttingDown: Bool { state.withLock { $0.isShuttingDown } }

    /// Whether what happens to tasks is heard of here.
    var isFollowing: Bool { state.withLock(\.isFollowing) }
    func setFollowing(_ isFollowing: Bool) { state.withLock { $0.isFollowing = isFollowing } }

    func note(_ summary: QueueSummary) {
        state.withLock { state in
            state.summaries[.init(namespace: summary.namespace, swarm: summary.swarm)] = summary
            state.loads.note(summary)
        }
    }

    /// What was last measured of a swarm's queue.
    func summary(_ swarm: LeaseBroker.SwarmKey) -> QueueSummary? { state.withLock { $0.summaries[swarm] } }

    /// Finds the swarm for a task; of several the least loaded, by what was last measured and what was admitted here since.
    func admit(_ draft: TaskDraft, _ catalogue: Catalogue, at base: String) throws -> Admission {
        let loads = state.withLock { $0.loads }
        do {
            let admission = try catalogue.admit(draft, policy: store.policy) {
                loads.load(of: $0, namespace: draft.namespace)
            }
            if !admission.isPinned {
                state.withLock { $0.loads.give(to: admission.swarm, namespace: draft.namespace) }
            }
            return admission
        } catch let refusal {
            throw Problems.refused(refusal, inputAt: base)
        }
    }

    /// Ends every wait; calls in progress are finished, new ones are still answered until the listener is closed.
    func shutDown() {
        state.withLock { $0.isShuttingDown = true }
        wakeUps.leave()
        broker.close()
        waiters.close()
    }

    /// Runs a submission unless too many are in progress: they are shed first, so that agents can go on reporting.
    func submitting<Value>(_ operation: () async throws -> Value) async throws -> Value {
        let isAdmitted = state.withLock { state in
            if state.submissions >= configuration.maxSubmissions { return false }
            state.submissions += 1
            return true
        }
        if !isAdmitted { throw Problems.tooMany("too many submissions are in progress; come back later") }
        defer { state.withLock { $0.submissions -= 1 } }
        return try await operation()
    }

    /// Takes a large result in, unless too many are on their way.
    func uploading<Value>(_ operation: () async throws -> Value) async throws -> Value {
        let isAdmitted = state.withLock { state in
            if state.uploads >= configuration.maxUploads { return false }
            state.uploads += 1
            return true
        }
        if !isAdmitted { throw Problems.tooMany("too many large results are on their way; come back later") }
        defer { state.withLock { $0.uploads -= 1 } }
        return try await operation()
    }

    func authorize(_ caller: GatewayContext.Caller, _ verb: String, in namespace: String) async throws {
        let isAllowed: Bool
        do {
            isAllowed = try await authenticator.authorize(
                caller.identity, bearer: caller.bearer, verb: verb, namespace: namespace)
        } catch {
            logger.warning("cannot authorize", metadata: ["error": .string("\(error)")])
            throw Problems.unavailable("the caller's rights cannot be checked now")
        }
        guard isAllowed else {
            throw Problems.forbidden(
                "\(caller.identity.name) may not \(verb) swarmtasks.das.brashlabs.io in namespace \(namespace)")
        }
    }
}
