import Synchronization

/// Events on their way to the machine. Those that come close together are taken together, so that what they bring about goes
/// out in few calls.
final class EventInbox: Sendable {
    private let waiting = Mutex<[AgentMachine.Event]>([])
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    init() { (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    /// May be called from any thread.
    func yield(_ event: AgentMachine.Event) {
        let isFirst = waiting.withLock { waiting in
            waiting.append(event)
            return waiting.count == 1
        }
        if isFirst { signal.yield() }
    }

    /// Hands over all events in their order, until `body` answers `false` or the task is cancelled. To be called once.
    func forEachBatch(_ body: ([AgentMachine.Event]) -> Bool) async {
        for await _ in signals {
            let events = waiting.withLock { waiting in
                defer { waiting = [] }
                return waiting
            }
            if !events.isEmpty, !body(events) { return }
        }
    }
}
