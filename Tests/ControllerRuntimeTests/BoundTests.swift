import KubernetesModel
import TestSupport
import Testing

@testable import ControllerRuntime

@Suite("Bounds of what the runtime keeps")
struct BoundTests {
    private func key(_ name: String) -> ObjectKey { ObjectKey(namespace: "n", name: name) }

    @Test func `a key that waits for a far time and is worked on meanwhile leaves nothing behind`() {
        var queue = WorkQueueState<String>()
        for round in 0..<10_000 {
            let now = Duration.milliseconds(round)
            queue.add("a", now: now)
            #expect(queue.next(now: now)?.key == "a")
            queue.add("a", after: .seconds(3600), now: now)
            queue.done("a", now: now)
        }
        #expect(queue.count == 1)
        #expect(queue.entryCount < 100)
    }

    @Test func `keys that are written for and never reconciled again are forgotten by the barrier`() {
        let clock = ManualClock()
        let barrier = WriteBarrier<ConfigMap>(patience: .seconds(30), time: TimeSource(clock))
        let written = ConfigMap(metadata: ObjectMeta(name: "a", namespace: "n", uid: "u", resourceVersion: "1"))
        for round in 0..<100 {
            for index in 0..<100 { barrier.wrote(written, for: key("\(round)-\(index)")) }
            clock.advance(by: .seconds(1))
        }
        // Those of the last 30 s, and as many again until it looks.
        #expect(barrier.keyCount <= 6_200)
    }

    @Test func `the detector of hot loops counts a bounded number of keys`() {
        var detector = HotLoopDetector<Int>()
        for index in 0..<50_000 { _ = detector.count(index, now: .zero) }
        #expect(detector.keyCount == HotLoopDetector<Int>.countedKeys)
    }

    @Test func `series that are due are dropped where the queue of events is full`() async {
        struct BlockedSink: EventSink {
            let started: Tally
            func write(_ write: EventAggregator.Write, at: Int64) async throws {
                started.add()
                try await untilCancelled()
            }
        }
        let clock = ManualClock()
        let started = Tally()
        let recorder = EventRecorder(
            sink: BlockedSink(started: started), configuration: .init(capacity: 5000, writeInterval: .seconds(1)),
            time: TimeSource(clock), seed: 1, logger: LogRecorder().logger())
        let run = Task { await recorder.run() }
        func object(_ index: Int) -> ObjectReference { ObjectReference(kind: "Pod", name: "p\(index)") }
        // More repeats than there is room for, and the tick that looks for series.
        for _ in 0..<3 {
            for index in 0..<2000 { recorder.record(reason: "R", note: "n", on: object(index)) }
        }
        await started.reaches(1)
        for tick in 1...3 {
            await clock.sleeper(until: .seconds(5 * tick))
            clock.advance(by: .seconds(5))
        }
        await clock.sleeper(until: .seconds(20))
        #expect(recorder.queuedCount <= EventRecorder.queueLimit)
        run.cancel()
        await run.value
    }
}

@Suite("Reconciles that ignore their cancellation", .timeLimit(.minutes(2)))
struct StuckReconcileTests {
    private func key(_ name: String) -> ObjectKey { ObjectKey(namespace: "n", name: name) }

    private func controller(
        _ clock: ManualClock, _ logs: LogRecorder, _ gate: Gate, _ calls: Tally
    ) -> Controller {
        Controller(
            name: "test",
            reconciler: ReconcileFunction { key in
                if key.name == "hangs" { await gate.pass() }
                calls.add()
                return .done
            },
            configuration: .init(
                concurrency: 2, reconcileDeadline: .seconds(30), stopGrace: .seconds(5), cancelGrace: .seconds(10)),
            time: TimeSource(clock), logger: logs.logger())
    }

    @Test
    func `one that hangs costs its worker and no more, is counted and told, and counts as failed when it returns`()
        async throws
    {
        let clock = ManualClock()
        let logs = LogRecorder()
        let gate = Gate()
        let calls = Tally()
        let controller = controller(clock, logs, gate, calls)
        let run = Task { await controller.run() }
        controller.enqueue(key("hangs"))
        await clock.sleeper(until: .seconds(30))
        clock.advance(by: .seconds(30))
        await clock.sleeper(until: .seconds(40))
        #expect(controller.stuckCount == 0)
        clock.advance(by: .seconds(10))
        // The other worker goes on; the key that hangs is not begun a second time.
        controller.enqueue(key("hangs"))
        for index in 0..<20 { controller.enqueue(key("k\(index)")) }
        await calls.reaches(20)
        try await logs.waitFor("n/hangs: its reconcile was cancelled")
        #expect(controller.stuckCount == 1)

        gate.open()
        await calls.reaches(21)
        try await logs.waitFor("reconciling n/hangs failed, attempt 1")
        #expect(controller.stuckCount == 0)
        #expect(logs.lines.contains { $0.contains("n/hangs") && $0.contains("holds one worker") })
        #expect(logs.lines.contains { $0.contains("returned after all") })
        run.cancel()
        await run.value
    }

    @Test func `a controller that ends leaves one behind that does not end within both graces`() async {
        let clock = ManualClock()
        let logs = LogRecorder()
        let gate = Gate()
        let controller = controller(clock, logs, gate, Tally())
        let run = Task { await controller.run() }
        controller.enqueue(key("hangs"))
        await clock.sleeper(until: .seconds(30))
        run.cancel()
        await clock.sleeper(until: .seconds(5))
        clock.advance(by: .seconds(5))
        await clock.sleeper(until: .seconds(15))
        clock.advance(by: .seconds(10))
        await run.value
        #expect(logs.lines.contains { $0.contains("left behind") })
        gate.open()
    }
}
