import Testing

@testable import LocalAPIServer

@Suite struct CrowdTurnsTests {
    private static let resource = "example.com/widgets"
    private static let all = Set(0..<CrowdTurns.turnsPerRound)
    private static let turnSeconds = CrowdTurns.roundSeconds / Double(CrowdTurns.turnsPerRound)
    /// In the middle of a turn.
    private static let start = 1_700_000_000 + turnSeconds / 2

    /// Takes turns for so long, a half one apart from each other.
    /// - Returns: how often each remainder was woken.
    private func take(_ turns: inout CrowdTurns, from start: Double, seconds: Double) -> [UInt64: Int] {
        var woken: [UInt64: Int] = [:]
        for step in 0..<Int((seconds / Self.turnSeconds * 2).rounded()) {
            let taken = turns.take(at: start + Double(step) * Self.turnSeconds / 2)
            guard !taken.resources.isEmpty else { continue }
            for remainder in taken.remainders { woken[remainder, default: 0] += 1 }
        }
        return woken
    }

    @Test func `Whoever watches is woken once within a round, some at each turn, and then nobody is`() {
        var turns = CrowdTurns()
        #expect(turns.secondsToNext(at: Self.start) == nil)
        _ = turns.take(at: Self.start)
        turns.add(Self.resource, at: Self.start)
        let wait = turns.secondsToNext(at: Self.start)
        #expect(wait.map { $0 > 0 && $0 <= Self.turnSeconds } == true)
        #expect(turns.take(at: Self.start).resources.isEmpty)
        let woken = take(&turns, from: Self.start + Self.turnSeconds, seconds: CrowdTurns.roundSeconds)
        #expect(woken == Dictionary(uniqueKeysWithValues: Self.all.map { ($0, 1) }))
        #expect(turns.secondsToNext(at: Self.start + 2 * CrowdTurns.roundSeconds) == nil)
    }

    @Test func `However often something changes, each is woken once a round`() {
        var turns = CrowdTurns()
        var woken: [UInt64: Int] = [:]
        let rounds = 20
        let steps = rounds * Int(CrowdTurns.turnsPerRound)
        for step in 0..<steps {
            let time = Self.start + Double(step) * Self.turnSeconds
            for _ in 0..<3 { turns.add(Self.resource, at: time) }
            let taken = turns.take(at: time)
            #expect(taken.resources == [Self.resource])
            for remainder in taken.remainders { woken[remainder, default: 0] += 1 }
        }
        // The first call may take a round of turns that have passed before.
        #expect(woken.keys.count == Self.all.count)
        #expect(woken.values.allSatisfy { $0 >= rounds && $0 <= rounds + 1 })
    }

    @Test func `Turns that were missed are taken together`() {
        var turns = CrowdTurns()
        _ = turns.take(at: Self.start)
        turns.add(Self.resource, at: Self.start)
        let late = Self.start + 10 * CrowdTurns.roundSeconds
        #expect(turns.secondsToNext(at: late) == 0)
        let taken = turns.take(at: late)
        #expect(taken.resources == [Self.resource])
        #expect(taken.remainders == Self.all)
        #expect(turns.secondsToNext(at: late) == nil)
    }

    @Test func `A clock that is set back holds nobody up`() {
        var turns = CrowdTurns()
        _ = turns.take(at: Self.start)
        turns.add(Self.resource, at: Self.start)
        let earlier = Self.start - 3600
        #expect(turns.secondsToNext(at: earlier).map { $0 <= Self.turnSeconds } == true)
        let woken = take(&turns, from: earlier, seconds: CrowdTurns.roundSeconds)
        #expect(Set(woken.keys) == Self.all)
        #expect(turns.secondsToNext(at: earlier + 2 * CrowdTurns.roundSeconds) == nil)
    }
}
