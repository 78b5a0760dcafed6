import KubernetesModel
import Synchronization
import TestSupport
import Testing

@testable import ControllerRuntime

@Suite("Wakes by changes")
struct WakeRateTests {
    @Test("a few changes wake their key at once, more wait for the interval, and the last one is seen")
    func coalesces() async throws {
        let key = ObjectKey(namespace: "n", name: "owner")
        let server = FaultyServer(seed: 1)
        let informer = Informer(name: "configmaps", listWatches: ["": server], time: TimeSource(RushedClock()))
        let clock = ManualClock()
        let calls = Tally()
        let seen = Mutex("")
        let controller = Controller(
            name: "test",
            reconciler: ReconcileFunction { _ in
                let value = informer.store.get(ObjectKey(namespace: "n", name: "a"))?.data?["value"]
                seen.withLock { $0 = value ?? "" }
                calls.add()
                return .done
            },
            configuration: .init(concurrency: 1, wakeRate: WakeRate(burst: 2, interval: .seconds(1))),
            time: TimeSource(clock))
        controller.watches(informer) { _ in [key] }
        let informing = Task { try await informer.run() }
        let run = Task { await controller.run() }
        defer { informing.cancel() }
        for change in 1...2 {
            server.put("a", "\(change)")
            await calls.reaches(change)
        }
        for change in 3...40 { server.put("a", "\(change)") }
        await server.untilDelivered()
        await clock.sleeper(until: .seconds(1))
        #expect(calls.count == 2)
        clock.advance(by: .seconds(1))
        await calls.reaches(3)
        #expect(seen.withLock { $0 } == "40")
        run.cancel()
        await run.value
        #expect(calls.count == 3)
    }

    @Test("what is asked for otherwise waits for nothing, and makes no change wait for more than an interval")
    func immediate() {
        var limiter = WakeLimiter<String>(WakeRate(burst: 4, interval: .milliseconds(250)))
        for _ in 0..<100 { limiter.began("busy", now: .seconds(1)) }
        #expect(limiter.delay("busy", now: .seconds(1)) == .milliseconds(250))
        #expect(limiter.delay("other", now: .seconds(1)) == .zero)
        #expect(limiter.delay("busy", now: .milliseconds(1250)) == .zero)
    }

    @Test("changes alone never make a hot loop: as many reconciles in any second as the burst and the steps")
    func rate() {
        var limiter = WakeLimiter<String>(WakeRate(burst: 4, interval: .milliseconds(250)))
        var begun: [Duration] = []
        for millisecond in 0..<5_000 {
            let now = Duration.milliseconds(millisecond)
            guard limiter.delay("key", now: now) == .zero else { continue }
            limiter.began("key", now: now)
            begun.append(now)
        }
        let most = begun.map { start in begun.count { $0 >= start && $0 < start + .seconds(1) } }.max() ?? 0
        #expect(most == 7)
        #expect(most < HotLoopDetector<String>.reconcilesPerSecond)
    }

    @Test("keys that have been left alone are forgotten")
    func forgets() {
        var limiter = WakeLimiter<Int>(WakeRate(burst: 4, interval: .milliseconds(250)))
        for key in 0..<20_000 { limiter.began(key, now: .milliseconds(key)) }
        #expect(limiter.keyCount <= 1024)
    }
}
