/// Says for people what a decision was made from.
struct ScalingSentence {
    var inputs: ScalingInputs
    var limits: ScalingLimits

    func nothingToDo(_ to: Int) -> String {
        "no tasks; minAgents is \(inputs.minAgents)" + (to < inputs.minAgents ? limited(to) : "")
    }

    var idle: String { "no task for \(inputs.quietSeconds) s (idleSeconds \(inputs.idleSeconds)): down to minAgents" }

    func demand(
        _ need: AgentNeed, wanted: Int, to: Int, reason: ScalingDecision.Reason, isBurst: Bool, isLimited: Bool
    ) -> String {
        var text = because(need, isBurst: isBurst)
        if isLimited || reason == .aboveLimit || reason == .workInHand {
            text += limited(to)
        } else if reason == .recentWork {
            text += "; \(stay(to)) until it is \(inputs.idleSeconds) s"
        } else if reason == .stabilizing {
            text += held(wanted, to, isBurst: isBurst)
        } else if need.agents < to, to == limits.least {
            text += "; minAgents keeps \(to)"
        }
        if to > inputs.readyAgents, inputs.startingAgents > 0, to <= inputs.currentAgents {
            text += "; \(inputs.startingAgents) \(inputs.startingAgents == 1 ? "is" : "are") starting"
        }
        return text
    }

    func external(asked: Int, to: Int) -> String {
        var text = "\(asked.of("agent")) asked for through spec.replicas"
        if asked > limits.most {
            text += limited(to)
        } else if asked < limits.least {
            text += "; minAgents keeps \(to)"
        }
        return text
    }

    // MARK: What the work needs

    private func because(_ need: AgentNeed, isBurst: Bool) -> String {
        let agents = "\(need.agents.of("agent")) of \(inputs.slots.of("slot"))"
        let inHand = "\(inputs.readyTasks.of("task")) waiting and \(inputs.leasedTasks) running"
        let objective = inputs.objective ?? .standard
        switch need.cause {
        case .nothing:
            return inputs.quietSeconds > 0 ? "no task for \(inputs.quietSeconds) s" : "no tasks"
        case .slots:
            let why = "one slot a task, since none has ended yet that would tell how long they take"
            return "\(inHand) need \(agents): \(why)"
        case .running:
            return "\(inHand) need \(agents) for those that run"
        case .backlog:
            return
                "\(inHand), \(each(inputs.handTime)), need \(agents) for all to start within \(objective.waitSeconds) s"
        case .arrivals(let window):
            let burst = isBurst && window == inputs.arrivals?.fast ? "a burst of " : ""
            return burst
                + "\(rate(window)), \(each(inputs.arrivalTime)), need \(agents) for \(objective.percentile) % of them to start within "
                + "\(objective.waitSeconds) s"
        }
    }

    private func each(_ time: ExpectedTime?) -> String {
        guard let seconds = time?.seconds else { return "of unknown length" }
        return seconds < 1 ? "each about \(Int((seconds * 1000).rounded())) ms" : "each about \(short(seconds)) s"
    }

    private func rate(_ window: ArrivalWindow) -> String {
        window.rate >= 1 ? "\(short(window.rate)) tasks a second" : "\(short(window.rate * 60)) tasks a minute"
    }

    /// One decimal of what is small, none of what is not.
    private func short(_ value: Double) -> String {
        value >= 10 ? "\(Int(min(value, 1e15).rounded()))" : "\((value * 10).rounded() / 10)"
    }

    // MARK: What is made of it

    private func limited(_ to: Int) -> String {
        let allows = limits.kind == .quota ? "the namespace's ResourceQuota has room for" : "maxAgents allows"
        return "; \(allows) \(limits.most)" + (to > limits.most ? ", but \(stay(to)) while tasks run" : "")
    }

    private func held(_ wanted: Int, _ to: Int, isBurst: Bool) -> String {
        guard wanted < to else {
            return "; they come when that has held for \(inputs.stabilizationSeconds?.up ?? 0) s"
        }
        if isBurst { return "; \(stay(to)) until there has been no burst for \(ArrivalWindows.slowSeconds) s" }
        return "; \(stay(to)) until fewer have been enough for \(inputs.stabilizationSeconds?.down ?? 0) s"
    }

    private func stay(_ agents: Int) -> String { "\(agents) \(agents == 1 ? "stays" : "stay")" }
}

extension Int {
    /// "1 task", "2 tasks".
    func of(_ noun: String) -> String { "\(self) \(noun)\(self == 1 ? "" : "s")" }
}
