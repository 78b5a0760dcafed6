import FoundationEssentials
import HTTPTypes
import Hummingbird
import StructuredData
import TaskProtocol
import TaskQueue

/// Submitting, reading, waiting for, cancelling and repeating tasks.
struct TaskRoutes {
    /// On a task made by `retry`, the id of the one it repeats.
    static let retryOfLabel = "das.brashlabs.io/retry-of"

    let core: GatewayCore

    func add(to group: RouterGroup<GatewayContext>) {
        let tasks = group.group("namespaces/:namespace/tasks")
        tasks.post(use: submit)
        tasks.get(use: list)
        tasks.get(":id", use: read)
        tasks.get(":id/attempts", use: attempts)
        tasks.get(":id/events", use: TaskEventStream(core: core).events)
        tasks.post(":id/cancel", use: cancel)
        tasks.post(":id/retry", use: retry)
        group.get("namespaces/:namespace/swarms/:swarm/decisions", use: decisions)
    }

    // MARK: Submitting

    private func submit(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let namespace = try await namespace(context, allowing: "create")
        let caller = try context.requireCaller()
        return try await core.submitting {
            switch try await request.decoded(SubmissionRequest.self) {
            case .one(let task):
                let submission = try await checked(task, at: "", in: namespace, by: caller.identity.name)
                let verdict = try await core.submit([submission])[0]
                if case .refused(let refusal) = verdict { throw Problems.refused(refusal, in: namespace) }
                guard let record = verdict.record else { throw Problems.unavailable("the task was not taken") }
                let isNew = if case .created = verdict { true } else { false }
                return try .json(isNew ? .created : .ok, try await core.view(record))
            case .many(let tasks):
                return try .json(.ok, try await submit(tasks, in: namespace, by: caller.identity.name))
            }
        }
    }

    private func checked(
        _ task: TaskSubmission, at base: String, in namespace: String, by submitter: String
    ) async throws -> Submission {
        func check() throws -> Submission {
            try SubmissionCheck(core: core, namespace: namespace, submitter: submitter).submission(of: task, at: base)
        }
        do {
            return try check()
        } catch let problem as Problem where problem.code == .unknownType {
            guard try await core.lookAgain() else { throw problem }
            return try check()
        }
    }

    private func submit(
        _ tasks: [TaskSubmission], in namespace: String, by submitter: String
    ) async throws -> SubmissionAnswer {
        guard tasks.count <= ProtocolLimits.tasksPerSubmission else {
            throw Problems.tooLarge(
                "\(tasks.count) tasks in one call; at most \(ProtocolLimits.tasksPerSubmission) are taken",
                pointer: "/tasks")
        }
        var check = SubmissionCheck(core: core, namespace: namespace, submitter: submitter)
        var items = [SubmissionAnswer.Item?](repeating: nil, count: tasks.count)
        var accepted: [(index: Int, submission: Submission)] = []
        for (index, task) in tasks.enumerated() {
            do {
                do {
                    accepted.append((index, try check.submission(of: task, at: "/tasks/\(index)")))
                } catch let problem as Problem where problem.code == .unknownType {
                    guard try await core.lookAgain() else { throw problem }
                    check = SubmissionCheck(core: core, namespace: namespace, submitter: submitter)
                    accepted.append((index, try check.submission(of: task, at: "/tasks/\(index)")))
                }
            } catch let problem as Problem {
                items[index] = SubmissionAnswer.Item(verdict: .refused, problem: problem)
            }
        }
        let verdicts = try await core.submit(accepted.map(\.submission))
        for ((index, _), verdict) in zip(accepted, verdicts) {
            items[index] =
                switch verdict {
                case .created(let record): .init(verdict: .created, taskId: record.id.text)
                case .existing(let record), .adopted(let record): .init(verdict: .duplicate, taskId: record.id.text)
                case .refused(let refusal):
                    .init(verdict: .refused, problem: Problems.refused(refusal, in: namespace))
                }
        }
        return SubmissionAnswer(tasks: items.compactMap { $0 })
    }

    private func retry(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let namespace = try await namespace(context, allowing: "update")
        let caller = try context.requireCaller()
        let record = try await task(context, in: namespace)
        guard record.state.isEnd else {
            throw Problems.conflict("task \(record.id) has not ended yet; cancel it first to run it anew")
        }
        guard let input = try await core.store.input(of: record.id) else {
            throw Problems.notFound("there is no task \(record.id) in namespace \(namespace)")
        }
        return try await core.submitting {
            let draft = TaskDraft(
                namespace: namespace, type: record.type, swarm: record.isPinned ? record.swarm : nil,
                input: try JSON.parse(input), timeoutMs: record.timeoutMs)
            let admission = try core.admit(draft, core.catalogue, at: "")
            var labels = record.labels
            labels[Self.retryOfLabel] = record.id.text
            let submission = Submission(
                id: SubmissionCheck.newID(at: core.store.now()), namespace: namespace, type: record.type,
                swarm: admission.swarm,
                isPinned: record.isPinned, origin: .http(submitter: caller.identity.name), input: input,
                priority: record.priority, timeoutMs: record.timeoutMs, retry: record.retry,
                concurrencyKey: record.concurrencyKey, fairnessKey: record.fairnessKey, labels: labels,
                retryOf: record.id)
            switch try await core.submit([submission])[0] {
            case .refused(let refusal): throw Problems.refused(refusal, in: namespace)
            case .created(let made), .existing(let made), .adopted(let made):
                return try .json(.created, try await core.view(made))
            }
        }
    }

