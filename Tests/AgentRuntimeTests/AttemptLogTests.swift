import Testing

@testable import AgentRuntime

@Suite("The log of attempts")
struct AttemptLogTests {
    private let start = ContinuousClock.now

    @Test func `it tells of every attempt, but where there are very many in a second`() {
        var log = AttemptLog()
        for number in 0..<AttemptLog.mostLines {
            let (isAdmitted, skipped) = log.admit(now: start + .milliseconds(number))
            #expect(isAdmitted && skipped == 0)
        }
        for _ in 0..<7 { #expect(log.admit(now: start + .milliseconds(999)).isAdmitted == false) }
        let next = log.admit(now: start + .seconds(1))
        #expect(next.isAdmitted && next.skipped == 7)
        #expect(log.admit(now: start + .seconds(1)).skipped == 0)
    }
}
