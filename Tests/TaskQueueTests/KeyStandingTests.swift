import TaskQueue
import Testing

@Suite struct TokenBucketTests {
    let now = StoreTime(milliseconds: 1_700_000_000_000)

    @Test("A bucket gives its burst at once, then a token an interval")
    func burstAndRefill() {
        let limit = RateLimit(perSecond: 4, burst: 3)
        #expect(limit.intervalMicroseconds == 250_000)
        var bucket = TokenBucket()
        for left in [2, 1, 0] {
            bucket.take(limit, at: now)
            #expect(bucket.tokens(limit, at: now) == left)
        }
        #expect(bucket.nextToken(limit, at: now) == now + 250)
        #expect(bucket.tokens(limit, at: now + 249) == 0)
        #expect(bucket.tokens(limit, at: now + 250) == 1)
        #expect(bucket.nextToken(limit, at: now + 250) == now + 500)
        #expect(bucket.tokens(limit, at: now + 10_000) == 3)
        #expect(bucket.nextToken(limit, at: now + 10_000) == nil)
    }

    @Test("Never more tokens in any time than burst and rate allow", arguments: [UInt64](1...20))
    func neverMore(seed: UInt64) {
        var random = Random(state: seed)
        let limit = RateLimit(
            intervalMicroseconds: Int64(random.next(below: 3_000_000)) + 1, burst: random.next(below: 5) + 1)
        var bucket = TokenBucket()
        var taken: [StoreTime] = []
        var time = now
        for _ in 0..<500 {
            time = time + Int64(random.next(below: 700))
            guard bucket.tokens(limit, at: time) > 0 else {
                let next = bucket.nextToken(limit, at: time)
                #expect(next.map { $0 > time && bucket.tokens(limit, at: $0) == 1 } == true)
                continue
            }
            bucket.take(limit, at: time)
            taken.append(time)
        }
        #expect(!taken.isEmpty)
        for (index, start) in taken.enumerated() {
            for (more, end) in taken[index...].enumerated() {
                let most = Int64(limit.burst) + (end - start) * 1000 / limit.intervalMicroseconds
                #expect(Int64(more + 1) <= most)
            }
        }
    }

    @Test("A bucket under a smaller limit is empty at most")
    func changedLimit() {
        let generous = RateLimit(perSecond: 0.01, burst: 100)
        var bucket = TokenBucket()
        for _ in 0..<100 { bucket.take(generous, at: now) }
        let small = RateLimit(perSecond: 1, burst: 2)
        let changed = bucket.under(small, at: now)
        #expect(changed.tokens(small, at: now) == 0)
        #expect(changed.tokens(small, at: now + 2000) == 2)
        #expect(bucket.under(nil, at: now) == TokenBucket())
    }

    @Test("Odd rates are brought within bounds")
    func oddRates() {
        #expect(RateLimit(perSecond: 3, burst: 1).intervalMicroseconds == 333_334)
        #expect(RateLimit(perSecond: .infinity, burst: 0) == RateLimit(intervalMicroseconds: 1, burst: 1))
        #expect(RateLimit(perSecond: 0, burst: 1).intervalMicroseconds == RateLimit.intervals.upperBound)
        #expect(RateLimit(perSecond: .nan, burst: 1).intervalMicroseconds == RateLimit.intervals.upperBound)
        let widest = RateLimit(intervalMicroseconds: .max, burst: .max)
        var bucket = TokenBucket()
        bucket.take(widest, at: now)
        #expect(bucket.tokens(widest, at: now) == RateLimit.bursts.upperBound - 1)
        #expect(bucket.under(widest, at: now).fullAt > 0)
    }
}

@Suite struct KeyStandingTests {
    let now = Samples.now

    private func record(_ state: TaskState, swarm: String = "s", holds: HoldReasons = []) -> TaskRecord {
        var record = Samples.record(.ready)
        record.concurrencyKey = "key"
        record.swarm = swarm
        record.state = state
        record.holds = holds
        return record
    }

    private func take(_ standing: inout KeyStanding, _ before: TaskRecord?, _ after: TaskRecord) -> TaskTransition {
        standing.take(before, TaskTransition(after, .changed, changes: [.ready]), at: now)
    }

