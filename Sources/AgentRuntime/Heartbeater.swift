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
        /// The machine was suspended meanwhile: connections are dead, and leases may be others'.
        case resumed(after: Duration)
    }

    /// A lease is heartbeaten first this long after it was granted, well within the time in which the gateway wants to hear
    /// of it; an attempt that is quicker is heard of by its report.
    private static let firstBeat = Duration.seconds(1)
    /// How long a thread rests at most: its timers do not see the time for which the machine is suspended.
    private static let longestRest = Duration.seconds(1)

    private struct State {
        var table = LeaseTable()
        var agent: String?
        var interval = Duration.seconds(5)
        var nextBeat: Instant
        /// The connection may be dead.
        var isConnectionDoubtful = false
        var suspensions: SuspensionDetector
        /// Those who wait for the next heartbeat to be answered, or to fail.
        var awaiting: [CheckedContinuation<Void, Never>] = []
        var hasEnded = false
    }

    private let client: GatewayClient
    private let logger: Logger
    private let beatThread: DedicatedThread
    private let fenceThread: DedicatedThread
    private let clock: MachineClock
    private let state: Mutex<State>

    /// - Parameter client: over a transport of its own.
    init(client: GatewayClient, logger: Logger, clock: MachineClock = MachineClock()) throws {
        self.client = client
        self.logger = logger
        self.clock = clock
        state = Mutex(State(nextBeat: clock.now(), suspensions: SuspensionDetector(clock)))
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
        let awaiting = state.withLock { state in
            state.hasEnded = true
            return state.awaiting.take()
        }
        for continuation in awaiting { continuation.resume() }
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
            state.nextBeat = clock.now()
        }
        beatThread.wake()
    }

    func hold(_ grant: LeaseGrant) {
        state.withLock { state in
            let now = clock.now()
            state.table.hold(grant, now: now)
            state.nextBeat = min(state.nextBeat, now + Self.firstBeat)
        }
        // Neither thread rests for longer than until this is due, and waking both costs more than a short attempt does.
        if Self.firstBeat < Self.longestRest { beatThread.wake() }
        if .milliseconds(grant.leaseMs) < Self.longestRest { fenceThread.wake() }
    }

    func keepForReport(_ id: AttemptID) { state.withLock { $0.table.keepForReport(id) } }

    func drop(_ id: AttemptID) { state.withLock { $0.table.drop(id) } }

    func progressed(_ id: AttemptID, _ progress: TaskProgress) {
        state.withLock { $0.table.progressed(id, progress) }
    }

    func saved(_ id: AttemptID, checkpoint: JSON) { state.withLock { $0.table.saved(id, checkpoint: checkpoint) } }

    func wrote(_ id: AttemptID, _ text: String) { state.withLock { $0.table.wrote(id, text) } }

    /// Sends a heartbeat at once if one of these attempts has written something that none has carried yet, and returns when it is
    /// answered. Should it fail, what was written is lost with the lease: the report is not kept waiting for it.
    func deliverOutput(of ids: [AttemptID]) async {
        guard state.withLock({ state in ids.contains(where: state.table.hasOutput) }) else { return }
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.hasEnded || state.agent == nil { return true }
                state.awaiting.append(continuation)
                state.nextBeat = clock.now()
                return false
            }
            if isOver { continuation.resume() } else { beatThread.wake() }
        }
    }

    // MARK: The two loops

    private func rest(_ thread: DedicatedThread, until instant: Instant?) async {
        let left = instant.map { $0 - clock.now() } ?? Self.longestRest
        await thread.rest(until: .now + min(left, Self.longestRest))
    }

    private struct Turn {
        var agent: String
        var beat: LeaseTable.Beat
        var interval: Duration
        var isConnectionDoubtful: Bool
        var awaiting: [CheckedContinuation<Void, Never>]
    }

    /// The heartbeat whose time has come.
    private func turn() -> Turn? {
        state.withLock { state in
            let now = clock.now()
            guard state.nextBeat <= now, let agent = state.agent else { return nil }
            state.nextBeat = now + state.interval
            defer { state.isConnectionDoubtful = false }
            return Turn(
                agent: agent, beat: state.table.beat(now: now), interval: state.interval,
                isConnectionDoubtful: state.isConnectionDoubtful, awaiting: state.awaiting.take())
        }
    }

    private func beat(_ onEvent: @Sendable (Event) -> Void) async {
        while !Task.isCancelled {
            await rest(beatThread, until: state.withLock { $0.agent == nil ? nil : $0.nextBeat })
            guard let turn = turn(), !Task.isCancelled else { continue }
            let interval = turn.interval
            defer { for continuation in turn.awaiting { continuation.resume() } }
            do {
                // A heartbeat that hangs must leave time for another one, over a fresh connection, before the lease is out.
                let answer = try await client.heartbeat(
                    HeartbeatRequest(agent: turn.agent, leases: turn.beat.leases),
                    timeoutSeconds: max(interval / .seconds(1), 0.5), freshConnection: turn.isConnectionDoubtful)
                let consequences = state.withLock { $0.table.answered(answer, to: turn.beat) }
                fenceThread.wake()
                for consequence in consequences { act(on: consequence, onEvent) }
                onEvent(.drain(answer.drain))
            } catch {
                guard !Task.isCancelled else { return }
                let failure = CallFailure(error)
                logger.warning("a heartbeat did not get through: \(failure.message)")
                if failure.kind == .agentUnknown { onEvent(.agentUnknown) }
                var random = SystemRandomNumberGenerator()
                let delay = interval * Double.random(in: 0.1..<0.3, using: &random)
                // Who came to wait meanwhile would wait for that delay.
                let late = state.withLock { state in
                    state.nextBeat = clock.now() + delay
                    state.isConnectionDoubtful = true
                    return state.awaiting.take()
                }
                for continuation in late { continuation.resume() }
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
            await rest(fenceThread, until: state.withLock { $0.table.nextFence })
            if let gap = state.withLock({ $0.suspensions.suspension(clock) }) { resumed(after: gap, onEvent) }
            let now = clock.now()
            for id in state.withLock({ $0.table.fence(now: now) }) {
                logger.warning("no heartbeat got through for as long as the lease of \(id) lasts; stopping it")
                onEvent(.stop(id, .fenced))
            }
        }
    }

    /// The leases that ran out are fenced in the same turn; of the others the gateway is asked at once.
    private func resumed(after gap: Duration, _ onEvent: @Sendable (Event) -> Void) {
        logger.warning("the machine was suspended for \(gap.components.seconds) s")
        state.withLock { state in
            state.isConnectionDoubtful = true
            state.nextBeat = clock.now()
        }
        beatThread.wake()
        onEvent(.resumed(after: gap))
    }
}

extension Array {
    /// The elements, leaving the array empty.
    fileprivate mutating func take() -> [Element] {
        defer { self = [] }
        return self
    }
}
