import ControllerRuntime
import KubernetesModel
import Synchronization
import TestSupport
import Testing

private func key(_ name: String) -> ObjectKey { ObjectKey(namespace: "n", name: name) }

@Suite("Controllers")
struct ControllerTests {
    struct Failure: Error {}

    @Test("a key that fails is tried again with growing pauses, and others go on")
    func retries() async {
        let clock = ManualClock()
        let bad = Tally()
        let good = Tally()
        let controller = Controller(
            name: "test",
            reconciler: ReconcileFunction { key in
                if key.name == "bad" {
                    bad.add()
                    if bad.count < 3 { throw Failure() }
                    return .done
                }
                good.add()
                return .done
            },
            configuration: .init(
                concurrency: 1, queue: .init(backoff: Backoff(base: .seconds(1), limit: .seconds(60), jitter: 0))),
            time: TimeSource(clock))
        let run = Task { await controller.run() }
        controller.enqueue(key("bad"))
        await bad.reaches(1)
        await clock.sleeper(until: .seconds(1))
        controller.enqueue(key("good"))
        await good.reaches(1)
        #expect(bad.count == 1)
        clock.advance(by: .seconds(1))
        await bad.reaches(2)
        await clock.sleeper(until: .seconds(3))
        clock.advance(by: .seconds(2))
        await bad.reaches(3)
        run.cancel()
        await run.value
        #expect(controller.queue.failureCount(key("bad")) == 0)
        #expect(controller.queue.isIdle)
    }

    @Test("requeue(after:) comes back at its time, terminal does not")
    func results() async {
        let clock = ManualClock()
        let calls = Tally()
        let controller = Controller(
            name: "test",
            reconciler: ReconcileFunction { key in
                calls.add()
                return key.name == "again" ? .requeue(after: .seconds(7)) : .terminal(reason: "wrong")
            }, configuration: .init(concurrency: 1), time: TimeSource(clock))
        let run = Task { await controller.run() }
        controller.enqueue(key("terminal"))
        await calls.reaches(1)
        controller.enqueue(key("again"))
        await calls.reaches(2)
        await clock.sleeper(until: .seconds(7))
        clock.advance(by: .seconds(7))
        await calls.reaches(3)
        await clock.sleeper(until: .seconds(14))
        run.cancel()
        await run.value
        #expect(calls.count == 3)
        #expect(controller.queue.count == 1)
    }

    @Test("never two workers on one key, never more workers than allowed")
    func bounded() async {
        struct State {
            var active: [ObjectKey: Int] = [:]
            var worst = 0
            var overlaps = 0
        }
        let state = Mutex(State())
        let calls = Tally()
        let controller = Controller(
            name: "test",
            reconciler: ReconcileFunction { key in
                state.withLock { state in
                    state.active[key, default: 0] += 1
                    if state.active[key, default: 0] > 1 { state.overlaps += 1 }
                    state.worst = max(state.worst, state.active.values.reduce(0, +))
                }
                for _ in 0..<20 { await Task.yield() }
                state.withLock { $0.active[key, default: 0] -= 1 }
                calls.add()
                return .done
            }, concurrency: 3)
        let run = Task { await controller.run() }
        for round in 0..<50 {
            for name in 0..<8 { controller.enqueue(key("k\(name)")) }
            await calls.reaches(min(round, 8))
        }
        await calls.reaches(8)
        run.cancel()
        await run.value
        #expect(state.withLock { $0.overlaps } == 0)
        #expect(state.withLock { $0.worst } <= 3)
    }

    @Test("a reconcile beyond its deadline is cancelled and counts as failed")
    func deadline() async {
        let clock = ManualClock()
        let cancelled = Tally()
        let controller = Controller(
            name: "test",
            reconciler: ReconcileFunction { _ in
                do { try await untilCancelled() } catch { cancelled.add() }
                return .done
            },
            configuration: .init(
                concurrency: 1, reconcileDeadline: .seconds(30),
                queue: .init(backoff: Backoff(base: .seconds(1), limit: .seconds(1), jitter: 0))),
            time: TimeSource(clock))
        let run = Task { await controller.run() }
        controller.enqueue(key("slow"))
        await clock.sleeper(until: .seconds(30))
        clock.advance(by: .seconds(30))
        await cancelled.reaches(1)
        await clock.sleeper(until: .seconds(31))
        #expect(controller.queue.failureCount(key("slow")) == 1)
        run.cancel()
        await run.value
    }

    @Test("what is in flight when the controller is cancelled finishes; nothing new begins")
    func finishesInFlight() async {
        let started = Tally()
        let gate = Signal()
        let finished = Tally()
        let controller = Controller(
            name: "test",
            reconciler: ReconcileFunction { _ in
                started.add()
                await gate.wait()
                if !Task.isCancelled { finished.add() }
                return .done
            }, configuration: .init(concurrency: 1, stopGrace: .seconds(3600)))
        let run = Task { await controller.run() }
        controller.enqueue(key("a"))
        await started.reaches(1)
        controller.enqueue(key("b"))
        run.cancel()
        gate.raise()
        await run.value
        #expect(finished.count == 1)
        #expect(started.count == 1)
    }

