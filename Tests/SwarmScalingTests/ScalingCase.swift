@testable import SwarmScaling

/// Inputs of a swarm that tests change where it matters.
func scalingInputs(
    ready: Int = 0, leased: Int = 0, quiet: Int = 0, current: Int = 0, readyAgents: Int? = nil, concurrency: Int = 4,
    min: Int = 0, max: Int = 20, idle: Int = 60, change: (inout ScalingInputs) -> Void = { _ in }
) -> ScalingInputs {
    var inputs = ScalingInputs(
        readyTasks: ready, leasedTasks: leased, oldestWaitSeconds: 0, quietSeconds: quiet, currentAgents: current,
        readyAgents: readyAgents ?? current, concurrency: concurrency, minAgents: min, maxAgents: max,
        idleSeconds: idle, objective: WaitObjective(waitSeconds: 2, percentile: 95),
        stabilizationSeconds: .init(up: 0, down: 60))
    change(&inputs)
    return inputs
}

extension ArrivalWindows {
    /// So many tasks a second in either window.
    static func perSecond(slow: Double, fast: Double? = nil) -> ArrivalWindows {
        func window(_ seconds: Int, _ rate: Double) -> ArrivalWindow {
            ArrivalWindow(count: Int((rate * Double(seconds)).rounded()), milliseconds: seconds * 1000)
        }
        return ArrivalWindows(slow: window(slowSeconds, slow), fast: window(fastSeconds, fast ?? slow))
    }
}

extension ScalingInputs {
    /// The inputs of the next decision, when `decision` has been made on these and carried out at once, and time has passed.
    func after(_ decision: ScalingDecision, seconds: Int) -> ScalingInputs {
        var next = self
        next.memory = decision.memory?.aged(by: Int64(seconds) * 1000)
        next.currentAgents = decision.to
        next.readyAgents = decision.to
        return next
    }
}
