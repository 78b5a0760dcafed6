import ControllerRuntime
import Testing

@Suite("The work queue's logic")
struct WorkQueueStateTests {
    /// The state behind a reference, so that expectations can call what changes it.
    private final class Queue {
        private var state: WorkQueueState<String>
        init(configuration: WorkQueueState<String>.Configuration = .init()) {
            state = WorkQueueState(configuration: configuration)
        }
        var count: Int { state.count }
        var workingCount: Int { state.workingCount }
        var isIdle: Bool { state.isIdle }
        @discardableResult
        func add(_ key: String, after delay: Duration = .zero, priority: Int = 0, now: Duration) -> Bool {
            state.add(key, after: delay, priority: priority, now: now)
        }
        @discardableResult
        func addRateLimited(_ key: String, now: Duration) -> Duration { state.addRateLimited(key, now: now) }
        func forget(_ key: String) { state.forget(key) }
        func failureCount(_ key: String) -> Int { state.failureCount(key) }
        @discardableResult
        func next(now: Duration) -> String? { state.next(now: now)?.key }
        func done(_ key: String, now: Duration) { state.done(key, now: now) }
        func nextDelayedUntil(now: Duration) -> Duration? { state.nextDelayedUntil(now: now) }
    }

    private let second = Duration.seconds(1)

    @Test("a key added twice is handed out once")
    func deduplicates() {
        let queue = Queue()
        #expect(queue.add("a", now: .zero))
        #expect(!queue.add("a", now: .zero))
        #expect(queue.next(now: .zero) == "a")
        #expect(queue.next(now: .zero) == nil)
    }

    @Test("keys come out in the order in which they became ready")
    func order() {
        let queue = Queue()
        queue.add("late", after: .seconds(3), now: .zero)
        queue.add("early", after: .seconds(2), now: .zero)
        queue.add("now", now: .zero)
        let at = Duration.seconds(5)
        #expect([queue.next(now: at), queue.next(now: at), queue.next(now: at)] == ["now", "early", "late"])
    }

    @Test("a key is not handed out while it is worked on; what was added meanwhile comes afterwards, once")
    func oneWorkerPerKey() {
        let queue = Queue()
        queue.add("a", now: .zero)
        queue.next(now: .zero)
        queue.add("a", now: .zero)
        queue.add("a", now: .zero)
        #expect(queue.next(now: .zero) == nil)
        queue.done("a", now: second)
        #expect(queue.next(now: second) == "a")
        queue.done("a", now: second)
        #expect(queue.next(now: second) == nil)
        #expect(queue.isIdle)
    }

    @Test("of two times the earlier counts, also for a key being worked on")
    func earlierCounts() {
        let queue = Queue()
        queue.add("a", after: .seconds(60), now: .zero)
        queue.add("a", after: .seconds(1), now: .zero)
        queue.add("a", after: .seconds(30), now: .zero)
        #expect(queue.next(now: .milliseconds(999)) == nil)
        #expect(queue.nextDelayedUntil(now: .zero) == second)
        #expect(queue.next(now: second) == "a")
        queue.add("a", after: .seconds(60), now: second)
        queue.add("a", now: second)
        queue.done("a", now: second)
        #expect(queue.next(now: second) == "a")
        queue.done("a", now: second)
        #expect(queue.nextDelayedUntil(now: second) == nil)
    }

    @Test("each key's pauses double on their own, up to the limit, and begin anew once forgotten")
    func rateLimit() {
        let queue = Queue(configuration: .init(backoff: Backoff(base: .milliseconds(5), limit: .seconds(1), jitter: 0)))
        var pauses: [Duration] = []
        for _ in 0..<10 {
            pauses.append(queue.addRateLimited("a", now: .zero))
            queue.next(now: .seconds(100))
            queue.done("a", now: .zero)
        }
        #expect(pauses.prefix(4) == [.milliseconds(5), .milliseconds(10), .milliseconds(20), .milliseconds(40)])
        #expect(pauses.last == .seconds(1))
        #expect(queue.addRateLimited("b", now: .zero) == .milliseconds(5))
        queue.forget("a")
        #expect(queue.failureCount("a") == 0)
        #expect(queue.addRateLimited("a", now: .zero) == .milliseconds(5))
    }

