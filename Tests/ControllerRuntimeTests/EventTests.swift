import KubernetesModel
import Logging
import Synchronization
import TestSupport
import Testing

@testable import ControllerRuntime

@Suite("Events")
struct EventTests {
    private func event(_ reason: String, on name: String = "pod") -> EventIdentity {
        EventIdentity(
            regarding: ObjectReference(kind: "Pod", name: name, namespace: "n", uid: "u"), type: "Normal",
            reason: reason,
            action: reason, note: "note")
    }

    @Test("the first is created, the second told at once, further ones at most every ten seconds")
    func series() throws {
        var aggregator = EventAggregator(seed: 1)
        guard case .create(_, let name, _) = aggregator.record(event("Started"), now: .zero) else {
            Issue.record("nothing created")
            return
        }
        #expect(name.hasPrefix("pod."))
        #expect(
            aggregator.record(event("Started"), now: .seconds(1))
                == .series(event("Started"), name: name, count: 2, at: .seconds(1)))
        #expect(aggregator.record(event("Started"), now: .seconds(2)) == nil)
        #expect(aggregator.record(event("Started"), now: .seconds(3)) == nil)
        #expect(aggregator.due(now: .seconds(5)) == [])
        #expect(
            aggregator.due(now: .seconds(11)) == [.series(event("Started"), name: name, count: 4, at: .seconds(3))])
        #expect(aggregator.due(now: .seconds(30)) == [])
    }

    @Test("an object's events are listed in the order in which they happened, whoever reports them", arguments: 1...5)
    func order(seed: UInt64) {
        // Two processes, whose clocks began at different times.
        var scheduler = EventAggregator(seed: seed, epoch: 1_900_000_000_000_000)
        var kubelet = EventAggregator(seed: seed + 100, epoch: 1_900_000_007_000_000)
        func name(_ write: EventAggregator.Write?) -> String {
            if case .create(_, let name, _) = write { name } else { "none" }
        }
        let names = [
            name(scheduler.record(event("Scheduled"), now: .milliseconds(7001))),
            name(kubelet.record(event("Pulled"), now: .milliseconds(2))),
            name(kubelet.record(event("Created"), now: .milliseconds(3))),
            name(scheduler.record(event("Preempted"), now: .milliseconds(7004))),
            name(kubelet.record(event("Started"), now: .milliseconds(5))),
            name(kubelet.record(event("Killing"), now: .milliseconds(5))),
        ]
        #expect(names == names.sorted())
        #expect(Set(names.map(\.utf8.count)) == [20])
    }

    @Test("a repeat long after the last begins a new object")
    func window() {
        var aggregator = EventAggregator(seed: 1)
        _ = aggregator.record(event("Started"), now: .zero)
        guard case .create = aggregator.record(event("Started"), now: .seconds(361)) else {
            Issue.record("not a new one")
            return
        }
    }

    @Test("what is remembered is bounded: the one not seen for longest goes")
    func bounded() {
        var aggregator = EventAggregator(configuration: .init(capacity: 3), seed: 1)
        for index in 0..<4 { _ = aggregator.record(event("Started", on: "pod-\(index)"), now: .seconds(index)) }
        guard case .create = aggregator.record(event("Started", on: "pod-0"), now: .seconds(5)) else {
            Issue.record("pod-0 should be forgotten")
            return
        }
        guard case .series = aggregator.record(event("Started", on: "pod-3"), now: .seconds(5)) else {
            Issue.record("pod-3 should be remembered")
            return
        }
    }

    private final class Sink: EventSink {
        let writes = Mutex<[EventAggregator.Write]>([])
        let tally = Tally()
        let isFailing = Mutex(false)
        struct Refused: Error {}
        func write(_ write: EventAggregator.Write, at: Int64) async throws {
            defer { tally.add() }
            if isFailing.withLock({ $0 }) { throw Refused() }
            writes.withLock { $0.append(write) }
        }
    }

    @Test("a write that fails is not thrown, and the next repeat starts anew")
    func failures() async {
        let sink = Sink()
        let recorder = EventRecorder(
            sink: sink, configuration: .init(), time: TimeSource(ManualClock()), seed: 1, logger: Logger(label: "test"))
        let run = Task { await recorder.run() }
        let reference = ObjectReference(kind: "Pod", name: "pod", namespace: "n", resourceVersion: "1", uid: "u")
        sink.isFailing.withLock { $0 = true }
        recorder.record(reason: "Started", note: "began", on: reference)
        await sink.tally.reaches(1)
        // The failure is noted before the next write is taken, so another event orders the two.
        recorder.record(reason: "Other", note: "other", on: reference)
        await sink.tally.reaches(2)
        sink.isFailing.withLock { $0 = false }
        recorder.record(reason: "Started", note: "began", on: reference)
        await sink.tally.reaches(3)
        run.cancel()
        await run.value
        let writes = sink.writes.withLock { $0 }
        guard writes.count == 1, case .create(let event, _, _) = writes[0] else {
            Issue.record("unexpected \(writes)")
            return
        }
        #expect(event.regarding.resourceVersion == nil)
    }

    @Test("what waits to be written is bounded")
    func queueBound() {
        let sink = Sink()
        let recorder = EventRecorder(
            sink: sink, configuration: .init(), time: TimeSource(ManualClock()), seed: 1, logger: Logger(label: "test"))
        let logs = LogRecorder()
        let bounded = EventRecorder(
            sink: sink, configuration: .init(capacity: 5000), time: TimeSource(ManualClock()), seed: 1,
            logger: logs.logger())
        for index in 0..<(EventRecorder.queueLimit + 5) {
            bounded.record(reason: "R", note: "n", on: ObjectReference(kind: "Pod", name: "p\(index)"))
        }
        // It is told once that some are dropped, not of each.
        #expect(bounded.queuedCount == EventRecorder.queueLimit && logs.lines.count == 1)
        _ = recorder
    }
}