    @Test("What is over the limit is held, and moves up when a lease ends")
    func mutex() {
        var standing = KeyStanding()
        #expect(take(&standing, nil, record(.ready)).record.state == .ready)
        let second = take(&standing, nil, record(.ready))
        #expect(second.record.state == .held && second.record.holds == .concurrency && second.changes == [.waiting])
        #expect(take(&standing, record(.ready), record(.leased)).record.state == .leased)
        #expect(standing.nextMove(at: now) == nil)
        #expect(take(&standing, record(.leased), record(.succeeded)).record.state == .succeeded)
        #expect(standing.nextMove(at: now) == KeyStanding.Move(swarm: "s", hold: nil))
        standing.note(second.record, record(.ready))
        #expect(standing.nextMove(at: now) == nil)
        #expect(standing.places == ["s": KeyStanding.Places(ready: 1)])
    }

    @Test("Who comes back stands behind those that are held")
    func comesBack() {
        var standing = KeyStanding(places: ["s": .init(held: 2, leased: 1)])
        let returned = take(&standing, record(.leased), record(.ready))
        #expect(returned.record.state == .held)
        #expect(standing.places["s"] == .init(held: 3))
        #expect(standing.nextMove(at: now) == KeyStanding.Move(swarm: "s", hold: nil))
    }

    @Test("A lease in one swarm holds what was ready in the other")
    func twoSwarms() {
        var standing = KeyStanding(places: ["a": .init(ready: 1), "b": .init(ready: 1)])
        _ = take(&standing, record(.ready, swarm: "a"), record(.leased, swarm: "a"))
        #expect(standing.nextMove(at: now) == KeyStanding.Move(swarm: "b", hold: .concurrency))
    }

    @Test("A suspended task is nothing to its key")
    func suspended() {
        var standing = KeyStanding(places: ["s": .init(held: 1)])
        _ = take(&standing, record(.held, holds: .concurrency), record(.held, holds: .suspended))
        #expect(standing.places.isEmpty)
        #expect(standing.isIdle(at: now))
    }

    @Test("Without tokens the reaper comes back for the next one, and only then")
    func dueForTokens() {
        let rate = RateLimit(perSecond: 1, burst: 1)
        var standing = KeyStanding(
            limit: KeyLimit(maxConcurrent: 2, rate: rate), places: ["s": .init(ready: 1, held: 1)])
        _ = take(&standing, record(.ready), record(.leased))
        #expect(standing.reason(at: now) == .rate)
        #expect(standing.due(at: now) == now + 1000)
        standing.places["s"]?.leased = 2
        #expect(standing.reason(at: now) == .concurrency)
        #expect(standing.due(at: now) == nil)
        #expect(standing.due(at: now + 1000) == nil)
    }

    @Test("A limit that is raised by far leaves the rest to the reaper")
    func raisedByFar() {
        var standing = KeyStanding(places: ["s": .init(held: 1000)])
        standing.set(KeyLimit(), at: now)
        #expect(standing.due(at: now) == now)
    }
}

@Suite struct FairOrderTests {
    let now = StoreTime(milliseconds: 1_000_000)

    @Test("A place is what a lane has waited, with 30 s for a level of priority")
    func place() {
        #expect(FairOrder.place(readyAt: now, priority: 0, turn: 0) == 1_000_000_000)
        #expect(FairOrder.place(readyAt: now, priority: 2, turn: 0) == 940_000_000)
        #expect(FairOrder.place(readyAt: now, priority: 0, turn: 1_500_000_000) == 1_500_000_000)
    }

    @Test("Turns rise within a moment and lie after what is ready in it")
    func turns() {
        let first = FairOrder.turn(after: 0, at: now)
        let second = FairOrder.turn(after: first, at: now)
        #expect(first > now.microseconds && second > first && second < (now + 1).microseconds)
        #expect(FairOrder.turn(after: second, at: now + 1) > second)
        #expect(!FairOrder.isForgettable(turn: second, at: now) && FairOrder.isForgettable(turn: second, at: now + 1))
    }
}

/// SplitMix64.
private struct Random {
    var state: UInt64

    mutating func next(below bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((bits ^ (bits >> 31)) % UInt64(bound))
    }
}
