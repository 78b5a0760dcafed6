import TaskQueue
import Testing

@testable import TaskStorePostgres

@Suite struct ServerClockTests {
    private func time(_ milliseconds: Int64) -> StoreTime { StoreTime(milliseconds: milliseconds) }

    @Test("Between samples time goes on by itself")
    func goesOn() {
        let clock = ServerClock()
        clock.sample(time(1_000_000), at: .now - .seconds(5))
        #expect(clock.now() >= time(1_005_000))
        #expect(clock.now() < time(1_065_000))
    }

    @Test("A sample a little behind stops time until that is made up, and never turns it back")
    func stands() {
        let clock = ServerClock()
        clock.sample(time(1_000_000), at: .now)
        let before = clock.now()
        clock.sample(time(999_500), at: .now)
        #expect(clock.now() >= before)
        clock.sample(time(1_500_000), at: .now)
        #expect(clock.now() >= time(1_500_000), "one ahead is taken over at once")
    }

    @Test("A server's clock that was put back is read from then on with what it was put back by")
    func survivesASetBackClock() {
        let clock = ServerClock()
        clock.sample(time(10_000_000), at: .now)
        let before = clock.now()
        clock.sample(time(6_400_000), at: .now)
        #expect(clock.now() >= before)
        clock.sample(time(6_460_000), at: .now)
        #expect(clock.now() - before >= 59_000, "a minute later it is a minute later")
        #expect(clock.now() - before < 120_000)
    }

    @Test("Time is not before what the database has lived by")
    func reachesTheDatabase() {
        let keeper = StoreTimekeeper(FixedClock(time: time(5000)))
        keeper.reach(time(4000))
        #expect(keeper.now() == time(5000))
        keeper.reach(time(9000))
        #expect(keeper.now() == time(9000))
    }

    private struct FixedClock: StoreClock {
        var time: StoreTime
        func now() -> StoreTime { time }
    }
}
