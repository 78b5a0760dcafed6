import Glibc
import StructuredData
import TaskProtocol
import Testing

@testable import AgentRuntime

@Suite("The supervision of one attempt")
struct SupervisionTests {
    private let start = ContinuousClock.now

    private func supervision(
        timeoutMs: Int64? = nil, deadlineMs: Int64? = nil, grace: Duration = .zero
    ) -> Supervision {
        Supervision(
            LeaseGrant(
                task: "t1", type: "echo", attempt: 1, epoch: 1, token: "s", leaseMs: 15_000, input: [:],
                timeoutMs: timeoutMs, deadlineMs: deadlineMs, checkpoint: ["at": 1]),
            grace: grace, now: start)
    }

    @Test func `an attempt is killed at its time-out and may be tried again`() {
        var attempt = supervision(timeoutMs: 1000)
        #expect(attempt.nextCheck == start + .seconds(1))
        #expect(attempt.check(now: start + .milliseconds(999)) == .nothing)
        #expect(attempt.check(now: start + .seconds(1)) == .kill)
        #expect(attempt.check(now: start + .seconds(2)) == .nothing)
        guard case .failed(let error) = attempt.outcome(death: .signalled(SIGKILL)) else {
            Issue.record("not failed")
            return
        }
        #expect(error.kind == .retryable && error.code == .timedOut)
        #expect(error.message.contains("1000 ms"))
    }

    @Test func `an attempt that would outlive its task is killed with it`() {
        #expect(supervision(timeoutMs: 1000, deadlineMs: 700).nextCheck == start + .milliseconds(700))
        #expect(supervision(deadlineMs: 700).nextCheck == start + .milliseconds(700))
    }

    @Test func `an attempt that uses too much memory is killed and may be tried again`() {
        var attempt = supervision()
        #expect(attempt.uses(300 << 20, limit: 256 << 20) == .kill)
        #expect(attempt.uses(300 << 20, limit: 256 << 20) == .nothing)
        guard case .failed(let error) = attempt.outcome(death: .signalled(SIGKILL)) else {
            Issue.record("not failed")
            return
        }
        #expect(error.kind == .retryable && error.code == .memoryLimit)
        #expect(error.message.contains("300 MiB") && error.message.contains("256 MiB"))
    }

    @Test func `a worker that dies after it was asked to stop has stopped`() {
        var attempt = supervision()
        _ = attempt.stop(.cancelled(mode: .cooperative, grace: nil), now: start)
        #expect(attempt.outcome(death: .signalled(SIGTERM)) == .failed(.cancelled))
    }

    @Test func `a request to cancel is passed on once and forced after its grace`() {
        var attempt = supervision()
        let ask = StopReason.cancelled(mode: .cooperative, grace: .seconds(2))
        #expect(attempt.stop(ask, now: start) == .askToCancel)
        #expect(attempt.stop(ask, now: start) == .nothing)
        #expect(attempt.stop(ask, now: start + .seconds(1)) == .nothing)
        #expect(attempt.nextCheck == start + .seconds(2))
        #expect(attempt.check(now: start + .seconds(2)) == .kill)
        #expect(attempt.outcome(death: .signalled(SIGKILL)) == .failed(.cancelled))
    }

    @Test func `a cancellation that grows impatient is forced earlier`() {
        var attempt = supervision()
        #expect(attempt.stop(.cancelled(mode: .cooperative, grace: nil), now: start) == .askToCancel)
        #expect(attempt.nextCheck == nil)
        #expect(attempt.stop(.cancelled(mode: .cooperative, grace: .zero), now: start) == .nothing)
        #expect(attempt.check(now: start) == .kill)
    }

    @Test func `a forced cancellation does not ask`() {
        var attempt = supervision()
        #expect(attempt.stop(.cancelled(mode: .force, grace: nil), now: start) == .kill)
        #expect(attempt.outcome(death: .signalled(SIGKILL)) == .failed(.cancelled))
    }

    @Test func `whatever a workload throws after it was asked to stop, it was cancelled`() {
        var attempt = supervision()
        _ = attempt.stop(.cancelled(mode: .cooperative, grace: nil), now: start)
        #expect(attempt.outcome(thrown: .retryable("INTERRUPTED", "half-way")) == .failed(.cancelled))
        #expect(attempt.outcome(result: [:], bytes: 2) == .completed([:]))
    }

    @Test func `the end of a drained or fenced attempt carries the last checkpoint, that of a lost one nothing`() {
        for reason in [StopReason.drained, .fenced] {
            var attempt = supervision()
            attempt.saved(["at": 2])
            #expect(attempt.stop(reason, now: start) == .kill)
            guard case .released(["at": 2], _) = attempt.outcome(death: .signalled(SIGKILL)) else {
                Issue.record("not released after \(reason)")
                continue
            }
        }
        var lost = supervision()
        #expect(lost.stop(.leaseLost, now: start) == .kill)
        #expect(lost.outcome(death: .signalled(SIGKILL)) == .discarded)
    }

