public import KubernetesClient
public import KubernetesModel
public import Logging
internal import Metrics
internal import StructuredData
private import Synchronization

/// Tells people what happened to an object, as Events.
///
/// **Flow.** `record` returns at once; `run()` writes, one after another, until it is cancelled. Add it to the manager's background
/// work.
///
/// **Guarantees.** Repeats within six minutes become one object with a series, written at most every ten seconds. What waits to be
/// written is bounded by `queueLimit`; what does not fit, or cannot be written, is counted (`event_recorder_dropped_total`,
/// `event_recorder_failed_total`) and logged, never thrown: an Event is not worth a failure.
///
/// **Assumptions.** The client may create and patch events of the group that it is told to use. Events on an object without a namespace go to `default`.
///
/// **Caveats.** Events are for people, and go after an hour on most clusters; what must be known stands in a condition. What was not
/// yet written when `run()` is cancelled is lost. An event that differs in its note alone is another one: keep numbers that change
/// all the time out of it.
public final class EventRecorder: Sendable {
    public enum Kind: String, Sendable {
        case normal = "Normal"
        case warning = "Warning"
    }

    /// Which of the two groups that have Events they are written to; both show the same objects.
    public enum Form: Sendable {
        /// `events.k8s.io/v1`, as most controllers write them.
        case events
        /// `v1`, as kubelets do: the role of nodes permits no other.
        case core
    }

    /// How many writes may wait.
    public static let queueLimit = 1000

    private struct State {
        var aggregator: EventAggregator
        var queue: [EventAggregator.Write] = []
        /// Something was dropped since the queue was last empty.
        var isOverflowing = false
    }

    private let state: Mutex<State>
    private let sink: any EventSink
    private let time: TimeSource
    private let signal = Signal()
    private let dropped: Counter
    private let failed: Counter
    private let logger: Logger

    /// - Parameters:
    ///   - controller: who reports, e.g. `das.brashlabs.io/swarm-controller`.
    ///   - instance: which process of them, e.g. the pod's name; of a kubelet the node's.
    public convenience init(
        client: KubernetesClient,
        controller: String,
        instance: String,
        form: Form = .events,
        logger: Logger = Logger(label: "controller-runtime.events")
    ) {
        self.init(
            sink: KubernetesEventSink(client: client, controller: controller, instance: instance, form: form),
            configuration: .init(), time: .continuous, seed: .random(in: .min ... .max), logger: logger)
    }

    init(
        sink: any EventSink, configuration: EventAggregator.Configuration, time: TimeSource, seed: UInt64,
        logger: Logger
    ) {
        self.sink = sink
        self.time = time
        self.logger = logger
        let epoch = WallTime.microseconds() - time.now.nanoseconds / 1000
        state = Mutex(State(aggregator: EventAggregator(configuration: configuration, seed: seed, epoch: epoch)))
        dropped = Counter(label: "event_recorder_dropped_total")
        failed = Counter(label: "event_recorder_failed_total")
    }

    /// How many writes wait.
    var queuedCount: Int { state.withLock { $0.queue.count } }

    /// Reports that something happened to `object`.
    /// - Parameters:
    ///   - reason: a word in CamelCase, for programs.
    ///   - action: what the controller did or tried, in CamelCase; by default the reason.
    ///   - note: a sentence for people; cut to 1 KiB.
    public func record(
        _ kind: Kind = .normal, reason: String, action: String? = nil, note: String,
        on object: some KubernetesResource
    ) {
        record(kind, reason: reason, action: action, note: note, on: object.objectReference)
    }

    /// Reports that something happened to the object that `reference` names.
    public func record(
        _ kind: Kind = .normal, reason: String, action: String? = nil, note: String, on reference: ObjectReference
    ) {
        var regarding = reference
        // Otherwise each version of the object would begin a series of its own.
        regarding.resourceVersion = nil
        let event = EventIdentity(
            regarding: regarding, type: kind.rawValue, reason: reason, action: action ?? reason, note: Self.cut(note))
        let now = time.now
        let (isDropped, isNews) = state.withLock { state in
            guard let write = state.aggregator.record(event, now: now) else { return (false, false) }
            guard state.queue.count >= Self.queueLimit else {
                state.queue.append(write)
                return (false, false)
            }
            defer { state.isOverflowing = true }
            return (true, !state.isOverflowing)
        }
        if isDropped { dropped.increment() }
        // Once: to tell of each of thousands would help nobody.
        if isNews {
            logger.warning(
                "\(Self.queueLimit) events wait to be written; \(reason) on \(regarding.name ?? "") and others are dropped"
            )
        }
        signal.raise()
    }

    /// Writes what is recorded until cancelled.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    await self.writeQueued()
                    await self.signal.wait()
                }
            }
            group.addTask {
                while (try? await self.time.sleep(for: .seconds(5))) != nil {
                    let now = self.time.now
                    self.queueDue(now: now)
                    self.signal.raise()
                }
            }
        }
    }

    /// Queues the series that are due, as far as there is room: their counts are told with the next write.
    private func queueDue(now: Duration) {
        let excess = state.withLock { state in
            let due = state.aggregator.due(now: now)
            let room = max(Self.queueLimit - state.queue.count, 0)
            state.queue += due.prefix(room)
            return due.count - min(due.count, room)
        }
        if excess > 0 { dropped.increment(by: Int64(excess)) }
    }

    private func writeQueued() async {
        while !Task.isCancelled {
            let write = state.withLock { state -> EventAggregator.Write? in
                guard state.queue.isEmpty else { return state.queue.removeFirst() }
                state.isOverflowing = false
                return nil
            }
            guard let write else { return }
            do {
                let ago = time.now - write.at
                try await sink.write(write, at: WallTime.microseconds() - ago.nanoseconds / 1000)
            } catch {
                if Task.isCancelled { return }
                failed.increment()
                logger.warning("an event was not written: \(error)")
                state.withLock { $0.aggregator.forget(write.event) }
            }
        }
    }

    private static func cut(_ note: String) -> String {
        guard note.utf8.count > 1024 else { return note }
        var cut = note.unicodeScalars
        while cut.reduce(0, { $0 + Unicode.UTF8.width($1) }) > 1021 { cut.removeLast(max(1, cut.count / 16)) }
        return String(cut) + "…"
    }
}

extension EventAggregator.Write {
    var event: EventIdentity {
        switch self {
        case .create(let event, _, _), .series(let event, _, _, _): event
        }
    }

    var at: Duration {
        switch self {
        case .create(_, _, let at), .series(_, _, _, let at): at
        }
    }
}

/// Where events are written; `at` in microseconds since 1970.
protocol EventSink: Sendable {
    func write(_ write: EventAggregator.Write, at: Int64) async throws
}
