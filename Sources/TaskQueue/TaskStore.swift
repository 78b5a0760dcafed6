/// Where tasks, leases and results live.
///
/// A store keeps to `TaskMachine`, and to `KeyStanding` and `FairOrder` for what concerns several tasks: each call reads the
/// records it touches, applies events and stores the transitions, records, ledger and feed, in one transaction; several tasks that
/// one call touches, in the order of their submission if nothing else is said. It promises that what a call has answered is durable, that concurrent calls have the
/// effect of one after the other, and that an item of a batch succeeds or is refused for itself. Time is the store's.
///
/// Every method throws `TaskStoreError` where the store could not do its work; what callers may run into in the normal course
/// (a task that is not there, a report that came too late) is in the answers.
package protocol TaskStore: Ledger {
    var policy: QueuePolicy { get }

    /// The store's time: never back, also not across restarts.
    func now() -> StoreTime

    // MARK: Tasks

    /// Puts tasks into the queue, in the order given; the same id again changes nothing.
    func submit(_ submissions: [Submission]) async throws -> [SubmitVerdict]
    /// Puts tasks into the queue and then, in the same transaction, answers `next`, for an agent that waits for work. A store that
    /// does not do both at once answers no lease: `next` is to be asked for by itself.
    func submit(
        _ submissions: [Submission], next: LeaseCall
    ) async throws -> (verdicts: [SubmitVerdict], next: LeaseVerdict?)
    /// The same.
    /// - Parameter onStored: called with what came of `next` as soon as that is durable, before the call answers and perhaps on a
    ///   thread of the store's, which it must not hold up: so that who waits for it and who submits go on at the same time.
    func submit(
        _ submissions: [Submission], next: LeaseCall, onStored: @escaping @Sendable (LeaseVerdict?) -> Void
    ) async throws -> (verdicts: [SubmitVerdict], next: LeaseVerdict?)
    func task(_ id: TaskID) async throws -> TaskRecord?
    func tasks(_ query: TaskQuery) async throws -> TaskPage
    /// SwarmTasks' tasks that have not ended, of all namespaces; for the operator to find those whose object is gone.
    func liveObjectTasks() async throws -> [TaskRecord]
    func input(of task: TaskID) async throws -> [UInt8]?
    /// The result where it is in the record's payload; a larger one is read from `blobs`.
    func result(of task: TaskID) async throws -> [UInt8]?
    /// The latest of what its attempts have written; `nil`: nothing, or no such task. Kept as long as the task is.
    func output(of task: TaskID) async throws -> TaskOutput?
    /// Cancels a task; one that has ended stays as it is. Answers the record as it is then; `nil`: no such task.
    func cancel(_ task: TaskID, _ order: CancelOrder) async throws -> TaskRecord?
    func amend(_ task: TaskID, _ amendment: TaskAmendment) async throws -> TaskRecord?

    /// Where a ready task stands; `nil` for any other. Costs no more for a long queue.
    func position(of task: TaskID) async throws -> QueuePosition?

    // MARK: Groups

    /// How the items of a group stand; `nil`: none was submitted, or all have been forgotten long since. Costs no more for many
    /// items than for few.
    func group(_ id: TaskID) async throws -> GroupSummary?
    /// The groups that have items which have not ended, of all namespaces, in no order.
    func liveGroups() async throws -> [TaskID]

    // MARK: Limits

    /// Sets the limit of a key, in force at once: what it frees is ready when this returns (see `KeyStanding.maxMoves`).
    func putLimit(_ limit: KeyLimit, namespace: String, key: String) async throws
    /// Takes a key's limit away, so that `KeyLimit.standard` is in force. `false`: it had none of its own.
    func removeLimit(namespace: String, key: String) async throws -> Bool
    /// The limits of a namespace that were set, in the order of their keys.
    func limits(namespace: String) async throws -> [KeyLimitEntry]
    /// How a key stands, whether or not it has a limit of its own or any task.
    func keyStanding(namespace: String, key: String) async throws -> KeyStanding

    // MARK: Agents and leases

    /// Registers an agent; the same instance again is the same agent. An earlier registration of the same pod is gone by it.
    func register(_ registration: AgentRegistration) async throws -> AgentRecord
    func agent(_ id: AgentID) async throws -> AgentRecord?
    /// The registered agents of a swarm that are not gone.
    func agents(namespace: String, swarm: String) async throws -> [AgentRecord]
    /// Sets or clears drain marks: a draining agent gets no more leases.
    func setDraining(_ agents: [AgentID], _ isDraining: Bool) async throws
    /// The pods have ended, and with them their agents: their leases end now.
    func endAgents(podUIDs: [String]) async throws
    /// Gives out ready tasks of the agent's swarm, in the order of `FairOrder`, up to its free slots. Never waits. A task whose
    /// key has no room after all (see `KeyStanding`) is held.
    func lease(_ call: LeaseCall) async throws -> LeaseVerdict
    func heartbeat(_ agent: AgentID, _ beats: [Beat]) async throws -> BeatAnswer
    /// Takes reports and then, in the same transaction, answers `next` if given.
    func report(
        _ agent: AgentID, _ reports: [AttemptReport], next: LeaseCall?
    ) async throws -> (outcomes: [ReportOutcome], next: LeaseVerdict?)
    /// The same.
    /// - Parameter onStored: called with the outcomes as for `submit`.
    func report(
        _ agent: AgentID, _ reports: [AttemptReport], next: LeaseCall?,
        onStored: @escaping @Sendable ([ReportOutcome]) -> Void
    ) async throws -> (outcomes: [ReportOutcome], next: LeaseVerdict?)

    // MARK: Time

    /// Does what time has made due, at most `limit` tasks of it in the order of their `due` (and of submission) and then at most
    /// `limit` keys, and forgets what is older than its retention.
    func reap(limit: Int) async throws -> ReapResult
    /// When time next makes something due.
    func nextDue() async throws -> StoreTime?

    // MARK: The change feed

    /// The feed's entries after `cursor`, in commit order. Read from 0 for all that it holds.
    func changes(after cursor: Int64, limit: Int) async throws -> ChangePage
    /// The feed's end.
    func changeCursor() async throws -> Int64
    /// Yields after commits that added to the feed, several at once as one. A hint to read it, no more.
    func changeHints() -> AsyncStream<Void>
    /// `consumer` has acted on everything up to `cursor` (but for outcomes). Entries that every consumer has acknowledged are
    /// pruned.
    func acknowledge(consumer: String, through cursor: Int64) async throws
    /// How far `consumer` has acknowledged; 0 for an unknown one.
    func acknowledged(by consumer: String) async throws -> Int64
    /// The ends of these SwarmTasks are written to their objects: their `finished` entries need not stay in the feed.
    func acknowledgeOutcomes(of tasks: [TaskID]) async throws

    /// What programs that have this store open tell each other.
    var messages: any StoreMessages { get }

    // MARK: The catalogue

    func putCatalogue(_ entry: CatalogueEntry) async throws
    func removeCatalogue(namespace: String, swarm: String) async throws
    func catalogue() async throws -> [CatalogueEntry]

    // MARK: Summaries

    func summary(namespace: String, swarm: String) async throws -> QueueSummary
    /// The ways in which tasks of a namespace failed for good, of one swarm or of all: the most frequent first, of equally
    /// frequent ones the latest. Kept for as long as the ledger is after the latest of each.
    func failureGroups(namespace: String, swarm: String?, limit: Int) async throws -> [FailureGroup]

    // MARK: Large results

    /// Large results. A report that refers to one is accepted only if it is whole, with that SHA-256 and size.
    var blobs: any BlobStore { get }
}

