extension TaskRecord {
    /// Whether `key` is that of the latest lease, whether or not it still stands.
    func isCurrent(_ key: LeaseKey) -> Bool { epoch == key.epoch && token == key.token }
}

extension TaskMachine {
    func report(
        _ record: TaskRecord, _ key: LeaseKey, _ report: Report, _ now: StoreTime
    ) -> TaskTransition {
        if let mark = record.lastReport, mark.key == key {
            let verdict: TaskVerdict = mark.digest == report.digest ? .duplicate : .refused(.alreadyReported)
            return TaskTransition(record, verdict)
        }
        guard record.isCurrent(key) else {
            let isOlder = key.epoch >= 1 && key.epoch < record.epoch
            return TaskTransition(record, .refused(isOlder ? .superseded : .unknownLease))
        }
        if record.state.isEnd { return TaskTransition(record, .refused(.ended)) }
        var next = record
        next.lastReport = ReportMark(key: key, digest: report.digest)
        return record.state == .leased ? live(record, next, report, now) : late(record, next, report, now)
    }

    /// A report of the lease that stands.
    private func live(
        _ record: TaskRecord, _ marked: TaskRecord, _ report: Report, _ now: StoreTime
    ) -> TaskTransition {
        switch report.kind {
        case .complete(let resultBytes, let blob):
            var next = marked
            next.resultBytes = resultBytes
            next.resultBlob = blob
            return end(next, .succeeded, failure: nil, attempt: .succeeded, now, verdict: .accepted)
        case .failPermanent(let failure):
            if let cancellation = marked.cancellation {
                return endCancelled(marked, cancellation, now, verdict: .accepted)
            }
            return end(marked, .failed, failure: failure, attempt: .failed, now, verdict: .accepted)
        case .failRetryable(let failure):
            return tryAgain(
                marked, failure: failure, attempt: .failed, backsOff: true, now, verdict: .accepted)
        case .release:
            if let cancellation = marked.cancellation {
                return endCancelled(marked, cancellation, now, verdict: .accepted)
            }
            var next = marked
            next.releases += 1
            next.continuesReleased = true
            return wait(next, readyAt: marked.readyAt, attempt: .released, failure: nil, now, verdict: .accepted)
        }
    }

    /// A report that comes after the lease ended for lateness, before anybody else took the task.
    private func late(
        _ record: TaskRecord, _ marked: TaskRecord, _ report: Report, _ now: StoreTime
    ) -> TaskTransition {
        switch report.kind {
        case .complete(let resultBytes, let blob):
            var next = marked
            next.resultBytes = resultBytes
            next.resultBlob = blob
            return end(
                next, .succeeded, failure: nil, attempt: .succeeded, of: record.lastLease, now, verdict: .accepted)
        case .failPermanent(let failure):
            return end(
                marked, .failed, failure: failure, attempt: .failed, of: record.lastLease, now, verdict: .accepted)
        case .failRetryable, .release:
            // The task waits for its next attempt already.
            return TaskTransition(record, .refused(.expired))
        }
    }
}
