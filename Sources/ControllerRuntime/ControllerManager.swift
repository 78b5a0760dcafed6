public import Logging
private import Synchronization

/// A first list that did not come in time.
public struct CacheSyncTimeout: Error, Sendable, Hashable, CustomStringConvertible {
    public var informers: [String]

    public init(informers: [String]) { self.informers = informers }

    public var description: String {
        "no complete list yet of \(informers.joined(separator: ", ")): check that the server answers and permits list and watch"
    }
}

/// Runs informers, controllers and whatever goes with them until it is cancelled.
///
/// **Flow.** Informers and background work start; once each informer has its first list, controllers and leader work start, as
/// leader where an elector is given. They run until the task is cancelled, which is how a program ends it.
///
/// **Guarantees.** A failure of any part cancels all and is thrown. Losing the lease cancels controllers and leader work at once,
/// without grace, and is thrown as `LeadershipLost`; from the moment the lease has run out no reconcile is begun. On cancellation
/// reconciles in flight finish within the controllers' grace before informers end.
///
/// **Assumptions.** Parts are added before `run`, which is called once. The program exits when `run` throws: what was in the caches
/// is not used again.
///
/// **Caveats.** First lists that do not come within `syncTimeout` are an error, `CacheSyncTimeout`, in those who do not lead as well.
/// Background work runs in every replica.
public final class ControllerManager: Sendable {
    public typealias Work = @Sendable () async throws -> Void

    private struct Parts {
        var informers: [any InformerProtocol] = []
        var controllers: [Controller] = []
        var background: [Work] = []
        var leaderWork: [Work] = []
    }

    private let parts = Mutex(Parts())
    private let elector: LeaderElector?
    /// Whether this runs the election; else the whole of it is the elector's work.
    private let isElecting: Bool
    private let syncTimeout: Duration
    private let time: TimeSource
    private let logger: Logger

    /// - Parameters:
    ///   - elector: controllers run only while this leads; `nil`: always.
    ///   - syncTimeout: how long the first lists may take.
    public init(
        elector: LeaderElector? = nil,
        syncTimeout: Duration = .seconds(120),
        time: TimeSource = .continuous,
        logger: Logger = Logger(label: "controller-runtime.manager")
    ) {
        self.elector = elector
        isElecting = elector != nil
        self.syncTimeout = syncTimeout
        self.time = time
        self.logger = logger
    }

    /// A manager that is itself the work of an elector, as in `elector.run { try await manager.run() }`, for a program that must
    /// do nothing at all before it leads.
    /// - Parameter elector: no reconcile is begun once this has lost its lease, even before the manager is cancelled.
    public init(
        ledBy elector: LeaderElector,
        syncTimeout: Duration = .seconds(120),
        time: TimeSource = .continuous,
        logger: Logger = Logger(label: "controller-runtime.manager")
    ) {
        self.elector = elector
        isElecting = false
        self.syncTimeout = syncTimeout
        self.time = time
        self.logger = logger
    }

    /// Adds an informer; returns it. Adding it twice runs it once.
    @discardableResult
    public func add<Informing: InformerProtocol>(_ informer: Informing) -> Informing {
        parts.withLock { parts in
            if !parts.informers.contains(where: { $0 === informer }) { parts.informers.append(informer) }
        }
        return informer
    }

    @discardableResult
    public func add(_ controller: Controller) -> Controller {
        parts.withLock { $0.controllers.append(controller) }
        return controller
    }

    /// Adds work that runs from the start to the end, leader or not (an event recorder, say).
    public func addBackground(_ work: @escaping Work) { parts.withLock { $0.background.append(work) } }

    /// Adds work that runs beside the controllers, once the caches are filled, only as leader.
    public func addLeaderWork(_ work: @escaping Work) { parts.withLock { $0.leaderWork.append(work) } }

    /// Whether every informer has its first list: what a readiness probe asks, of a leader and of those who wait.
    public var hasSynced: Bool { parts.withLock { $0.informers }.allSatisfy(\.hasSynced) }

    /// Runs until cancelled; throws what made a part fail.
    public func run() async throws {
        let parts = parts.withLock { $0 }
        // Informers outlive the controllers' grace, so they live in a tree that our cancellation does not reach.
        let support = Task {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for informer in parts.informers { group.addTask { try await informer.run() } }
                for work in parts.background { group.addTask { try await work() } }
                // All run until cancelled; work that is done early is no failure.
                while try await group.next() != nil {}
            }
        }
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    // A failure of the support cancels the controllers; its cancellation, below, is not one.
                    do { try await support.value } catch is CancellationError {}
                }
                group.addTask {
                    // Waiting for the support is not cut short by our cancellation, so it must end with the controllers.
                    defer { support.cancel() }
                    try await self.waitForCaches(parts.informers)
                    try await self.lead(parts)
                }
                while try await group.next() != nil {}
            }
        } catch is CancellationError where Task.isCancelled {
            // The way it is meant to end.
        }
    }

    private func waitForCaches(_ informers: [any InformerProtocol]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await self.time.sleep(for: self.syncTimeout)
                throw CacheSyncTimeout(informers: informers.filter { !$0.hasSynced }.map(\.name))
            }
            group.addTask {
                for informer in informers { try await informer.waitUntilSynced() }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
        logger.info("caches are filled")
    }

    private func lead(_ parts: Parts) async throws {
        guard let elector else { return try await runControllers(parts) }
        elector.onLoss { for controller in parts.controllers { controller.forgoStopGrace() } }
        guard isElecting else { return try await runControllers(parts) }
        try await elector.run { try await self.runControllers(parts) }
    }

    private func runControllers(_ parts: Parts) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for controller in parts.controllers {
                var isLeading: (@Sendable () -> Bool)?
                if let elector { isLeading = { elector.isLeading } }
                group.addTask { [isLeading] in await controller.run(asLeader: isLeading) }
            }
            for work in parts.leaderWork { group.addTask { try await work() } }
            while try await group.next() != nil {}
        }
        try Task.checkCancellation()
    }
}
