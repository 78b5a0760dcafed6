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
    let agents: AgentDirectory
    let metrics = GatewayMetrics()
    let logger: Logger

    private struct State {
        var catalogue = Catalogue()
        var isFollowing = false
        var isShuttingDown = false
        var submissions = 0
        var loads: [LeaseBroker.SwarmKey: Int] = [:]
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
        waiters = TaskWaiters(maxWaiters: configuration.maxTaskWaiters)
        agents = AgentDirectory(store: store)
    }

    var catalogue: Catalogue { state.withLock { $0.catalogue } }

    func loadCatalogue() async throws {
        let catalogue = Catalogue(try await store.catalogue())
        state.withLock { $0.catalogue = catalogue }
        logger.debug("swarms in the catalogue: \(catalogue.entries.count)")
    }

    /// Whether the feed is being followed: without it nobody who waits would be woken.
    var isReady: Bool { state.withLock { $0.isFollowing && !$0.isShuttingDown } }

    var isShuttingDown: Bool { state.withLock { $0.isShuttingDown } }

    func setFollowing(_ isFollowing: Bool) { state.withLock { $0.isFollowing = isFollowing } }

    func setLoad(_ load: Int, of swarm: LeaseBroker.SwarmKey) { state.withLock { $0.loads[swarm] = load } }

    /// Finds the swarm for a task; of several the least loaded, as far as that is known here.
    func admit(_ draft: TaskDraft, _ catalogue: Catalogue, at base: String) throws -> Admission {
        let loads = state.withLock { $0.loads }
        do {
            return try catalogue.admit(draft, policy: store.policy) {
                loads[.init(namespace: draft.namespace, swarm: $0)] ?? 0
            }
        } catch let refusal {
            throw Problems.refused(refusal, inputAt: base)
        }
    }

    /// Ends every wait; calls in progress are finished, new ones are still answered until the listener is closed.
    func shutDown() {
        state.withLock { $0.isShuttingDown = true }
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
