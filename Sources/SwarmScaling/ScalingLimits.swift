/// How many agents there may be at least and at most.
struct ScalingLimits: Equatable {
    var least: Int
    var most: Int
    /// What sets `most`.
    var kind = ScalingDecision.Limit.maxAgents

    init(_ inputs: ScalingInputs) {
        most = max(inputs.minAgents, inputs.maxAgents)
        if let agents = inputs.quotaAgents, agents < most {
            most = max(agents, 0)
            kind = .quota
        }
        least = min(inputs.minAgents, most)
    }

    func clamp(_ agents: Int) -> Int { min(max(agents, least), most) }

    /// Also, agents stay whose slots the running tasks fill, if there are more than the limit allows now.
    func clamp(_ agents: Int, keeping inputs: ScalingInputs) -> Int {
        max(clamp(agents), min(inputs.currentAgents, inputs.occupiedAgents))
    }

    /// What keeps the number at `agents`, if `needed` are more and it is a limit that does.
    func limit(at agents: Int, needed: Int) -> ScalingDecision.Limit? {
        needed > agents && agents >= most ? kind : nil
    }
}