extension TaskStore {
    package func submit(
        _ submissions: [Submission], next: LeaseCall
    ) async throws -> (verdicts: [SubmitVerdict], next: LeaseVerdict?) {
        (try await submit(submissions), nil)
    }

    package func submit(
        _ submissions: [Submission], next: LeaseCall, onStored: @escaping @Sendable (LeaseVerdict?) -> Void
    ) async throws -> (verdicts: [SubmitVerdict], next: LeaseVerdict?) {
        let answer = try await submit(submissions, next: next)
        onStored(answer.next)
        return answer
    }

    package func report(
        _ agent: AgentID, _ reports: [AttemptReport], next: LeaseCall?,
        onStored: @escaping @Sendable ([ReportOutcome]) -> Void
    ) async throws -> (outcomes: [ReportOutcome], next: LeaseVerdict?) {
        let answer = try await report(agent, reports, next: next)
        onStored(answer.outcomes)
        return answer
    }
}

/// Why a store could not do its work.
package struct TaskStoreError: Error, Sendable, CustomStringConvertible {
    package struct Code: RawRepresentable, Sendable, Hashable {
        package var rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        /// Another process owns the store.
        package static let inUse = Code(rawValue: "inUse")
        /// The store cannot be opened: no such folder, no permission, not a store, of a newer release.
        package static let cannotOpen = Code(rawValue: "cannotOpen")
        /// The store cannot write now: disk full, I/O error.
        package static let unavailable = Code(rawValue: "unavailable")
        /// What is stored cannot be read back.
        package static let corrupt = Code(rawValue: "corrupt")
        package static let closed = Code(rawValue: "closed")
    }

    package var code: Code
    /// What is wrong and what to do about it.
    package var message: String
    package var cause: (any Error)?

    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    package var description: String { message }
}
