import Synchronization
package import TaskQueue

/// The store that `TaskMachine` alone makes: records in memory, each call one step, nothing around it.
///
/// For what must run very often, and to say what the other stores are compared with. A restart is a new store over the same
/// `Disk`; it can be told to have a flaw, so that checks can be shown to find it.
package final class MachineStore: TaskStore {
    /// What outlives a store: its contents after each call.
    package final class Disk: Sendable {
        fileprivate struct Content {
            var now = Contents()
            /// Before the last call that changed something.
            var before = Contents()
        }

        fileprivate let content = Mutex(Content())
        let blobs = Mutex<[BlobID: Blob]>([:])

        package init() {}
    }

    package let policy: QueuePolicy
    let flaw: Flaw?
    private let clock: any StoreClock
    private let disk: Disk
    private let hints = ChangeHints()
    private let hub = Broadcast<String>(mostWaiting: StoreMessageLimits.waiting)
    package var messages: any StoreMessages { hub }

    /// Opens the store on `disk`; live leases get one full period.
    /// - Parameter seed: lease tokens come from it; another one for each life of a store.
    package init(
        on disk: Disk, clock: any StoreClock, policy: QueuePolicy = QueuePolicy(), seed: UInt64, flaw: Flaw? = nil
    ) {
        self.policy = policy
        self.flaw = flaw
        self.clock = clock
        self.disk = disk
        disk.content.withLock { content in
            if flaw == .answersBeforeTheCommit { content.now = content.before }
            content.now.random = SeededGenerator(seed: seed)
            content.now.ahead = max(content.now.latest - clock.now(), 0)
        }
        change { call in
            if flaw == .forgetsToRecover { return }
            for id in call.contents.leased() { call.apply(.recover, to: id) }
        }
    }

    package var blobs: any BlobStore { MachineBlobs(store: self, disk: disk) }

    func hasBlob(_ id: BlobID, sha256: String, bytes: Int) -> Bool {
        disk.blobs.withLock { $0[id].map { $0.info.sha256 == sha256 && $0.info.bytes == bytes } ?? false }
    }

    package func now() -> StoreTime { clock.now() + disk.content.withLock { $0.now.ahead } }

    /// Runs `body` as one call, at one moment.
    @discardableResult
    func change<Result>(_ body: (inout Call) -> Result) -> Result {
        let (result, hasFed) = disk.content.withLock { content in
            let now = clock.now() + content.now.ahead
            var call = Call(
                contents: content.now, machine: TaskMachine(policy: policy), flaw: flaw, now: now)
            // The only holder of its contents changes them in place.
            let keepsBefore = flaw == .answersBeforeTheCommit
            let cursor = content.now.cursor
            if keepsBefore { content.before = content.now }
            content.now = Contents()
            let result = body(&call)
            content.now = call.contents
            content.now.latest = max(content.now.latest, now)
            return (result, content.now.cursor > cursor)
        }
        if hasFed { hints.tell() }
        return result
    }

    func read<Result>(_ body: (Contents) -> Result) -> Result {
        disk.content.withLock { body($0.now) }
    }

    package func changeHints() -> AsyncStream<Void> { hints.listen() }
}

// MARK: - What is stored

extension MachineStore {
    struct Task {
        var sequence: Int64
        var record: TaskRecord
        var input: [UInt8]
        var result: [UInt8]?
        var checkpoint: [UInt8]?
        var output = TaskOutput()
    }

    struct KeyName: Hashable {
        var namespace: String
        var key: String
    }

    struct Contents {
        var random = SeededGenerator(seed: 0)
        /// How far the store's time is ahead of the clock's, and the latest that it has lived by.
        var ahead: Int64 = 0
        var latest = StoreTime(milliseconds: 0)
        /// In the order of submission.
        var order: [TaskID] = []
        var tasks: [TaskID: Task] = [:]
        var lastSequence: Int64 = 0
        /// In the order of registration.
        var agents: [AgentRecord] = []
        var catalogue: [CatalogueEntry] = []
        var feed: [Change] = []
        var cursor: Int64 = 0
        var pruned: Int64 = 0
        /// Tasks whose `finished` entries must stay.
        var pendingOutcomes: Set<TaskID> = []
        var consumers: [String: Int64] = [:]
        var attempts: [AttemptRecord] = []
        var outcomes: [OutcomeRecord] = []
        var decisions: [DecisionRecord] = []
        var failures: [FailureGroup] = []
        var limits: [KeyName: KeyLimit] = [:]
        /// Those that are not idle.
        var standings: [KeyName: KeyStanding] = [:]
        var keyDues: [KeyName: StoreTime] = [:]
        var groups: [TaskID: GroupSummary] = [:]
        /// When an item of each group last changed its state.
        var groupChanges: [TaskID: StoreTime] = [:]
        var turns: [Submitter: Int64] = [:]
        var lastTurn: Int64 = 0
        var activity: [String: StoreTime] = [:]
        /// For the flaw of that name.
        var readByReaper: [TaskRecord] = []

        func leased() -> [TaskID] { order.filter { tasks[$0]?.record.state == .leased } }

        func leased(by agent: AgentID) -> [TaskID] { order.filter { tasks[$0]?.record.lease?.agent == agent } }

        func entry(namespace: String, swarm: String) -> CatalogueEntry? {
            catalogue.first { $0.namespace == namespace && $0.swarm == swarm }
        }

        func agent(_ id: AgentID) -> Int? { agents.firstIndex { $0.id == id } }

        var nextDue: StoreTime? {
            [tasks.values.lazy.compactMap(\.record.due).min(), keyDues.values.min()].compactMap { $0 }.min()
        }

        /// How a key stands, whether or not it has a limit of its own or any task.
        func standing(_ name: KeyName) -> KeyStanding {
            standings[name] ?? KeyStanding(limit: limits[name] ?? .standard)
        }
    }
}