    // MARK: Reading

    private func list(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let namespace = try await namespace(context, allowing: "list")
        var query = TaskQuery(namespace: namespace)
        query.swarm = request.text("swarm")
        query.type = request.text("type")
        query.group = request.text("parent").map { TaskID($0) }
        if let phase = request.text("phase") {
            guard let states = WireMapping.states(TaskPhase(rawValue: phase)) else {
                throw Problems.invalid(
                    "phase must be Pending, Queued, Running, Succeeded, Failed or Cancelled, found \"\(phase)\"")
            }
            query.states = states
        }
        if let cursor = request.text("cursor") {
            guard let cursor = Int64(cursor) else {
                throw Problems.invalid("cursor must be one that an earlier page answered, found \"\(cursor)\"")
            }
            query.cursor = cursor
        }
        query.limit = Int(try request.number("limit", default: 100, in: 1...500))
        let page = try await core.store.tasks(query)
        return try .json(
            .ok,
            TaskList(tasks: page.tasks.map { WireMapping.view($0) }, cursor: page.cursor.map(String.init)))
    }

    private func read(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let namespace = try await namespace(context, allowing: "get")
        let waitMs = try request.number("waitMs", default: 0, in: 0...ProtocolLimits.longestWaitMs)
        if waitMs > 0, let ended = try await end(context, in: namespace, within: waitMs) {
            return try .json(.ok, try await core.view(ended.record, result: ended.result))
        }
        return try .json(.ok, try await core.explained(try await task(context, in: namespace)))
    }

    /// The task when it has ended; `nil`: not within `waitMs`.
    private func end(
        _ context: GatewayContext, in namespace: String, within waitMs: Int64
    ) async throws -> EndedTask? {
        let id = TaskID(try context.pathText("id"))
        guard let ticket = core.waiters.enter(id, isForEnd: true) else {
            // Who comes for one that has ended does not wait.
            let record = try await task(context, in: namespace)
            if record.state.isEnd { return EndedTask(record: record) }
            throw Problems.tooMany("too many callers are waiting; ask again without waitMs")
        }
        defer { core.waiters.leave(id, ticket) }
        let deadline = ContinuousClock.now + .milliseconds(waitMs)
        return try await context.whileConnected(ticket) {
            // Read, or looked for among those under way, after the ticket was taken, so that no end is missed.
            var isUnderWay = core.isFollowing && core.waiters.underWay.contains(id, in: namespace)
            while true {
                if !isUnderWay {
                    let record = try await task(context, in: namespace)
                    if record.state.isEnd { return EndedTask(record: record) }
                }
                isUnderWay = false
                if await ticket.wait(until: deadline) != .signalled { return nil }
                if let end = core.waiters.end(of: id) { return end }
            }
        }
    }

    private func attempts(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let namespace = try await namespace(context, allowing: "get")
        let record = try await task(context, in: namespace)
        var attempts = try await core.store.attempts(of: record.id).map(WireMapping.attempt)
        if let running = WireMapping.runningAttempt(record) { attempts.append(running) }
        return try .json(.ok, AttemptList(attempts: attempts))
    }

    private func decisions(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let namespace = try await namespace(context, allowing: "list")
        let swarm = try context.pathText("swarm")
        let limit = Int(try request.number("limit", default: 100, in: 1...1000))
        let decisions = try await core.store.decisions(namespace: namespace, swarm: swarm, limit: limit)
        return try .json(.ok, DecisionList(decisions: decisions.map(WireMapping.decision)))
    }

    // MARK: Cancelling

    private func cancel(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let namespace = try await namespace(context, allowing: "update")
        let caller = try context.requireCaller()
        let order = try await request.decoded(CancelRequest.self)
        let mode = order.mode ?? .cooperative
        guard mode == .cooperative || mode == .force else {
            throw Problems.invalid(
                "mode must be cooperative or force, found \"\(mode.rawValue)\"", pointer: "/mode")
        }
        guard order.graceMs ?? 0 >= 0 else {
            throw Problems.invalid("graceMs must not be negative", pointer: "/graceMs")
        }
        let record = try await task(context, in: namespace)
        let cancelled = try await core.store.cancel(
            record.id,
            CancelOrder(
                mode: mode == .force ? .force : .cooperative, graceMs: order.graceMs,
                reason: "cancelled by \(caller.identity.name)"))
        guard let cancelled else {
            throw Problems.notFound("there is no task \(record.id) in namespace \(namespace)")
        }
        core.waiters.changed(cancelled.id, hasEnded: cancelled.state.isEnd)
        if cancelled.state == .succeeded || cancelled.state == .failed {
            throw Problems.conflict(
                "task \(record.id) has ended already: \(WireMapping.phase(cancelled.state).rawValue)")
        }
        return try .json(.ok, try await core.view(cancelled))
    }