    @Test func `the first reason to kill stands`() {
        var attempt = supervision(timeoutMs: 1000)
        #expect(attempt.check(now: start + .seconds(1)) == .kill)
        #expect(attempt.stop(.leaseLost, now: start + .seconds(1)) == .nothing)
        #expect(attempt.outcome(death: .signalled(SIGKILL)) != .discarded)
    }

    // MARK: With a grace

    @Test func `a workload with a grace is asked first, and killed when that is over`() {
        for reason in [StopReason.drained, .fenced, .leaseLost] {
            var attempt = supervision(timeoutMs: 60_000, grace: .seconds(10))
            #expect(attempt.stop(reason, now: start) == .askToCancel)
            #expect(attempt.stop(reason, now: start + .seconds(1)) == .nothing)
            #expect(!attempt.isKilled)
            #expect(attempt.nextCheck == start + .seconds(10))
            #expect(attempt.check(now: start + .seconds(9)) == .nothing)
            #expect(attempt.check(now: start + .seconds(10)) == .kill)
            #expect(attempt.isKilled && attempt.nextCheck == nil)
        }
        var late = supervision(timeoutMs: 1000, grace: .seconds(10))
        #expect(late.check(now: start + .seconds(1)) == .askToCancel)
        #expect(late.check(now: start + .seconds(2)) == .nothing)
        #expect(late.nextCheck == start + .seconds(11))
        #expect(late.check(now: start + .seconds(11)) == .kill)
    }

    @Test func `one that was asked to cancel before is not asked again, and has its grace from then`() {
        var attempt = supervision(grace: .seconds(10))
        #expect(attempt.stop(.cancelled(mode: .cooperative, grace: nil), now: start) == .askToCancel)
        #expect(attempt.stop(.drained, now: start + .seconds(3)) == .nothing)
        #expect(attempt.nextCheck == start + .seconds(13))
    }

    @Test func `a forced cancellation and too much memory give no grace, and the first reason stands`() {
        var forced = supervision(grace: .seconds(10))
        #expect(forced.stop(.drained, now: start) == .askToCancel)
        #expect(forced.stop(.cancelled(mode: .force, grace: nil), now: start) == .kill)
        guard case .released(["at": 1], _) = forced.outcome(death: .signalled(SIGKILL)) else {
            Issue.record("not released")
            return
        }
        var large = supervision(grace: .seconds(10))
        #expect(large.uses(300 << 20, limit: 256 << 20) == .kill)
    }

    @Test func `what a workload saves or finishes in the grace of its drain counts`() {
        var attempt = supervision(grace: .seconds(10))
        _ = attempt.stop(.drained, now: start)
        attempt.saved(["at": 5])
        guard case .released(["at": 5], _) = attempt.outcome(thrown: .retryable("SIGNAL_15", "it stopped")) else {
            Issue.record("not released")
            return
        }
        #expect(attempt.outcome(result: ["a": 1], bytes: 7) == .completed(["a": 1]))
    }

    @Test func `after its time-out or the loss of its lease nothing counts`() {
        var late = supervision(timeoutMs: 1000, grace: .seconds(10))
        _ = late.check(now: start + .seconds(1))
        for outcome in [
            late.outcome(result: [:], bytes: 2), late.outcome(thrown: .cancelled), late.outcome(death: .exited(0)),
        ] {
            guard case .failed(let error) = outcome, error.code == .timedOut, error.kind == .retryable else {
                Issue.record("not timed out: \(outcome)")
                continue
            }
        }
        var lost = supervision(grace: .seconds(10))
        _ = lost.stop(.leaseLost, now: start)
        #expect(lost.outcome(result: [:], bytes: 2) == .discarded)
        #expect(lost.outcome(thrown: .cancelled) == .discarded)
    }

    @Test(arguments: [
        (ChildEnd(waitStatus: SIGILL), "SIGILL"), (ChildEnd(waitStatus: SIGSEGV | 0x80), "SIGSEGV"),
        (ChildEnd(waitStatus: 3 << 8), "exit code 3"), (ChildEnd(waitStatus: SIGKILL), "memory"),
    ])
    func `a crash names its signal or exit code, and may be tried again`(death: ChildEnd, says: String) {
        guard case .failed(let error) = supervision().outcome(death: death) else {
            Issue.record("not failed")
            return
        }
        #expect(error.kind == .retryable && error.code == .workerCrashed)
        #expect(error.message.contains(says))
    }

    @Test func `a result too large for a report is kept as it will be sent`() {
        #expect(supervision().outcome(result: ["a": 1], bytes: 1 << 20) == .completed(["a": 1]))
        #expect(
            supervision().outcome(result: ["a": 1], bytes: (1 << 20) + 1) == .completedLarge(Array(#"{"a":1}"#.utf8)))
    }

    @Test func `a result beyond the limit fails for good`() {
        guard case .failed(let error) = supervision().outcome(result: [:], bytes: WorkloadLimits.resultBytes + 1) else {
            Issue.record("not failed")
            return
        }
        #expect(error.kind == .permanent && error.code == .resultTooLarge)
    }
}
