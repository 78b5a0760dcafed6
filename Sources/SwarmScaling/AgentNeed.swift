/// How many agents a swarm's work needs, whatever the limits, and what for.
struct AgentNeed: Equatable {
    enum Cause: Equatable {
        case nothing
        /// One slot a task, since nothing is known of how long tasks take.
        case slots
        /// Tasks that run keep their slots.
        case running
        /// The last of the tasks in hand is to start within the objective.
        case backlog
        /// Tasks arrive, and are to start within the objective at its percentile.
        case arrivals(ArrivalWindow)
    }

    var agents: Int
    var cause: Cause

    /// - Parameter isBurst: whether the fast window counts as well as the slow one.
    init(_ inputs: ScalingInputs, isBurst: Bool) {
        let objective = inputs.objective ?? .standard
        let staffing = Staffing(slotsPerAgent: inputs.slots, objective: objective)
        agents = 0
        cause = .nothing
        guard let hand = inputs.handTime, let arriving = inputs.arrivalTime else {
            consider(staffing.agents(slots: inputs.tasks), .slots)
            return
        }
        consider(inputs.occupiedAgents, .running)
        let windows = inputs.arrivals.map { isBurst ? [$0.slow, $0.fast] : [$0.slow] } ?? []
        if inputs.tasks > 0 {
            consider(
                max(staffing.agents(slots: Self.slots(forBacklog: inputs, hand, arriving, objective)), 1), .backlog)
        }
        // With no agent and nothing to do, the next task brings the first one.
        guard inputs.tasks > 0 || inputs.currentAgents > 0 else { return }
        for window in windows {
            consider(Self.agents(for: window, inputs, hand, arriving, staffing), .arrivals(window))
        }
    }

    private mutating func consider(_ agents: Int, _ cause: Cause) {
        if agents > self.agents { (self.agents, self.cause) = (agents, cause) }
    }

    /// So many that no task waits any more after the time of the objective.
    ///
    /// Until then all slots are taken: c of them take c·(1 + T/S) tasks. These are the tasks in hand and those that arrive meanwhile.
    /// Where tasks are told apart, each kind is given slots of its own: to share them needs no more, and the mean over all kinds
    /// would have a few long tasks pass for many.
    ///
    /// They are no more than the tasks, of which each takes one: where fewer are in hand than arrive in the time of one, this sum would
    /// rise with the time that they may wait; what arrives is the other needs' business.
    ///
    /// An agent ordered now helps only once it has started. So it is what will be in hand by then that counts, without what the
    /// agents that stand and those that are coming get done until then. And none is worth ordering for less work than it takes to
    /// start: the time for the work is at least that.
    private static func slots(
        forBacklog inputs: ScalingInputs, _ hand: ExpectedTime, _ arriving: ExpectedTime, _ objective: WaitObjective
    ) -> Double {
        let rate = inputs.arrivals.map { max($0.slow.rate, $0.fast.rate) } ?? 0
        var tasks = inputs.tasks
        var within = Double(objective.waitSeconds)
        if let start = inputs.start, inputs.currentAgents > 0 {
            let agentSeconds =
                Double(inputs.readyAgents) * start.seconds
                + Double(inputs.startingAgents) * (start.seconds - start.secondsLeft)
            let done = agentSeconds * Double(inputs.slots) / hand.seconds
            tasks = max(tasks + rate * start.seconds - done, 0)
            within = max(within, start.seconds)
        }
        // One sum where they are alike: as what earlier releases recorded was decided, to the last digit.
        guard hand != arriving else {
            let slots = hand.kinds.reduce(0) {
                $0 + $1.share * (tasks + rate * within) / (1 + within / $1.seconds)
            }
            return min(slots, tasks)
        }
        let slots =
            hand.kinds.reduce(0) { $0 + $1.share * tasks / (1 + within / $1.seconds) }
            + arriving.kinds.reduce(0) { $0 + $1.share * rate * within / (1 + within / $1.seconds) }
        return min(slots, tasks)
    }

    /// For arrivals that go on at the window's rate for as long again.
    ///
    /// If service times are long against that, the steady state is not what the window tells of: of the tasks in hand a part of
    /// e^(−H/S) still runs after a time H, and new ones are λS(1 − e^(−H/S)) by then (M/G/∞ with exponential times, of each kind).
    /// The former occupy slots; the latter are the load.
    private static func agents(
        for window: ArrivalWindow, _ inputs: ScalingInputs, _ hand: ExpectedTime, _ arriving: ExpectedTime,
        _ staffing: Staffing
    ) -> Int {
        func left(_ kind: ExpectedTime.Kind) -> Double { RealMath.exponential(-window.seconds / kind.seconds) }
        let stay = hand.kinds.reduce(0) { $0 + $1.share * inputs.tasks * left($1) }
        let load = arriving.kinds.reduce(0) { $0 + $1.share * window.rate * $1.seconds * (1 - left($1)) }
        return staffing.agents(
            load: load, serviceSeconds: arriving.seconds, variation: arriving.variation,
            occupied: Int(min(stay, Double(Staffing.mostAgents)).rounded()))
    }
}

extension WaitObjective {
    /// Where an earlier release recorded none.
    static let standard = WaitObjective(waitSeconds: 2, percentile: 95)
}
