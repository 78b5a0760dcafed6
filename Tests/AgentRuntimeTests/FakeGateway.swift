import HTTPTransport
import StructuredData
import Synchronization
import TaskProtocol

/// A gateway with one agent, in memory, behind the transport: what it was told, and what it is to say next.
final class FakeGateway: HTTPTransport {
    struct State {
        /// Waiting to be leased, in order.
        var ready: [LeaseGrant] = []
        /// Leased, by task; the epoch must fit.
        var leased: [String: LeaseGrant] = [:]
        var registrations: [RegisterRequest] = []
        var polls: [LeaseRequest] = []
        /// The poll that is kept waiting.
        var waiting: LeaseRequest?
        var results: [String: JSON] = [:]
        /// What was sent ahead of a report, by task, with its digest as it was said.
        var uploads: [String: (sha256: String, result: JSON)] = [:]
        /// Whether it is of a version that takes no results but in reports.
        var takesNoUploads = false
        var failures: [FailRequest.Item] = []
        var releases: [ReleaseRequest.Item] = []
        var checkpoints: [String: JSON] = [:]
        var progress: [String: TaskProgress] = [:]
        var heartbeats = 0
        /// The tasks that heartbeats have named: the agent has them.
        var heartbeaten: Set<String> = []
        var duplicates = 0
        var chainedLeases = 0
        /// What heartbeats of these tasks are answered.
        var verdicts: [String: HeartbeatAnswer.Item] = [:]
        var drain = false
        /// Calls to these paths are carried out, and their answers get lost, this often.
        var lostAnswers: [String: Int] = [:]
        var unreachable: [String: Int] = [:]

        var running: Int { leased.count }
    }

    private struct Poll {
        var number: Int
        var request: LeaseRequest
        var continuation: CheckedContinuation<HTTPResponse, any Error>
    }

    private struct Whole {
        var state = State()
        var polls: [Poll] = [] { didSet { state.waiting = polls.first?.request } }
        var lastPoll = 0
        var waiters: [(until: (State) -> Bool, continuation: CheckedContinuation<Void, Never>)] = []
        var isClosed = false
    }

    private let whole = Mutex(Whole())

    var state: State { whole.withLock { $0.state } }

    func change(_ body: (inout State) -> Void) {
        whole.withLock { body(&$0.state) }
        settle()
    }

