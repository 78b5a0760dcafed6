import TaskQueue
import TaskStoreTesting

/// All that a store has answered, and what it therefore must not answer any more.
final class History {
    struct Grant {
        var key: LeaseKey
        var agent: AgentID
        var request: Int64
        /// When the lease was given out.
        var since: StoreTime
    }

    /// What is known of one task.
    struct Life {
        var submission: Submission
        var grants: [Grant] = []
        /// The reports that counted, by epoch.
        var reports: [Int64: AttemptReport] = [:]
        var completion: [UInt8]?
        /// As it was when it was first seen to have ended.
        var end: TaskRecord?
        var releases = 0
    }

    let policy: QueuePolicy
    private(set) var lives: [TaskID: Life] = [:]
    private var tokens: Set<LeaseToken> = []
    /// When the store was opened again.
    private(set) var openings: [StoreTime] = []
    /// Those whose pods are known to have ended, or whose pods another process has registered for.
    private(set) var endedAgents: Set<AgentID> = []
    private var registrations: [AgentID: AgentRegistration] = [:]

    init(policy: QueuePolicy) { self.policy = policy }

    func opened(at time: StoreTime) { openings.append(time) }

    // MARK: Agents

    func registered(_ registration: AgentRegistration, as agent: AgentID) {
        for (other, known) in registrations where known.name == registration.name && other != agent {
            endedAgents.insert(other)
        }
        registrations[agent] = registration
    }

    func ended(podUIDs: [String]) {
        for (agent, known) in registrations where known.podUID.map(podUIDs.contains) ?? false {
            endedAgents.insert(agent)
        }
    }

    // MARK: Submissions

    func submitted(_ submissions: [Submission], _ verdicts: [SubmitVerdict]) throws {
        try require(verdicts.count == submissions.count, "\(submissions.count) submissions, \(verdicts.count) verdicts")
        for (submission, verdict) in zip(submissions, verdicts) {
            switch verdict {
            case .created(let record), .adopted(let record):
                try require(lives[submission.id] == nil, "\(submission.id) was submitted before and is made anew")
                try require(record.id == submission.id, "\(submission.id) became \(record.id)")
                lives[record.id] = Life(submission: submission)
                try saw(record)
            case .existing(let record):
                try require(
                    record.id == submission.id || record.dedupKey == submission.dedupKey,
                    "\(submission.id) is said to be \(record.id)")
                try saw(record)
            case .refused(let refusal): throw SimulationFailure("\(submission.id) is refused: \(refusal)")
            }
        }
    }

    /// A record that the store showed.
    func saw(_ record: TaskRecord?) throws {
        guard let record else { return }
        guard let life = lives[record.id] else {
            throw SimulationFailure("the store has \(record.id), which nobody submitted")
        }
        if let end = life.end {
            try require(record == end, "\(record.id) had ended and is another since: \(record), before: \(end)")
        } else if record.state.isEnd {
            lives[record.id]?.end = record
        }
        try require(
            record.epoch >= life.grants.last?.key.epoch ?? 0,
            "the epoch of \(record.id) falls to \(record.epoch)")
        try require(
            record.attempts <= record.retry.attempts || record.releases > QueuePolicy.maxUncountedReleases,
            "\(record.id) has \(record.attempts) attempts of \(record.retry.attempts)")
    }

    // MARK: Leases

    func answered(_ verdict: LeaseVerdict, to call: LeaseCall) throws {
        guard case .answered(let offer) = verdict else { return }
        var new = 0
        for task in offer.tasks where try granted(task, call) { new += 1 }
        try require(new <= max(call.slots, 0), "\(new) leases for \(call.slots) slots")
    }

    /// The tasks that an answer leases anew.
    func granted(by verdict: LeaseVerdict) -> [TaskRecord] {
        guard case .answered(let offer) = verdict else { return [] }
        return offer.tasks.filter { lives[$0.record.id]?.grants.last?.key != $0.key }.map(\.record)
    }

    /// Whether the lease is a new one.
    private func granted(_ task: LeasedTask, _ call: LeaseCall) throws -> Bool {
        let id = task.record.id
        guard let life = lives[id] else { throw SimulationFailure("\(id) is leased, and nobody submitted it") }
        try require(life.end == nil, "\(id) is leased after its end")
        try require(task.input == life.submission.input, "\(id) is leased with another input")
        if let last = life.grants.last {
            // The same request again gets the same lease again.
            if last.key == task.key, last.agent == call.agent, last.request == call.request { return false }
            try require(
                task.key.epoch > last.key.epoch,
                "the epoch of \(id) does not rise with its lease: \(last.key.epoch), then \(task.key.epoch)")
        }
        try require(tokens.insert(task.key.token).inserted, "the token of \(id) was used before")
        try require(task.record.state == .leased, "\(id) is leased in state \(task.record.state)")
        lives[id]?.grants.append(
            Grant(
                key: task.key, agent: call.agent, request: call.request,
                since: task.record.lease?.since ?? task.record.readyAt))
        try saw(task.record)
        return true
    }

    func answered(_ answer: BeatAnswer, to beats: [Beat]) throws {
        try require(
            answer.verdicts.count == beats.count, "\(beats.count) heartbeats, \(answer.verdicts.count) verdicts")
        for (beat, verdict) in zip(beats, answer.verdicts) where verdict != .lost {
            let life = lives[beat.task]
            try require(
                life?.grants.last?.key == beat.key, "a lease of \(beat.task) is alive that is not the latest one")
            try require(life?.end == nil, "a lease of \(beat.task) is alive after the task's end")
            try require(
                life?.reports[beat.key.epoch] == nil, "a lease of \(beat.task) is alive after its report was accepted")
        }
    }

    // MARK: Reports

    func answered(_ outcome: ReportOutcome, to report: AttemptReport) throws {
        let id = report.task
        let epoch = report.key.epoch
        switch outcome {
        case .accepted(let record):
            guard let life = lives[id] else { throw SimulationFailure("a report of \(id) counts, which nobody knows") }
            try require(life.end == nil, "a report of \(id) is accepted after the task's end")
            try require(
                life.grants.last?.key == report.key, "a report of \(id) is accepted that is not of the latest lease")
            try require(life.reports[epoch] == nil, "two reports of \(id), epoch \(epoch), are accepted")
            lives[id]?.reports[epoch] = report
            switch report.content {
            case .complete(let result):
                try require(life.completion == nil, "\(id) is completed twice")
                try require(record.state == .succeeded, "\(id) is \(record.state) after its completion")
                lives[id]?.completion = result
            case .release: lives[id]?.releases += 1
            case .completeWithBlob: throw SimulationFailure("\(id) is completed with a result that nobody has sent")
            case .fail: break
            }
            try saw(record)
        case .duplicate:
            try require(
                lives[id]?.reports[epoch]?.report == report.report && lives[id]?.reports[epoch]?.key == report.key,
                "a report of \(id), epoch \(epoch), is called a duplicate of one that was never accepted")
        case .refused: break
        }
    }
}

func require(_ condition: Bool, _ message: @autoclosure () -> String) throws {
    if !condition { throw SimulationFailure(message()) }
}
