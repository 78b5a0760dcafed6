import StructuredData
import TaskProtocol
import TaskStoreTesting

@testable import AgentRuntime

/// The workers of one agent's process: attempts that take time, fail, hang, and are stopped.
final class Workers {
    private struct Run {
        var grant: LeaseGrant
        var slot: Int
        var number: Int
        /// It takes notice of a request to stop.
        var isCooperative: Bool
        var isStopping = false
    }

    private unowned let agent: SimulatedAgent
    private var random: SeededGenerator
    private var runs: [AttemptID: Run] = [:]
    private var started = 0

    init(_ agent: SimulatedAgent, _ random: SeededGenerator) {
        self.agent = agent
        self.random = random
    }

    func run(_ grant: LeaseGrant, slot: Int, isFaulty: Bool, isShort: Bool) {
        started += 1
        let range: ClosedRange<Int64> =
            isShort && random.chance(80) ? 0...30 : random.chance(60) ? 5...1_000 : 1_000...20_000
        let takes = Int64.random(in: range, using: &random)
        let fate = isFaulty ? Int.random(in: 0..<100, using: &random) : 100
        runs[grant.id] = Run(grant: grant, slot: slot, number: started, isCooperative: !(0..<20).contains(fate))
        if takes > 1_000 { agent.later(after: takes / 2) { $0.progressed(grant.id) } }
        // One of a hundred hangs for good, whatever its time-out is.
        if fate == 0 { return }
        let outcome: AttemptOutcome =
            switch fate {
            case 1...4: .failed(.retryable(.timedOut, "the attempt took longer than its time-out"))
            case 5...8: .failed(.permanent("BROKEN", "no attempt would do better"))
            case 9...25: .failed(.retryable("BUSY", "another attempt may do better"))
            case 26...30: .failed(.retryable(.workerCrashed, "the worker died"))
            default: .completed(["task": .string(grant.task), "epoch": JSON(grant.epoch), "by": .string(agent.name)])
            }
        let timeout = grant.timeoutMs ?? .max
        let hangs = (1...4).contains(fate) || takes > timeout
        end(
            grant.id, number: started, after: hangs ? timeout : takes,
            hangs ? .failed(.retryable(.timedOut, "the attempt took longer than its time-out")) : outcome,
            isReusable: !hangs && !(26...30).contains(fate))
    }

    func stop(_ id: AttemptID, _ reason: StopReason) {
        guard let run = runs[id] else { return }
        let soon = Int64.random(in: 0...500, using: &random)
        switch reason {
        case .leaseLost: end(id, number: run.number, after: soon, .discarded, isReusable: false)
        case .fenced:
            end(id, number: run.number, after: soon, .released(checkpoint: nil, reason: "fenced"), isReusable: false)
        case .drained:
            end(id, number: run.number, after: soon, .released(checkpoint: nil, reason: "drained"), isReusable: false)
        case .cancelled(_, let grace):
            let forced = grace.map { Int64($0 / .milliseconds(1)) }
            if run.isCooperative, !run.isStopping {
                runs[id]?.isStopping = true
                end(id, number: run.number, after: min(soon, forced ?? soon), .failed(.cancelled), isReusable: true)
            } else if let forced {
                end(id, number: run.number, after: forced, .failed(.cancelled), isReusable: false)
            }
        }
    }

    /// The first end that comes is the attempt's.
    private func end(_ id: AttemptID, number: Int, after delay: Int64, _ outcome: AttemptOutcome, isReusable: Bool) {
        agent.later(after: delay) { [self] agent in
            guard let run = runs[id], run.number == number else { return }
            runs[id] = nil
            agent.handle(
                .attemptEnded(id, slot: run.slot, outcome, reusable: isReusable, ran: .milliseconds(delay)))
            if !isReusable {
                agent.later(after: Int64.random(in: 100...2_000, using: &random)) { $0.handle(.slotReady(run.slot)) }
            }
        }
    }
}
