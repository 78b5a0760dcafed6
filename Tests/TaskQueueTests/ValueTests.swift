import TaskQueue
import Testing

@Suite struct RetryPolicyTests {
    @Test("Backoff doubles up to its bound and keeps at least half")
    func backoff() {
        let policy = RetryPolicy(limit: 10, backoffSeconds: 2, maxBackoffSeconds: 60)
        #expect(
            (1...7).map { policy.backoffMilliseconds(after: $0, jitter: 1) } == [
                2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000,
            ])
        #expect(policy.backoffMilliseconds(after: 3, jitter: 0) == 4000)
        #expect(policy.backoffMilliseconds(after: 1_000_000, jitter: 0.5) == 45_000)
    }

    @Test("No backoff is asked for by zero, and nonsense waits for nothing or at most a day")
    func oddBackoffs() {
        #expect(RetryPolicy(backoffSeconds: 0).backoffMilliseconds(after: 1, jitter: 1) == 0)
        #expect(RetryPolicy(backoffSeconds: -1).backoffMilliseconds(after: 1, jitter: 1) == 0)
        let endless = RetryPolicy(backoffSeconds: .infinity, maxBackoffSeconds: .infinity)
        #expect(endless.backoffMilliseconds(after: 2, jitter: 1) == 86_400_000)
    }

    @Test("Jitter is the same for the same attempt of a task, and spreads tasks and attempts evenly")
    func jitter() {
        // By the formula, worked out apart.
        #expect(RetryPolicy.jitter(of: "a", after: 1) == 661_095_200.0 / 2_147_483_647.0)
        var generator = SystemRandomNumberGenerator()
        let time = StoreTime(milliseconds: 1_764_000_000_000)
        let jitters = (0..<2_000).map { _ in RetryPolicy.jitter(of: TaskID.make(at: time, using: &generator), after: 1)
        }
        #expect(jitters.allSatisfy { (0..<1).contains($0) })
        // Of 2,000 evenly spread ones each tenth has 200, and more than 100 less or more once in 10^12.
        for tenth in 0..<10 {
            let count = jitters.count { Int($0 * 10) == tenth }
            #expect((100...300).contains(count), "\(count) between \(tenth)/10 and \(tenth + 1)/10")
        }
        let attempts = (1...10).map { RetryPolicy.jitter(of: "0190c2f0-0000-7000-8000-000000000001", after: $0) }
        #expect(Set(attempts).count == 10)
        #expect((attempts.max() ?? 0) - (attempts.min() ?? 0) > 0.3)
    }

    @Test(
        "Which failures are tried again",
        arguments: [
            ([], [], "X", true), (["X"], [], "X", true), (["X"], [], "XY", false), (["X*"], [], "XY", true),
            (["X*"], ["XY"], "XY", false), ([], ["*"], "X", false), (["*"], [], "X", true), (["X"], ["X"], "X", false),
            ([], ["Y"], "X", true),
        ] as [([String], [String], String, Bool)])
    func kinds(retryOn: [String], giveUpOn: [String], code: String, isRetried: Bool) {
        let policy = RetryPolicy(retryOn: FailureCodes(retryOn), giveUpOn: FailureCodes(giveUpOn))
        #expect(policy.retries(code) == isRetried)
    }

    @Test("What is a pattern of codes")
    func patterns() {
        for pattern in ["X", "TIMED_OUT", "HTTP_5*", "*", "a.b-c"] { #expect(FailureCodes.isPattern(pattern)) }
        for pattern in ["", "A B", "A*B", "Ä", "\n", "²", String(repeating: "A", count: 65)] {
            #expect(!FailureCodes.isPattern(pattern), "\(pattern)")
        }
        #expect(FailureCodes(text: FailureCodes(["A", "B*"]).text) == ["A", "B*"])
        #expect(FailureCodes(text: nil) == [] && FailureCodes([]).text == nil)
    }

    @Test("The limit counts attempts after the first", arguments: [(-1, 1), (0, 1), (3, 4), (19, 20), (500, 20)])
    func attempts(limit: Int, attempts: Int) {
        #expect(RetryPolicy(limit: limit).attempts == attempts)
    }
}

@Suite struct TaskIDTests {
    @Test("A new identifier is a UUID of version 7 that sorts by time")
    func versionSeven() {
        var generator = SystemRandomNumberGenerator()
        let time = StoreTime(milliseconds: 0x0190_1234_5678)
        let id = TaskID.make(at: time, using: &generator)
        let parts = id.text.split(separator: "-")
        #expect(parts.map(\.count) == [8, 4, 4, 4, 12])
        #expect(parts[0] == "01901234" && parts[1] == "5678")
        #expect(parts[2].first == "7" && ["8", "9", "a", "b"].contains(parts[3].first))
        #expect(TaskID.make(at: time + 1, using: &generator) > id)
        #expect(Set((0..<1000).map { _ in TaskID.make(at: time, using: &generator) }).count == 1000)
    }
}

@Suite struct LeaseTokenTests {
    @Test("A token is read back from its digits")
    func roundTrip() {
        let token = LeaseToken(high: 0x0123, low: .max)
        #expect(token.hexadecimal == "0000000000000123ffffffffffffffff")
        #expect(LeaseToken(hexadecimal: token.hexadecimal) == token)
    }

    @Test(
        "What is no token is refused",
        arguments: ["", "12", "0000000000000123fffffffffffffffg", "+000000000000123ffffffffffffffff", "é"])
    func refused(text: String) {
        #expect(LeaseToken(hexadecimal: text) == nil)
    }

    @Test("A token does not tell itself to a log")
    func secret() {
        #expect("\(LeaseToken(high: 0xabc, low: 0xdef))" == "LeaseToken(…)")
    }
}

@Suite struct AgentRecordTests {
    @Test(
        "A lease request is new, repeated or stale by its number",
        arguments: zip([4, 5, 6] as [Int64], [.stale, .repeated, .new] as [AgentRecord.RequestOrder]))
    func order(request: Int64, order: AgentRecord.RequestOrder) {
        let agent = AgentRecord(
            id: "a",
            registration: AgentRegistration(
                namespace: "ns", swarm: "s", name: "a", instance: "i", slots: 1, version: "1", capabilities: [],
                serviceAccount: "sa"),
            registered: Samples.now, lastSeen: Samples.now, lastRequest: 5, isDraining: false, isGone: false)
        #expect(agent.order(of: request) == order)
    }
}