    // MARK: What the routes share

    private func namespace(_ context: GatewayContext, allowing verb: String) async throws -> String {
        try await core.namespace(context, allowing: verb)
    }

    private func task(_ context: GatewayContext, in namespace: String) async throws -> TaskRecord {
        try await core.task(context, in: namespace)
    }
}

extension GatewayCore {
    /// The namespace of the call's path, once it is clear that the caller may do `verb` there.
    func namespace(_ context: GatewayContext, allowing verb: String) async throws -> String {
        let namespace = try context.pathText("namespace")
        try await authorize(try context.requireCaller(), verb, in: namespace)
        return namespace
    }

    /// The task of the call's path. One of another namespace is not found.
    func task(_ context: GatewayContext, in namespace: String) async throws -> TaskRecord {
        let id = try context.pathText("id")
        guard let record = try await store.task(TaskID(id)), record.namespace == namespace else {
            throw Problems.notFound("there is no task \(id) in namespace \(namespace)")
        }
        return record
    }

    func submit(_ submissions: [Submission]) async throws -> [SubmitVerdict] {
        if submissions.isEmpty { return [] }
        let ids = submissions.map(\.id)
        announcements.begin(ids)
        // Who submits many at once does not come to wait for the first of them at once.
        let single = submissions.count == 1 ? submissions.first : nil
        if let single { waiters.underWay.begin(single) }
        let verdicts: [SubmitVerdict]
        // One task for an agent that waits is leased with the commit that takes it in.
        let claim = single.flatMap { broker.claim(.init($0)) }
        var offer: LeaseOffer?
        do {
            if let claim {
                let answer = try await store.submit(submissions, next: claim.call) { [broker] next in
                    broker.settle(claim, next?.offer)
                }
                verdicts = answer.verdicts
                offer = answer.next?.offer
            } else {
                verdicts = try await store.submit(submissions)
            }
        } catch {
            if let claim { broker.settle(claim, nil) }
            // The store may have taken them all the same.
            if let single { waiters.underWay.ended(single.id) }
            let told = Set(announcements.abandon(ids))
            for task in submissions where told.contains(task.id) {
                broker.taskIsReady(.init(task))
            }
            throw error
        }
        var ready: [TaskRecord] = []
        for case .created(let record) in verdicts {
            metrics.submitted(record)
            if record.state == .ready { ready.append(record) }
        }
        if let single {
            if case .created(let record)? = verdicts.first, !record.state.isEnd {
                waiters.underWay.accepted(single.id)
            } else {
                waiters.underWay.ended(single.id)
            }
        }
        announcements.end(ids, ready: Set(ready.map(\.id)))
        let leased = Set(offer?.tasks.map(\.record.id) ?? [])
        for record in ready where !leased.contains(record.id) {
            wakeUps.taskIsReady(record.id, .init(namespace: record.namespace, swarm: record.swarm))
        }
        return verdicts
    }

    /// The task with its result, where that is small.
    /// - Parameter known: the result, where it is at hand.
    func view(_ record: TaskRecord, result known: [UInt8]? = nil) async throws -> TaskView {
        var result: JSON?
        if record.state == .succeeded, let bytes = record.resultBytes, bytes <= WireMapping.maxShownResultBytes {
            let stored = if let known { known } else { try await store.result(of: record.id) }
            result = try stored.map { try JSON.parse($0) }
        }
        return WireMapping.view(record, result: result)
    }

    /// The task with its result, or with the reason why it waits.
    func explained(_ record: TaskRecord) async throws -> TaskView {
        var view = try await view(record)
        guard record.state.isWaiting else { return view }
        let swarm = LeaseBroker.SwarmKey(namespace: record.namespace, swarm: record.swarm)
        var surroundings = Waiting.Surroundings(
            now: store.now(), swarm: catalogue.entry(namespace: record.namespace, swarm: record.swarm))
        if record.state == .ready {
            surroundings.position = try await store.position(of: record.id)
            surroundings.agents = try await agents(of: swarm)
        }
        if let key = record.concurrencyKey {
            surroundings.key = try await store.keyStanding(namespace: record.namespace, key: key)
        }
        view.waiting = Waiting.explain(record, surroundings).map(WireMapping.waiting)
        return view
    }

    /// Who is registered is read anew; how busy each is, as it was last measured.
    private func agents(of swarm: LeaseBroker.SwarmKey) async throws -> [AgentLoad] {
        let measured = summary(swarm)?.agents ?? []
        let leased = Dictionary(measured.map { ($0.agent.id, $0.leased) }, uniquingKeysWith: { $1 })
        return try await store.agents(namespace: swarm.namespace, swarm: swarm.swarm)
            .map { AgentLoad(agent: $0, leased: leased[$0.id] ?? 0) }
    }
}

extension LeaseBroker.SwarmKey {
    fileprivate init(_ submission: Submission) {
        self.init(namespace: submission.namespace, swarm: submission.swarm)
    }
}
