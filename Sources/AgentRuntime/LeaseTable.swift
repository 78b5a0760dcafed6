import StructuredData
import TaskProtocol

/// The leases that an agent holds, and what heartbeats say of them. Time is a parameter.
struct LeaseTable: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// What follows from a heartbeat's answer for one attempt.
    enum Consequence: Sendable, Hashable {
        case cancel(AttemptID, mode: CancelMode, grace: Duration?)
        case lost(AttemptID)
    }

    private struct Entry {
        var token: String
        var leaseMs: Int64
        var expires: Instant
        /// Only an attempt that still works is stopped when its lease may have run out; one that merely waits for its report
        /// to be heard does no harm.
        var isRunning = true
        var progress: TaskProgress?
        var checkpoint: JSON?
        var checkpointVersion = 0
        var sentCheckpointVersion = 0
        var output = OutputTail()
    }

    private var entries: [AttemptID: Entry] = [:]
    /// In the order in which the leases were granted.
    private var order: [AttemptID] = []

    /// One heartbeat on its way: what its answer is to be matched with.
    struct Beat: Sendable {
        var leases: [HeartbeatRequest.Item]
        fileprivate var sent: Instant
        fileprivate var versions: [AttemptID: Int]
        fileprivate var outputEnds: [AttemptID: Int]
    }

    var isEmpty: Bool { entries.isEmpty }

    mutating func hold(_ grant: LeaseGrant, now: Instant) {
        guard entries[grant.id] == nil else { return }
        entries[grant.id] = Entry(
            token: grant.token, leaseMs: grant.leaseMs, expires: now + .milliseconds(grant.leaseMs),
            checkpoint: grant.checkpoint)
        order.append(grant.id)
    }

    mutating func drop(_ id: AttemptID) {
        guard entries.removeValue(forKey: id) != nil else { return }
        order.removeAll { $0 == id }
    }

    /// The attempt has ended; the lease is kept for its report.
    mutating func keepForReport(_ id: AttemptID) { entries[id]?.isRunning = false }

    mutating func progressed(_ id: AttemptID, _ progress: TaskProgress) { entries[id]?.progress = progress }

    mutating func saved(_ id: AttemptID, checkpoint: JSON) {
        entries[id]?.checkpoint = checkpoint
        entries[id]?.checkpointVersion += 1
    }

    mutating func wrote(_ id: AttemptID, _ text: String) { entries[id]?.output.append(text) }

    func checkpoint(of id: AttemptID) -> JSON? { entries[id]?.checkpoint }

    /// Whether an attempt has written what no answered heartbeat has carried.
    func hasOutput(_ id: AttemptID) -> Bool { entries[id]?.output.text != nil }

    /// The heartbeat that is to be sent now. Checkpoint and output are in it until one that carried them was answered.
    func beat(now: Instant) -> Beat {
        var beat = Beat(leases: [], sent: now, versions: [:], outputEnds: [:])
        for id in order {
            guard let entry = entries[id] else { continue }
            let isNew = entry.checkpointVersion > entry.sentCheckpointVersion
            beat.leases.append(
                .init(
                    task: id.task, epoch: id.epoch, token: entry.token, progress: entry.progress,
                    checkpoint: isNew ? entry.checkpoint : nil, output: entry.output.text))
            beat.outputEnds[id] = entry.output.end
            if isNew { beat.versions[id] = entry.checkpointVersion }
        }
        return beat
    }

    /// Extends, cancels and forgets leases as the answer says. A lease lasts from when the heartbeat was sent: the gateway
    /// cannot have counted from earlier.
    mutating func answered(_ answer: HeartbeatAnswer, to beat: Beat) -> [Consequence] {
        var consequences: [Consequence] = []
        for (sent, item) in zip(beat.leases, answer.leases) where sent.task == item.task {
            let id = AttemptID(task: sent.task, epoch: sent.epoch)
            guard let entry = entries[id] else { continue }
            if item.verdict == .lost {
                drop(id)
                consequences.append(.lost(id))
                continue
            }
            let leaseMs = item.leaseMs ?? entry.leaseMs
            entries[id]?.leaseMs = leaseMs
            entries[id]?.expires = max(entry.expires, beat.sent + .milliseconds(leaseMs))
            if let version = beat.versions[id] { entries[id]?.sentCheckpointVersion = version }
            if let end = beat.outputEnds[id] { entries[id]?.output.forget(upTo: end) }
            if item.verdict == .cancel, entry.isRunning {
                // Said again with each answer, perhaps with less grace: who runs the attempt takes it as it comes.
                consequences.append(
                    .cancel(
                        id, mode: item.cancelMode ?? .cooperative, grace: item.graceMs.map { .milliseconds($0) }))
            }
        }
        return consequences
    }

    /// When the next running attempt must stop unless a heartbeat gets through before.
    var nextFence: Instant? { entries.values.filter(\.isRunning).map(\.expires).min() }

    /// The running attempts whose leases may have run out; each is named once.
    mutating func fence(now: Instant) -> [AttemptID] {
        let fenced = order.filter { id in entries[id].map { $0.isRunning && $0.expires <= now } ?? false }
        for id in fenced { entries[id]?.isRunning = false }
        return fenced
    }
}
