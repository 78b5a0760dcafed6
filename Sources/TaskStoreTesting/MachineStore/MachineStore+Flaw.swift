import TaskQueue

extension MachineStore {
    /// A mistake that a store might make, made on purpose.
    package enum Flaw: String, Sendable, CaseIterable {
        /// No lease ever ends for lateness.
        case reaperSleeps
        /// The reaper writes what follows from the records that it read the time before, whatever happened to them since.
        case reaperActsOnWhatItReadBefore
        /// A report counts whatever lease it names.
        case epochUnchecked
        /// A completion is accepted after the task has ended, too.
        case completesTwice
        /// A task that has ended can be cancelled.
        case cancelsTheEnded
        /// A heartbeat for a lease that is another's is answered as if it stood.
        case revivesLostLeases
        /// A lease that follows an expired one has the same epoch.
        case epochStandsStill
        /// The retry policy's limit is not looked at.
        case retriesForEver
        /// A released task is not put back among the ready.
        case losesTheReleased
        /// What was answered last is gone after a restart.
        case answersBeforeTheCommit
        /// Leases get no time after an outage.
        case forgetsToRecover
        /// The same submission again makes the task anew.
        case takesSubmissionsTwice
        case forgetsExpiredAttempts
        /// The feed does not tell when a task is ready again.
        case feedSkips
        /// Keys have no limits.
        case ignoresLimits
        /// A slot that becomes free goes to nobody.
        case keepsSlots

        /// What the flawed machine makes of an event; `nil`: the same as the right one.
        func apply(
            _ event: TaskEvent, to record: TaskRecord, _ machine: TaskMachine, at now: StoreTime
        ) -> TaskTransition? {
            switch (self, event) {
            case (.epochUnchecked, .report(_, let report)):
                guard let token = record.token else { return nil }
                let current = LeaseKey(epoch: record.epoch, token: token)
                return machine.apply(.report(current, report), to: record, at: now)
            case (.completesTwice, .report(let key, let report)):
                guard case .complete(let bytes, let blob) = report.kind, record.state.isEnd, record.epoch == key.epoch,
                    record.token == key.token
                else { return nil }
                var next = record
                next.state = .succeeded
                next.resultBytes = bytes
                next.resultBlob = blob
                next.lastReport = ReportMark(key: key, digest: report.digest)
                return TaskTransition(next, .accepted)
            case (.cancelsTheEnded, .cancel) where record.state == .failed:
                var next = record
                next.state = .cancelled
                return TaskTransition(next, .cancelled)
            case (.revivesLostLeases, .beat(let key, _, _)) where key.epoch < record.epoch:
                return TaskTransition(record, .alive)
            case (.epochStandsStill, .lease):
                var transition = machine.apply(event, to: record, at: now)
                if transition.verdict == .granted, record.failure?.code == Failure.leaseExpired {
                    transition.record.epoch = record.epoch
                }
                return transition
            case (.retriesForEver, .tick), (.retriesForEver, .report):
                var generous = record
                generous.retry.limit = record.attempts + 1
                var transition = machine.apply(event, to: generous, at: now)
                transition.record.retry = record.retry
                return transition
            case (.losesTheReleased, .report(_, let report)) where report.kind == .release:
                var transition = machine.apply(event, to: record, at: now)
                if transition.record.state == .ready { transition.record.state = .held }
                return transition
            default: return nil
            }
        }
    }
}
