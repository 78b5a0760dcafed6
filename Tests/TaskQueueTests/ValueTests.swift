import TaskQueue
import Testing

@Suite struct RetryPolicyTests {
    @Test("Backoff doubles up to its bound and keeps at least half")
    func backoff() {
        let policy = RetryPolicy(limit: 10, backoffSeconds: 2, maxBackoffSeconds: 60)
        #expect(
            (1...7).map { policy.backoffMilliseconds(after: $0, random: 1) } == [
                2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000,
            ])
        #expect(policy.backoffMilliseconds(after: 3, random: 0) == 4000)
        #expect(policy.backoffMilliseconds(after: 1_000_000, random: 0.5) == 45_000)
    }

    @Test("No backoff is asked for by zero, and nonsense waits for nothing or at most a day")
    func oddBackoffs() {
        #expect(RetryPolicy(backoffSeconds: 0).backoffMilliseconds(after: 1, random: 1) == 0)
        #expect(RetryPolicy(backoffSeconds: -1).backoffMilliseconds(after: 1, random: 1) == 0)
        let endless = RetryPolicy(backoffSeconds: .infinity, maxBackoffSeconds: .infinity)
        #expect(endless.backoffMilliseconds(after: 2, random: 1) == 86_400_000)
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
