import Logging
import StructuredData
import Synchronization
import SystemThreads
import TaskProtocol

/// Keeps leases alive, and stops attempts whose leases are gone.
///
/// Heartbeats and the fence run on a thread each, over a transport that nothing else uses, so that no poll, report or busy
/// pool delays them.
final class Heartbeater: Sendable {
    typealias Instant = ContinuousClock.Instant

    enum Event: Sendable {
        case stop(AttemptID, StopReason)
        case lost(AttemptID)
        case drain(Bool)
        case agentUnknown
    }

    /// A lease is heartbeaten first this long after it was granted, well within the time in which the gateway wants to hear
    /// of it; an attempt that is quicker is heard of by its report.
    private static let firstBeat = Duration.seconds(1)

    private struct State {
        var table = LeaseTable()
        var agent: String?
        var interval = Duration.seconds(5)
        var nextBeat = Instant.now
    }

    private let client: GatewayClient
    private let logger: Logger
    private let beatThread: DedicatedThread
    private let fenceThread: DedicatedThread
    private let state = Mutex(State())

    /// - Parameter client: over a transport of its own.
    init(client: GatewayClient, logger: Logger) throws {
        self.client = client
        self.logger = logger
        beatThread = try DedicatedThread("das-heartbeat")
        do {
            fenceThread = try DedicatedThread("das-fence")
        } catch {
            beatThread.stop()
            throw error
        }
    }

    /// Ends when cancelled. To be called once.
    /// - Parameter onEvent: called on either thread; must not block.
    func run(onEvent: @escaping @Sendable (Event) -> Void) async {
        await withDiscardingTaskGroup { group in
            group.addTask(executorPreference: beatThread) { await self.beat(onEvent) }
            group.addTask(executorPreference: fenceThread) { await self.fence(onEvent) }
        }
        stop()
    }

    /// Ends the threads, where `run` was never called.
    func stop() {
        beatThread.stop()
        fenceThread.stop()
    }

    func adopt(agent: String, interval: Duration) {
        state.withLock { state in
            state.agent = agent
            state.interval = max(interval, .milliseconds(1))
            state.nextBeat = .now
        }
        beatThread.wake()
    }

    func hold(_ grant: LeaseGrant) {
        state.withLock { state in
            state.table.hold(grant, now: .now)
            state.nextBeat = min(state.nextBeat, .now + Self.firstBeat)
        }
        beatThread.wake()
        fenceThread.wake()
    }

    func keepForReport(_ id: AttemptID) { state.withLock { $0.table.keepForReport(id) } }

    func drop(_ id: AttemptID) { state.withLock { $0.table.drop(id) } }

    func progressed(_ id: AttemptID, _ progress: TaskProgress) {
        state.withLock { $0.table.progressed(id, progress) }
    }

    func saved(_ id: AttemptID, checkpoint: JSON) { state.withLock { $0.table.saved(id, checkpoint: checkpoint) } }

    // MARK: The two loops

    private func beat(_ onEvent: @Sendable (Event) -> Void) async {
        var lastFailed = false
        while !Task.isCancelled {
            await beatThread.rest(until: state.withLock { $0.nextBeat })
            let (agent, beat, interval) = state.withLock { state -> (String?, LeaseTable.Beat, Duration) in
                guard state.nextBeat <= .now, state.agent != nil else {
                    if state.agent == nil { state.nextBeat = .now + .seconds(3600) }
                    return (nil, state.table.beat(now: .now), state.interval)
                }
                state.nextBeat = .now + state.interval
                return (state.agent, state.table.beat(now: .now), state.interval)
            }
            guard let agent, !Task.isCancelled else { continue }
            do {
                // A heartbeat that hangs must leave time for another one, over a fresh connection, before the lease is out.
                let answer = try await client.heartbeat(
                    HeartbeatRequest(agent: agent, leases: beat.leases),
                    timeoutSeconds: max(interval / .seconds(1), 0.5), freshConnection: lastFailed)
                lastFailed = false
                let consequences = state.withLock { $0.table.answered(answer, to: beat) }
                fenceThread.wake()
                for consequence in consequences { act(on: consequence, onEvent) }
                onEvent(.drain(answer.drain))
            } catch {
                guard !Task.isCancelled else { return }
                lastFailed = true
                let failure = CallFailure(error)
                logger.warning("a heartbeat did not get through: \(failure.message)")
                if failure.kind == .agentUnknown { onEvent(.agentUnknown) }
                var random = SystemRandomNumberGenerator()
                let delay = interval * Double.random(in: 0.1..<0.3, using: &random)
                state.withLock { $0.nextBeat = .now + delay }
            }
        }
    }

    private func act(on consequence: LeaseTable.Consequence, _ onEvent: @Sendable (Event) -> Void) {
        switch consequence {
        case .lost(let id):
            onEvent(.stop(id, .leaseLost))
            onEvent(.lost(id))
        case .cancel(let id, let mode, let grace): onEvent(.stop(id, .cancelled(mode: mode, grace: grace)))
        }
    }

    private func fence(_ onEvent: @Sendable (Event) -> Void) async {
        while !Task.isCancelled {
            let next = state.withLock { $0.table.nextFence }
            await fenceThread.rest(until: next ?? .now + .seconds(3600))
            for id in state.withLock({ $0.table.fence(now: .now) }) {
                logger.warning("no heartbeat got through for as long as the lease of \(id) lasts; stopping it")
                onEvent(.stop(id, .fenced))
            }
        }
    }
}
