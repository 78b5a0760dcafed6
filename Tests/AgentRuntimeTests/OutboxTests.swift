import StructuredData
import TaskProtocol
import Testing

@testable import AgentRuntime

/// What the machine does with reports while others wait or are on their way.
@Suite("Reports that go together")
struct OutboxTests {
    private let down = CallFailure(.transient, message: "nobody listens")
    private let tooLarge = CallFailure(.definite, code: "TOO_LARGE", message: "the body is larger than 16 MiB")

    /// An agent whose slots all run: `t0`, `t1` and so on, and whose poll is not out.
    private func busy(slots: Int, gather: Duration = .zero) -> AgentHarness {
        var agent = AgentHarness(slots: slots, gather: gather)
        agent.leased(1, (0..<slots).map { grant("t\($0)") })
        return agent
    }

    private func names(_ range: Range<Int>) -> [String] { range.map { "t\($0)" } }

    @Test func `a report goes at once, and while two calls are out the others gather for the next`() {
        var agent = busy(slots: 6)
        #expect(agent.completed(grant("t0"), slot: 0).batches == [["t0"]])
        #expect(agent.completed(grant("t1"), slot: 1).batches == [["t1"]])
        for slot in 2..<6 { #expect(agent.completed(grant("t\(slot)"), slot: slot).batches == []) }
        #expect(agent.accepted(grant("t0")).batches == [["t2", "t3", "t4", "t5"]])
        #expect(agent.out.count == 2)
    }

    @Test func `attempts that end close together are reported together, and their slots asked for at once`() {
        var agent = busy(slots: 3)
        let ends = (0..<3).map { number in
            AgentMachine.Event.attemptEnded(
                grant("t\(number)").id, slot: number, .completed(["ok": true]), reusable: true, ran: .seconds(1))
        }
        let actions = agent.send(ends)
        #expect(actions.batches == [["t0", "t1", "t2"]])
        #expect(actions.next == .init(request: 2, freeSlots: 3))
        #expect(actions.polls == [])
    }

    @Test func `attempts that began together and are short are reported together, when the last of them has ended`() {
        var agent = busy(slots: 3, gather: .milliseconds(2))
        for slot in 0..<2 {
            let actions = agent.completed(grant("t\(slot)"), slot: slot)
            #expect(actions.calls == [] && actions.polls == [])
        }
        let last = agent.completed(grant("t2"), slot: 2)
        #expect(last.batches == [["t0", "t1", "t2"]])
        #expect(last.next == .init(request: 2, freeSlots: 3))
    }

    @Test func `they wait for no more than a moment`() {
        var agent = AgentHarness(slots: 3, gather: .milliseconds(2))
        #expect(agent.leased(1, [grant("t0"), grant("t1"), grant("t2")]).delay(of: .gathered) == .milliseconds(2))
        agent.completed(grant("t0"), slot: 0)
        let gathered = agent.send(.timer(.gathered))
        #expect(gathered.batches == [["t0"]])
        #expect(gathered.next?.freeSlots == 1)
        #expect(agent.completed(grant("t1"), slot: 1).batches == [["t1"]])
    }

    @Test func `one that began alone is reported at once, whatever else runs`() {
        var agent = AgentHarness(slots: 2, gather: .milliseconds(2))
        #expect(agent.leased(1, [grant("t0")]).delay(of: .gathered) == nil)
        agent.leased(2, [grant("t1")])
        #expect(agent.completed(grant("t1"), slot: 1).batches == [["t1"]])
    }

    @Test func `slots that are free meanwhile are asked for, and an agent that ends gathers nothing`() {
        var agent = AgentHarness(slots: 4, gather: .milliseconds(2))
        #expect(agent.leased(1, [grant("t0"), grant("t1")]).polls.map(\.freeSlots) == [2])
        #expect(agent.completed(grant("t0"), slot: 0).calls == [])
        #expect(agent.send(.terminate).batches == [["t0"]])
        #expect(agent.completed(grant("t1"), slot: 1).batches == [["t1"]])
    }

    @Test func `one call at a time asks for leases, for all slots that are free then`() {
        var agent = busy(slots: 6)
        #expect(agent.completed(grant("t0"), slot: 0).next == .init(request: 2, freeSlots: 1))
        for slot in 1..<6 { #expect(agent.completed(grant("t\(slot)"), slot: slot).next == nil) }
        let answered = agent.accepted(grant("t0"), leases: [grant("u0")])
        #expect(answered.runs == ["u0"])
        // The one of `t1` is still out; its slot is free all the same.
        #expect(answered.next == .init(request: 3, freeSlots: 5))
        #expect(answered.polls == [])
    }

    @Test func `slots that no report goes for are asked for by a poll`() {
        var agent = busy(slots: 2)
        agent.completed(grant("t0"), slot: 0)
        agent.completed(grant("t1"), slot: 1)
        let answered = agent.accepted(grant("t0"), leases: [grant("u0")])
        #expect(answered.calls == [])
        #expect(answered.polls.map(\.freeSlots) == [1])
    }

    @Test func `each kind of report has a call of its own, and completions need not be first to ask`() {
        var agent = busy(slots: 5)
        let broken = WorkloadError.permanent("BROKEN", "no")
        agent.completed(grant("t0"), slot: 0)
        agent.completed(grant("t1"), slot: 1)
        agent.send(.attemptEnded(grant("t2").id, slot: 2, .failed(broken), reusable: true, ran: .seconds(1)))
        agent.completed(grant("t3"), slot: 3)
        agent.send(.attemptEnded(grant("t4").id, slot: 4, .failed(broken), reusable: true, ran: .seconds(1)))
        #expect(agent.accepted(grant("t1")).batches == [["t2", "t4"]])
        let last = agent.accepted(grant("t0"), leases: [])
        #expect(last.batches == [["t3"]])
        #expect(last.next?.freeSlots == 5)
    }

    @Test func `a call that does not get through keeps the reports' places, and the next ones wait with them`() throws {
        var agent = busy(slots: 5)
        for slot in 0..<5 { agent.completed(grant("t\(slot)"), slot: slot) }
        let failed = agent.failed(grant("t1"), down)
        #expect(failed.calls == [])
        let delay = try #require(failed.delay(of: .reports))
        #expect(delay > .zero && delay <= .milliseconds(100))
        // The other call fails, too: one rest is enough.
        #expect(agent.failed(grant("t0"), down).delay(of: .reports) == nil)
        #expect(agent.send(.timer(.reports)).batches == [names(0..<5)])
    }

    @Test func `an answer that comes while others rest does not end their rest`() {
        var agent = busy(slots: 3)
        for slot in 0..<3 { agent.completed(grant("t\(slot)"), slot: slot) }
        agent.failed(grant("t0"), down)
        #expect(agent.accepted(grant("t1")).calls == [])
        #expect(agent.send(.timer(.reports)).batches == [["t0", "t2"]])
    }

    @Test func `of a batch, one report is stale, one is refused, one is wanted later, and the rest is not hurt`() {
        var agent = busy(slots: 7)
        for slot in 0..<7 { agent.completed(grant("t\(slot)"), slot: slot) }
        agent.accepted(grant("t1"))
        agent.accepted(grant("t0"), leases: [])
        let problems = [
            "t3": Problem(.staleLease, status: 409, title: "Stale", detail: "epoch 1 is over"),
            "t4": Problem(.schema, status: 422, title: "Schema", detail: "/ok must be a number"),
            "t5": Problem(.unavailable, status: 503, title: "Busy", detail: "later", retryable: true),
        ]
        let answered = agent.answered(grant("t3")) { id in
            .init(task: id.task, verdict: problems[id.task] == nil ? .accepted : .refused, problem: problems[id.task])
        }
        #expect(answered.drops.map(\.task) == ["t2", "t3", "t6"])
        #expect(answered.reports.count == 1)
        #expect(answered.batches == [["t4"]])
        #expect(answered.delay(of: .report(grant("t5").id)) != nil)
        #expect(agent.send(.timer(.report(grant("t5").id))).batches == [["t5"]])
        #expect(agent.machine.attempts.map(\.task).sorted() == ["t4", "t5"])
    }

    @Test func `an answer with fewer verdicts than reports leaves the others to be sent again`() {
        var agent = busy(slots: 5)
        for slot in 0..<5 { agent.completed(grant("t\(slot)"), slot: slot) }
        agent.accepted(grant("t0"))
        guard let call = agent.call(of: grant("t3")) else {
            Issue.record("no call with t3")
            return
        }
        let answer = ReportAnswer(reports: [.init(task: "t2", verdict: .accepted)])
        let answered = agent.send(.reported(call: call, answer))
        #expect(answered.drops.map(\.task) == ["t2"])
        #expect(answered.delay(of: .report(grant("t3").id)) != nil)
        #expect(agent.send(.timer(.report(grant("t4").id))).batches == [["t4"]])
    }

    @Test func `a batch that is refused as a whole is sent in smaller ones, until the one at fault is alone`() {
        var agent = busy(slots: 9)
        for slot in 0..<9 { agent.completed(grant("t\(slot)"), slot: slot) }
        agent.accepted(grant("t0"), leases: [])
        agent.accepted(grant("t1"), leases: [])
        #expect(agent.out.values.map { $0.attempts.map(\.task) } == [names(2..<9)])

        // Whatever carries `t5` is too large, be it alone or not.
        var accepted: [String] = []
        var failures: [Report] = []
        var calls = 0
        while let (call, request) = agent.out.min(by: { $0.key < $1.key }), calls < 100 {
            calls += 1
            let tasks = request.attempts.map(\.task)
            if tasks.contains("t5"), request.reports.contains(where: \.isCompletion) {
                agent.send(.reportFailed(call: call, tooLarge))
            } else {
                for report in request.reports where !report.isCompletion { failures.append(report) }
                if failures.isEmpty || request.reports[0].isCompletion { accepted += tasks }
                let items = tasks.map { ReportAnswer.Item(task: $0, verdict: .accepted) }
                agent.send(.reported(call: call, ReportAnswer(reports: items, leases: [])))
            }
        }
        #expect(accepted.sorted() == ["t2", "t3", "t4", "t6", "t7", "t8"])
        #expect(
            failures == [
                .fail(
                    .init(
                        task: "t5", epoch: 1, token: "s-t5", kind: .permanent, code: "TOO_LARGE",
                        message: "the result was refused: the body is larger than 16 MiB"))
            ])
        #expect(agent.machine.attempts.isEmpty)
        #expect(calls < 16)
    }

    @Test func `a call takes no more reports than the gateway does, and no more bytes than it may`() {
        let many = ProtocolLimits.reportsPerCall + 3
        var outbox = Outbox()
        for number in 0..<many { outbox.put(report("t\(number)"), of: AttemptID(task: "t\(number)", epoch: 1)) }
        #expect(outbox.nextCall()?.reports.count == ProtocolLimits.reportsPerCall)
        #expect(outbox.nextCall()?.reports.count == 3)

        outbox = Outbox()
        let long = JSON.string(String(repeating: "x", count: Outbox.mostBytes / 3))
        for number in 0..<5 { outbox.put(report("t\(number)", long), of: AttemptID(task: "t\(number)", epoch: 1)) }
        #expect(outbox.nextCall()?.reports.count == 2)
        #expect(outbox.nextCall()?.reports.count == 2)
        #expect(outbox.nextCall() == nil)

        outbox = Outbox()
        let longest = JSON.string(String(repeating: "x", count: Outbox.mostBytes + 1))
        outbox.put(report("t0", longest), of: AttemptID(task: "t0", epoch: 1))
        outbox.put(report("t1"), of: AttemptID(task: "t1", epoch: 1))
        #expect(outbox.nextCall()?.reports == [report("t0", longest)])
        #expect(outbox.nextCall()?.reports == [report("t1")])
    }

    private func report(_ task: String, _ result: JSON = true) -> Report {
        .complete(.init(task: task, epoch: 1, token: "s", result: result))
    }

    @Test func `the answer to a call that is not out changes nothing`() {
        var agent = busy(slots: 3)
        agent.completed(grant("t0"), slot: 0)
        guard let call = agent.call(of: grant("t0")) else {
            Issue.record("no call with t0")
            return
        }
        let answer = ReportAnswer(reports: [.init(task: "t0", verdict: .accepted)], leases: [grant("u0")])
        #expect(agent.send(.reported(call: call, answer)).runs == ["u0"])
        agent.completed(grant("t1"), slot: 1)
        #expect(agent.send(.reported(call: call, answer)) == [])
        #expect(agent.send(.reportFailed(call: call, down)) == [])
    }

    @Test func `a large result is sent ahead, and what is done meanwhile does not wait for it`() throws {
        var agent = busy(slots: 3)
        let large = agent.send(
            .attemptEnded(grant("t0").id, slot: 0, .completedLarge([1, 2]), reusable: true, ran: .seconds(1)))
        let item = CompleteRequest.Item(task: "t0", epoch: 1, token: "s-t0")
        let upload = Outbox.Upload(id: grant("t0").id, item: item, result: [1, 2])
        #expect(large.contains(.upload(upload)))
        #expect(large.calls == [])
        #expect(agent.completed(grant("t1"), slot: 1).batches == [["t1"]])

        let failed = agent.send(.uploadFailed(grant("t0").id, down))
        #expect(try #require(failed.delay(of: .report(grant("t0").id))) > .zero)
        #expect(agent.send(.timer(.report(grant("t0").id))) == [.upload(upload)])
        let reference = ResultReference(uri: "/r", sha256: "ab", bytes: 2)
        let uploaded = agent.send(.uploaded(grant("t0").id, reference))
        #expect(uploaded.batches == [["t0"]])
        #expect(uploaded.reports == [.complete(.init(task: "t0", epoch: 1, token: "s-t0", resultRef: reference))])
    }

    @Test func `a large result that the gateway will never take fails the task`() {
        var agent = busy(slots: 1)
        agent.send(.attemptEnded(grant("t0").id, slot: 0, .completedLarge([1, 2]), reusable: true, ran: .seconds(1)))
        let refused = agent.send(.uploadFailed(grant("t0").id, tooLarge))
        #expect(refused.reports.map(\.isCompletion) == [false])
        #expect(refused.batches == [["t0"]])
    }

    @Test func `asked to end, it sends what rests before it calls its poll back, and leaves when all was heard`() throws
    {
        var agent = busy(slots: 4)
        for slot in 0..<4 { agent.completed(grant("t\(slot)"), slot: slot) }
        agent.failed(grant("t0"), down)
        agent.failed(grant("t1"), down)
        let asked = agent.send(.terminate)
        #expect(asked.batches == [names(0..<4)])
        #expect(asked.next == nil)
        let report = try #require(asked.firstIndex { if case .report = $0 { true } else { false } })
        let recall = try #require(asked.firstIndex { if case .lease = $0 { true } else { false } })
        #expect(report < recall)
        agent.send(.leased(request: 3, nil, waited: .zero))
        agent.send(.leaseFailed(request: 2, CallFailure(.superseded, message: "ended")))
        #expect(agent.accepted(grant("t0")).last == .finish)
    }

    @Test func `an agent that ends registers anew where it has something to report`() {
        var agent = busy(slots: 1)
        agent.completed(grant("t0"), slot: 0)
        agent.send(.terminate)
        #expect(agent.failed(grant("t0"), CallFailure(.agentUnknown, message: "who?")).contains(.register))
        #expect(agent.send(.registrationFailed(down)).delay(of: .register) != nil)
        #expect(agent.send(.timer(.register)).contains(.register))
        agent.send(.timer(.reports))
        let registered = agent.send(.registered(RegisterAnswer(agent: "a2", leaseMs: 15_000, heartbeatMs: 5000)))
        #expect(registered.calls.map(\.agent) == ["a2"])
        #expect(registered.next == nil)
        #expect(agent.accepted(grant("t0")).last == .finish)
    }
}