    @Test("a higher priority goes first, but what has waited its head start goes before it")
    func ageing() {
        let queue = Queue()
        queue.add("low", priority: -1, now: .zero)
        queue.add("high", now: .seconds(10))
        #expect(queue.next(now: .seconds(10)) == "high")
        queue.add("low waited", priority: -1, now: .seconds(10))
        queue.add("newer", now: .seconds(31))
        #expect(queue.next(now: .seconds(31)) == "low")
        #expect(queue.next(now: .seconds(31)) == "newer")
        #expect(queue.next(now: .seconds(31)) == "low waited")
    }

    @Test("agrees with a plain model on random operations", arguments: 0..<20)
    func agreesWithModel(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        let queue = Queue()
        var waiting: [String: Duration] = [:]
        var again: [String: Duration] = [:]
        var working: Set<String> = []
        var now = Duration.zero
        for _ in 0..<2000 {
            let key = "k\(Int.random(in: 0..<8, using: &generator))"
            switch Int.random(in: 0..<4, using: &generator) {
            case 0:
                let delay = Duration.milliseconds(Int.random(in: 0..<50, using: &generator))
                queue.add(key, after: delay, now: now)
                if working.contains(key) {
                    again[key] = min(again[key] ?? now + delay, now + delay)
                } else {
                    waiting[key] = min(waiting[key] ?? now + delay, now + delay)
                }
            case 1:
                let ready = waiting.filter { $0.value <= now }
                if let next = queue.next(now: now) {
                    #expect(ready[next] == ready.values.min(), "seed \(seed)")
                    waiting[next] = nil
                    working.insert(next)
                } else {
                    #expect(ready.isEmpty, "seed \(seed)")
                }
            case 2:
                queue.done(key, now: now)
                if working.remove(key) != nil, let item = again.removeValue(forKey: key) { waiting[key] = item }
            default:
                now += .milliseconds(Int.random(in: 0..<10, using: &generator))
            }
            #expect(queue.count == waiting.count + again.count, "seed \(seed)")
            #expect(queue.workingCount == working.count, "seed \(seed)")
        }
    }
}

@Suite("The work queue", .timeLimit(.minutes(1)))
struct WorkQueueTests {
    @Test("hands a delayed key to a waiting worker when its time comes")
    func delayed() async {
        let clock = ManualClock()
        let queue = WorkQueue<String>(name: "test", time: TimeSource(clock))
        let run = Task { await queue.run() }
        queue.add("a", after: .seconds(10))
        await clock.sleeper(until: .seconds(10))
        // An earlier time wakes the timer.
        queue.add("b", after: .seconds(4))
        await clock.sleeper(until: .seconds(4))
        async let first = queue.next()
        clock.advance(by: .seconds(4))
        #expect(await first == "b")
        await clock.sleeper(until: .seconds(10))
        async let second = queue.next()
        clock.advance(by: .seconds(6))
        #expect(await second == "a")
        run.cancel()
        await run.value
    }

    @Test("hands out a key that falls due between two looks at the time", arguments: -4...16)
    func dueInBetween(gap: Int) async {
        let step = Duration.milliseconds(1)
        let queue = WorkQueue<String>(name: "test", time: TimeSource(RushedClock(step: step)))
        let run = Task { await queue.run() }
        async let one = queue.next()
        async let other = queue.next()
        queue.add("a", after: .seconds(1))
        // The timer goes by one; the other is due some looks at the time later.
        queue.add("b", after: .seconds(1) + step * gap)
        #expect(await Set([one, other]) == ["a", "b"])
        run.cancel()
        await run.value
    }

    @Test("a worker that waits gets nothing once the queue is shut down or its task cancelled")
    func ends() async {
        let queue = WorkQueue<String>(name: "test")
        let cancelled = Task { await queue.next() }
        cancelled.cancel()
        #expect(await cancelled.value == nil)
        let waiting = Task { await queue.next() }
        queue.shutDown()
        #expect(await waiting.value == nil)
        queue.add("a")
        #expect(await queue.next() == nil)
    }
}