    /// Waits until the gateway's state is as `condition` wants it, or nobody is there any more to change it.
    func until(_ condition: @escaping @Sendable (State) -> Bool) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                whole.withLock { $0.waiters.append((condition, continuation)) }
                settle()
            }
        } onCancel: {
            close()
        }
    }

    /// Ends every wait, those to come too.
    func close() {
        whole.withLock { $0.isClosed = true }
        settle()
    }

    func submit(_ task: String, _ input: JSON, attempt: Int = 1, timeoutMs: Int64? = nil) {
        change { state in
            state.ready.append(
                LeaseGrant(
                    task: task, type: "echo", attempt: attempt, epoch: Int64(attempt), token: "s-\(task)-\(attempt)",
                    leaseMs: 60_000, input: input, timeoutMs: timeoutMs, checkpoint: state.checkpoints[task]))
        }
    }

    // MARK: HTTPTransport

    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        let path = String(request.url.dropFirst("http://gateway".count))
        let body = try JSON.parse(request.body ?? [])
        if take(path, \.unreachable) { throw HTTPTransportError(.cannotConnect, "nobody listens", wasNotSent: true) }
        let response = try await answer(path, body)
        if take(path, \.lostAnswers) { throw HTTPTransportError(.connectionLost, "the answer got lost") }
        return response
    }

    func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse {
        throw HTTPTransportError(.badRequest, "no streams here")
    }

    private func take(_ path: String, _ counts: any WritableKeyPath<State, [String: Int]> & Sendable) -> Bool {
        whole.withLock { whole in
            guard let count = whole.state[keyPath: counts][path], count > 0 else { return false }
            whole.state[keyPath: counts][path] = count - 1
            return true
        }
    }

    private func answer(_ path: String, _ body: JSON) async throws -> HTTPResponse {
        switch path {
        case "/v1/agents":
            let request: RegisterRequest = try body.decode()
            change { $0.registrations.append(request) }
            return try ok(RegisterAnswer(agent: "a1", leaseMs: 60_000, heartbeatMs: 10, drain: state.drain))
        case "/v1/leases": return try await poll(try body.decode())
        case "/v1/leases/heartbeat": return try ok(heartbeat(try body.decode()))
        case "/v1/leases/complete":
            let request: CompleteRequest = try body.decode()
            var answer = report(request.reports.map { ($0.task, $0.epoch, $0.token) }) { state, index in
                let report = request.reports[index]
                let upload = state.uploads[report.task].flatMap {
                    $0.sha256 == report.resultRef?.sha256 ? $0.result : nil
                }
                state.results[report.task] = report.result ?? upload
            }
            if let next = request.next {
                let leases = whole.withLock { Self.lease(next.freeSlots, &$0.state) }
                change { $0.chainedLeases += leases.count }
                answer.leases = leases
            }
            return try ok(answer)
        case "/v1/leases/fail":
            let request: FailRequest = try body.decode()
            return try ok(
                report(request.reports.map { ($0.task, $0.epoch, $0.token) }) { state, index in
                    state.failures.append(request.reports[index])
                })
        case "/v1/leases/release":
            let request: ReleaseRequest = try body.decode()
            return try ok(
                report(request.reports.map { ($0.task, $0.epoch, $0.token) }) { state, index in
                    state.releases.append(request.reports[index])
                })
        default: return upload(path, body)
        }
    }

    private func upload(_ path: String, _ body: JSON) -> HTTPResponse {
        let parts = path.split { "/?&=".contains($0) }.map(String.init)
        // v1 leases TASK result epoch EPOCH sha256 DIGEST
        guard parts.count == 8, parts[3] == "result", !state.takesNoUploads else {
            let problem = Problem(.notFound, status: 404, title: "Not found", detail: "no such page")
            return HTTPResponse(status: 404, body: (try? JSON(encoding: problem).serialized()) ?? [])
        }
        change { $0.uploads[parts[2]] = (parts[7], body) }
        let reference = ResultReference(uri: path, sha256: parts[7], bytes: Int64(body.serialized().count))
        return HTTPResponse(status: 200, body: (try? JSON(encoding: reference).serialized()) ?? [])
    }

    private func ok(_ value: some Encodable) throws -> HTTPResponse {
        HTTPResponse(status: 200, body: try JSON(encoding: value).serialized())
    }

    private func poll(_ request: LeaseRequest) async throws -> HTTPResponse {
        let number = whole.withLock { whole in
            whole.lastPoll += 1
            return whole.lastPoll
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let older = whole.withLock { whole in
                    whole.state.polls.append(request)
                    let older = whole.polls
                    whole.polls = [Poll(number: number, request: request, continuation: continuation)]
                    return older
                }
                for poll in older { poll.continuation.resume(returning: HTTPResponse(status: 204)) }
                if Task.isCancelled { cancelPoll(number) }
                settle()
            }
        } onCancel: {
            cancelPoll(number)
        }
    }

    private func cancelPoll(_ number: Int) {
        let cancelled = whole.withLock { whole in
            let cancelled = whole.polls.filter { $0.number == number }
            whole.polls.removeAll { $0.number == number }
            return cancelled
        }
        for poll in cancelled { poll.continuation.resume(throwing: CancellationError()) }
    }

    private func heartbeat(_ request: HeartbeatRequest) -> HeartbeatAnswer {
        change { state in
            state.heartbeats += 1
            for item in request.leases {
                state.heartbeaten.insert(item.task)
                if let checkpoint = item.checkpoint { state.checkpoints[item.task] = checkpoint }
                if let progress = item.progress { state.progress[item.task] = progress }
            }
        }
        let state = state
        return HeartbeatAnswer(
            leases: request.leases.map {
                state.verdicts[$0.task] ?? .init(task: $0.task, verdict: .ok, leaseMs: 60_000)
            }, drain: state.drain)
    }

    private func report(
        _ items: [(task: String, epoch: Int64, token: String)], accept: (inout State, Int) -> Void
    ) -> ReportAnswer {
        var answer = ReportAnswer(reports: [])
        change { state in
            for (index, item) in items.enumerated() {
                if state.leased[item.task]?.epoch == item.epoch, state.leased[item.task]?.token == item.token {
                    state.leased[item.task] = nil
                    accept(&state, index)
                    answer.reports.append(.init(task: item.task, verdict: .accepted))
                } else {
                    state.duplicates += 1
                    answer.reports.append(.init(task: item.task, verdict: .duplicate))
                }
            }
            answer.drain = state.drain
        }
        return answer
    }

    private static func lease(_ count: Int, _ state: inout State) -> [LeaseGrant] {
        guard !state.drain else { return [] }
        let leases = Array(state.ready.prefix(count))
        state.ready.removeFirst(leases.count)
        for lease in leases { state.leased[lease.task] = lease }
        return leases
    }

    /// Answers the poll and wakes the waiters whose time has come.
    private func settle() {
        var polls: [(CheckedContinuation<HTTPResponse, any Error>, HTTPResponse)] = []
        var woken: [CheckedContinuation<Void, Never>] = []
        whole.withLock { whole in
            if whole.isClosed {
                polls = whole.polls.map { ($0.continuation, HTTPResponse(status: 204)) }
                whole.polls = []
                woken = whole.waiters.map(\.continuation)
                whole.waiters = []
                return
            }
            if let poll = whole.polls.first {
                let leases = Self.lease(poll.request.freeSlots, &whole.state)
                if !leases.isEmpty || poll.request.freeSlots == 0 || whole.state.drain {
                    whole.polls = []
                    let answer = LeaseAnswer(leases: leases, drain: whole.state.drain)
                    let body = (try? JSON(encoding: answer).serialized()) ?? []
                    polls.append((poll.continuation, HTTPResponse(status: 200, body: body)))
                }
            }
            let state = whole.state
            woken = whole.waiters.filter { $0.until(state) }.map(\.continuation)
            whole.waiters.removeAll { $0.until(state) }
        }
        for (continuation, response) in polls { continuation.resume(returning: response) }
        for continuation in woken { continuation.resume() }
    }
}
