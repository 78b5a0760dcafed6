extension TaskMachine {
    /// Does what is due by `now`, the furthest-reaching first: a forced cancellation, the end of the task's life, the attempt's
    /// time-out, the lease's expiry, the end of a backoff.
    func tick(_ record: TaskRecord, _ now: StoreTime) -> TaskTransition {
        if record.state.isEnd { return TaskTransition(record, .unchanged) }
        if let mark = record.cancellation, let forced = mark.forcedAt, forced <= now {
            return endCancelled(record, mark, now, verdict: .changed)
        }
        if let deadline = record.deadline, deadline <= now {
            if let mark = record.cancellation { return endCancelled(record, mark, now, verdict: .changed) }
            return end(
                record, .failed, failure: Self.deadlineExceeded(record), attempt: .deadline, now, verdict: .changed)
        }
        if record.state == .delayed, record.readyAt <= now {
            var next = record
            next.state = .ready
            return TaskTransition(next, .changed, changes: [.ready])
        }
        guard let lease = record.lease else { return TaskTransition(record, .unchanged) }
        if lease.timeoutAt <= now {
            let failure = Failure(
                code: Failure.timedOut, message: "the attempt did not end within \(Self.seconds(record.timeoutMs))")
            return tryAgain(
                record, failure: failure, attempt: .timedOut, backsOff: true, now, verdict: .changed)
        }
        if lease.expiry <= now { return expire(record, lease, now) }
        return TaskTransition(record, .unchanged)
    }

    func agentGone(_ record: TaskRecord, _ agent: AgentID, _ now: StoreTime) -> TaskTransition {
        guard let lease = record.lease, lease.agent == agent else {
            return TaskTransition(record, .unchanged)
        }
        return expire(record, lease, now)
    }

    /// Without backoff: the lease's own time has passed, and the fault is the agent's as likely as the task's.
    private func expire(_ record: TaskRecord, _ lease: Lease, _ now: StoreTime) -> TaskTransition {
        let who = record.agent ?? lease.agent.text
        let failure = Failure(
            code: Failure.leaseExpired,
            message: lease.isAcknowledged
                ? "agent \(who) sent no more heartbeats" : "the lease never reached agent \(who)")
        return tryAgain(
            record, failure: failure, attempt: lease.isAcknowledged ? .expired : .unacknowledged, backsOff: false, now,
            verdict: .changed)
    }

    /// Another attempt where the policy has one left for this kind of failure; the end of the task where not.
    func tryAgain(
        _ record: TaskRecord, failure: Failure, attempt: AttemptRecord.End, backsOff: Bool, _ now: StoreTime,
        verdict: TaskVerdict
    ) -> TaskTransition {
        if let mark = record.cancellation { return endCancelled(record, mark, now, verdict: verdict) }
        guard record.attempts < record.retry.attempts, record.retry.retries(failure.code) else {
            return end(record, .failed, failure: failure, attempt: attempt, now, verdict: verdict)
        }
        let readyAt =
            backsOff
            ? now + record.retry.backoffMilliseconds(after: record.attempts, of: record.id) : record.readyAt
        return wait(record, readyAt: readyAt, attempt: attempt, failure: failure, now, verdict: verdict)
    }

    /// The lease ends, the task goes on.
    func wait(
        _ record: TaskRecord, readyAt: StoreTime, attempt: AttemptRecord.End, failure: Failure?, _ now: StoreTime,
        verdict: TaskVerdict
    ) -> TaskTransition {
        var next = record
        next.progress = nil
        next.readyAt = readyAt
        next.failure = failure ?? record.failure
        next.state = Self.waitingState(of: next, at: now)
        var transition = TaskTransition(next, verdict, changes: [next.state == .ready ? .ready : .waiting])
        transition.attempt = Self.ended(record, record.lease, attempt, failure, now)
        return transition
    }

    func endCancelled(
        _ record: TaskRecord, _ mark: CancellationMark, _ now: StoreTime, verdict: TaskVerdict
    ) -> TaskTransition {
        end(
            record, .cancelled, failure: Failure(code: Failure.cancelled, message: mark.reason), attempt: .cancelled,
            now, verdict: verdict)
    }

    /// - Parameter lease: whose attempt this ends; by default the one that stands, if any.
    func end(
        _ record: TaskRecord, _ state: TaskState, failure: Failure?, attempt: AttemptRecord.End, of lease: Lease? = nil,
        _ now: StoreTime, verdict: TaskVerdict
    ) -> TaskTransition {
        let lease = lease ?? record.lease
        var next = record
        next.state = state
        next.holds = []
        next.cancellation = nil
        next.failure = failure
        next.ended = now
        var transition = TaskTransition(next, verdict, changes: [.finished])
        transition.attempt = Self.ended(record, lease, attempt, failure, now)
        transition.outcome = OutcomeRecord(
            task: next.id, namespace: next.namespace, swarm: next.swarm, type: next.type, state: state,
            attempts: next.attempts, waitMs: next.firstLeased.map { max($0 - next.created, 0) },
            runMs: lease.map { max(now - $0.since, 0) }, inputBytes: next.inputBytes,
            resultBytes: state == .succeeded ? next.resultBytes : nil, failureCode: failure?.code, ended: now)
        return transition
    }

    /// The ledger's entry for the attempt of `lease`, if there is one.
    static func ended(
        _ record: TaskRecord, _ lease: Lease?, _ end: AttemptRecord.End, _ failure: Failure?, _ now: StoreTime
    ) -> AttemptRecord? {
        guard let lease else { return nil }
        return AttemptRecord(
            task: record.id, number: record.attempts, epoch: record.epoch, agent: lease.agent,
            agentName: record.agent ?? lease.agent.text, started: lease.since, ended: now, end: end, failure: failure)
    }

    private static func deadlineExceeded(_ record: TaskRecord) -> Failure {
        let life = seconds((record.deadline ?? record.created) - record.created)
        let last = record.failure.map { "; the last attempt failed: \($0.message)" } ?? ""
        return Failure(
            code: Failure.deadlineExceeded, message: "the task did not end within its deadline of \(life)\(last)")
    }

    private static func seconds(_ milliseconds: Int64) -> String {
        milliseconds % 1000 == 0 ? "\(milliseconds / 1000) s" : "\(milliseconds) ms"
    }
}