    @Test("what does not finish within the grace is cancelled")
    func graceEnds() async {
        let clock = ManualClock()
        let started = Tally()
        let cancelled = Tally()
        let controller = Controller(
            name: "test",
            reconciler: ReconcileFunction { _ in
                started.add()
                do { try await untilCancelled() } catch { cancelled.add() }
                return .done
            }, configuration: .init(concurrency: 1, stopGrace: .seconds(5)), time: TimeSource(clock))
        let run = Task { await controller.run() }
        controller.enqueue(key("a"))
        await started.reaches(1)
        run.cancel()
        await clock.sleeper(until: .seconds(5))
        #expect(cancelled.count == 0)
        clock.advance(by: .seconds(5))
        await run.value
        #expect(cancelled.count == 1)
    }

    @Test("the generation predicate hides status writes, and shows specs, deletions and additions")
    func generationPredicate() {
        let predicate = Predicate<ConfigMap>.generationChanged
        var old = ConfigMap(metadata: ObjectMeta(name: "a", resourceVersion: "1", generation: 1))
        var new = old
        new.metadata.resourceVersion = "2"
        #expect(!predicate(.updated(old: old, new: new)))
        new.metadata.generation = 2
        #expect(predicate(.updated(old: old, new: new)))
        old.metadata.generation = 2
        #expect(!predicate(.updated(old: old, new: new)))
        new.metadata.deletionTimestamp = "2024-01-01T00:00:00Z"
        #expect(predicate(.updated(old: old, new: new)))
        #expect(predicate(.added(new)) && predicate(.deleted(new)))
    }

    @Test("owners hear of what they own, and of what they lost")
    func owners() async throws {
        let server = FaultyServer(seed: 1)
        let informer = Informer(name: "configmaps", listWatches: ["": server], time: TimeSource(RushedClock()))
        let controller = Controller(name: "test", reconciler: ReconcileFunction { _ in .done })
        controller.watches(informer) { object in
            object.data?["value"].map { [ObjectKey(namespace: "n", name: $0)] } ?? []
        }
        let run = Task { try await informer.run() }
        server.put("a", "first")
        await server.untilDelivered()
        server.put("a", "second")
        await server.untilDelivered()
        #expect(await controller.queue.next() == key("first"))
        #expect(await controller.queue.next() == key("second"))
        controller.queue.done(key("first"))
        controller.queue.done(key("second"))
        run.cancel()
        _ = await run.result
    }

    @Test("a key reconciled more than ten times a second is reported once")
    func hotLoop() async {
        let recorder = LogRecorder()
        let calls = Tally()
        let clock = ManualClock()
        let controller = Controller(
            name: "test",
            reconciler: ReconcileFunction { _ in
                calls.add()
                return calls.count < 40 ? .requeue(after: .zero) : .done
            }, configuration: .init(concurrency: 1), time: TimeSource(clock), logger: recorder.logger())
        let run = Task { await controller.run() }
        controller.enqueue(key("loop"))
        await calls.reaches(40)
        run.cancel()
        await run.value
        #expect(recorder.lines.filter { $0.contains("wake itself") }.count == 1)
    }
}

@Suite("The manager")
struct ControllerManagerTests {
    @Test("controllers begin only when every cache is filled, and all ends with the manager's task")
    func order() async throws {
        let server = FaultyServer(seed: 1)
        server.put("a", "1")
        let informer = Informer(name: "configmaps", listWatches: ["": server], time: TimeSource(RushedClock()))
        let seen = Mutex<[Int]>([])
        let calls = Tally()
        let controller = Controller(
            name: "test",
            reconciler: ReconcileFunction { _ in
                seen.withLock { $0.append(informer.store.count) }
                calls.add()
                return .done
            })
        controller.reconciles(informer)
        let manager = ControllerManager()
        manager.add(informer)
        manager.add(controller)
        controller.enqueue(key("before"))
        let run = Task { try await manager.run() }
        await calls.reaches(2)
        run.cancel()
        try await run.value
        #expect(seen.withLock { $0 }.allSatisfy { $0 == 1 })
    }

    @Test("a part that fails ends all the others, and is what is thrown")
    func failure() async {
        struct Broken: Error {}
        let server = FaultyServer(seed: 1)
        let manager = ControllerManager()
        manager.add(Informer(name: "configmaps", listWatches: ["": server], time: TimeSource(RushedClock())))
        manager.add(Controller(name: "test", reconciler: ReconcileFunction { _ in .done }))
        manager.addBackground {
            await server.untilDelivered()
            throw Broken()
        }
        await #expect(throws: Broken.self) { try await manager.run() }
    }

    @Test("a first list that does not come is an error that names the kind")
    func syncTimeout() async {
        let clock = ManualClock()
        let server = FaultyServer(seed: 1, faults: .init(listFailure: 100))
        let manager = ControllerManager(syncTimeout: .seconds(120), time: TimeSource(clock))
        manager.add(Informer(name: "configmaps", listWatches: ["": server], time: TimeSource(clock)))
        let run = Task { try await manager.run() }
        await clock.sleeper(until: .seconds(120))
        clock.advance(by: .seconds(120))
        await #expect(throws: CacheSyncTimeout(informers: ["configmaps"])) { try await run.value }
    }
}
