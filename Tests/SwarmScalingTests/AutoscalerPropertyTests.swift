import StructuredData
import Testing

@testable import SwarmScaling

/// What holds for all inputs, over many random ones.
@Suite struct AutoscalerPropertyTests {
    private let seed: UInt64 = 20_260_604

    private func random(_ generator: inout SeededGenerator) -> ScalingInputs {
        func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
        func maybe<Value>(_ value: () -> Value) -> Value? { number(0...3) > 0 ? value() : nil }
        let (low, current) = (number(0...5), number(0...25))
        let tasks = number(0...3) == 0 ? 0 : number(0...200)
        let leased = min(number(0...60), tasks)
        return scalingInputs(
            ready: tasks - leased, leased: leased, quiet: tasks == 0 ? number(0...120) : 0, current: current,
            readyAgents: number(0...current), concurrency: number(1...8), min: low, max: number(low...20),
            idle: number(0...90)
        ) { inputs in
            inputs.objective = maybe { WaitObjective(waitSeconds: number(0...30), percentile: number(1...99)) }
            inputs.stabilizationSeconds = maybe { .init(up: number(0...60), down: number(0...300)) }
            inputs.service = maybe {
                ServiceTime(
                    milliseconds: number(1...100_000), variationThousandths: maybe { number(0...9000) },
                    running: maybe { .init(tasks: number(0...60), milliseconds: number(0...1_000_000)) })
            }
            inputs.arrivals = maybe {
                ArrivalWindows(
                    slow: .init(count: number(0...3000), milliseconds: number(59_000...60_000)),
                    fast: .init(count: number(0...1000), milliseconds: number(5000...6000)))
            }
            inputs.start = maybe {
                AgentStart(milliseconds: number(0...60_000), startingMilliseconds: number(0...60_000))
            }
            inputs.quotaAgents = number(0...3) == 0 ? number(0...20) : nil
            inputs.memory = maybe {
                var memory = ScalingMemory(standing: number(0...25))
                for _ in 0..<number(0...5) {
                    _ = memory.greatest.note(number(0...25), windowSeconds: 300, isMoreExtreme: >)
                    _ = memory.least.note(number(0...25), windowSeconds: 60, isMoreExtreme: <)
                    memory = memory.aged(by: Int64(number(0...100_000)))
                }
                memory.burstMilliseconds = maybe { number(0...70_000) }
                return memory
            }
            if number(0...9) == 0 {
                inputs.strategy = .external
                inputs.externalAgents = maybe { number(0...30) }
            }
            inputs.suspended = number(0...19) == 0
            inputs.work = maybe {
                WorkMix(
                    parts: (0..<number(0...4)).map { kind in
                        WorkMix.Part(
                            of: WorkClass(type: "\(kind)", inputBytes: number(0...1 << 21)),
                            milliseconds: number(0...100_000), variationThousandths: number(0...9000),
                            ready: number(0...100), running: number(0...60), arrivals: number(0...1000))
                    })
            }
        }
    }

    private func each(_ count: Int, _ body: (ScalingInputs) throws -> Void) rethrows {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<count { try body(random(&generator)) }
    }

    @Test func `The number keeps the limits, and never leaves running tasks without slots`() {
        each(5000) { inputs in
            let decision = Autoscaler.decide(inputs)
            let most = min(max(inputs.minAgents, inputs.maxAgents), inputs.quotaAgents ?? .max)
            let occupied = min(inputs.currentAgents, (inputs.leasedTasks + inputs.concurrency - 1) / inputs.concurrency)
            #expect(decision.to <= max(most, occupied), "seed \(seed): \(inputs)")
            // What others ask for is brought about agent by agent, each of which ends its tasks first.
            if inputs.strategy == .demand || inputs.suspended {
                #expect(decision.to >= occupied, "seed \(seed): \(inputs)")
            }
            #expect(decision.from == inputs.currentAgents)
            if !inputs.suspended {
                #expect(decision.to >= min(inputs.minAgents, most), "seed \(seed): \(inputs)")
                if inputs.readyTasks > 0, inputs.strategy == .demand {
                    #expect(decision.to > 0 || most == 0, "seed \(seed): \(inputs)")
                }
            }
            #expect(decision.recheckAfterSeconds.map { $0 > 0 } ?? true)
            #expect(!decision.message.isEmpty && decision.message.utf8.count < 1024)
        }
    }

    @Test func `A decision on inputs that were written and read again is the same`() throws {
        try each(2000) { inputs in
            let text = try JSON(encoding: inputs).text()
            let again = try JSON.parse(Array(text.utf8)).decode(ScalingInputs.self)
            #expect(again == inputs)
            #expect(Autoscaler.decide(again) == Autoscaler.decide(inputs), "seed \(seed): \(text)")
        }
    }

    @Test func `More work never brings fewer agents`() {
        var generator = SeededGenerator(seed: seed + 1)
        each(3000) { inputs in
            let before = Autoscaler.decide(inputs)
            var more = inputs
            more.quietSeconds = 0
            switch Int.random(in: 0...3, using: &generator) {
            case 0: more.readyTasks += Int.random(in: 1...100, using: &generator)
            case 1: more.leasedTasks += Int.random(in: 1...100, using: &generator)
            case 2:
                more.arrivals?.slow.count += Int.random(in: 1...1000, using: &generator)
                more.quietSeconds = inputs.quietSeconds
            default:
                more.arrivals?.fast.count += Int.random(in: 1...1000, using: &generator)
                more.quietSeconds = inputs.quietSeconds
            }
            let after = Autoscaler.decide(more)
            #expect(after.to >= before.to, "seed \(seed): \(inputs), then \(more)")
        }
    }

    /// Of tasks that are not told apart: where those that arrive are of other kinds than those in hand, a longer time counts more of
    /// them.
    @Test func `A stricter objective never brings fewer agents`() {
        each(3000) { given in
            var inputs = given
            inputs.work = nil
            guard var objective = inputs.objective else { return }
            let before = Autoscaler.decide(inputs)
            objective.percentile = min(objective.percentile + 4, 99)
            objective.waitSeconds = objective.waitSeconds / 2
            var stricter = inputs
            stricter.objective = objective
            #expect(Autoscaler.decide(stricter).to >= before.to, "seed \(seed): \(inputs)")
        }
    }

    @Test func `What is remembered stays small`() {
        var generator = SeededGenerator(seed: seed)
        var memory = ScalingMemory(standing: 1000)
        for _ in 0..<10_000 {
            _ = memory.greatest.note(.random(in: 0...1000, using: &generator), windowSeconds: 3600, isMoreExtreme: >)
            memory = memory.aged(by: .random(in: 0...2000, using: &generator))
            #expect(memory.greatest.entries.count <= 33)
        }
    }
}
