@testable import SwarmScaling

/// A swarm in simulated time, whose tasks arrive at random and whose agents take their time to start: everything that the operator
/// observes and decides on, with its own trackers. Steps of 100 ms.
struct SwarmSimulation {
    private static let stepMilliseconds: Int64 = 100

    private struct Agent {
        var name: String
        var readyAt: Int64
        var isDraining = false
        /// The ends of the tasks that it runs.
        var ends: [(task: Int, at: Int64)] = []
    }

    struct Point {
        var second: Int
        var agents: Int
        var ready: Int
    }

    /// Tasks of a type, beside those that arrive at random.
    struct Kind {
        var work: WorkClass
        var seconds: Double
    }

    private struct Queued {
        var task: Int
        var at: Int64
        /// `nil`: of those that arrive at random.
        var kind: Kind?
    }

    var limits: ScalingInputs
    /// Whether decisions are given what the work is made of.
    var tellsKindsApart = false
    var serviceSeconds: Double
    var shape = ServiceShape.exponential
    var startSeconds: Double
    let seed: UInt64

    /// How many agents there were ordered at the end of each second.
    private(set) var points: [Point] = []
    /// The wait of each task that has begun, by the second of its arrival.
    private(set) var waits: [(second: Int, seconds: Double)] = []
    private(set) var decisions: [(second: Int, inputs: ScalingInputs, decision: ScalingDecision)] = []

    private var generator: SeededGenerator
    private var now: Int64 = 0
    private var agents: [Agent] = []
    private var queue: [Queued] = []
    private var added: [Queued] = []
    private var nextTask = 0
    private var quietSince: Int64 = 0
    private var arrivals = ArrivalTracker(start: 0)
    private var services = ServiceTracker<Int>()
    private var kinds = WorkTracker<Int>()
    private var starts = StartTracker()
    private var memory: (value: ScalingMemory, at: Int64)?
    private var recheckAt: Int64?

    init(_ limits: ScalingInputs, serviceSeconds: Double, startSeconds: Double, seed: UInt64) {
        self.limits = limits
        self.serviceSeconds = serviceSeconds
        self.startSeconds = startSeconds
        self.seed = seed
        generator = SeededGenerator(seed: seed)
    }

    /// - Parameter rate: tasks a second, at a second of the simulation.
    mutating func run(seconds: Int, rate: (Int) -> Double) {
        let end = now + Int64(seconds) * 1000
        while now < end {
            var hasChanged = arrive(rate(Int(now / 1000)))
            hasChanged = work() || hasChanged
            if hasChanged || recheckAt.map({ $0 <= now }) ?? false { decide() }
            now += Self.stepMilliseconds
            if now % 1000 == 0 {
                points.append(Point(second: Int(now / 1000), agents: standing, ready: queue.count))
            }
        }
    }

    /// Has so many tasks of a kind come at once, with the next step.
    mutating func add(_ tasks: Int, of kind: Kind) {
        for _ in 0..<tasks {
            added.append(Queued(task: nextTask, at: now, kind: kind))
            nextTask += 1
        }
    }

    private func workClass(_ queued: Queued) -> WorkClass {
        queued.kind?.work ?? WorkClass(type: "usual", inputBytes: 100)
    }

    private mutating func enqueue(_ queued: Queued) {
        queue.append(queued)
        arrivals.note(at: now)
        kinds.becameReady(queued.task, workClass(queued), at: now)
    }

    /// The share of the tasks of these seconds that waited no longer than the objective.
    func share(of seconds: Range<Int>) -> Double {
        let all = waits.filter { seconds.contains($0.second) }
        let limit = Double(limits.objective?.waitSeconds ?? 0)
        return Double(all.count { $0.seconds <= limit }) / Double(all.count)
    }

    private var standing: Int { agents.count { !$0.isDraining } }

    private mutating func arrive(_ rate: Double) -> Bool {
        let step = Double(Self.stepMilliseconds) / 1000
        var time = rate > 0 ? generator.exponential(mean: 1 / rate) : .infinity
        var any = !added.isEmpty
        for queued in added { enqueue(queued) }
        added = []
        while time < step {
            enqueue(Queued(task: nextTask, at: now))
            nextTask += 1
            any = true
            time += generator.exponential(mean: 1 / rate)
        }
        return any
    }

    /// Agents become ready, tasks end, others begin, and drained agents go.
    private mutating func work() -> Bool {
        var hasChanged = false
        for index in agents.indices {
            if agents[index].readyAt <= now, agents[index].readyAt > now - Self.stepMilliseconds {
                starts.observe(agents[index].name, isReady: true, at: now)
                hasChanged = true
            }
            for (task, at) in agents[index].ends where at <= now {
                services.ended(task, at: at)
                kinds.ended(task, at: at)
                hasChanged = true
            }
            agents[index].ends.removeAll { $0.at <= now }
            while !queue.isEmpty, agents[index].readyAt <= now, !agents[index].isDraining,
                agents[index].ends.count < limits.concurrency
            {
                let first = queue.removeFirst()
                let mean = first.kind?.seconds ?? serviceSeconds
                let length = Int64((shape.time(mean: mean, &generator) * 1000).rounded())
                agents[index].ends.append((first.task, now + max(length, 1)))
                services.began(first.task, at: now)
                kinds.began(first.task, workClass(first), at: now)
                waits.append((Int(first.at / 1000), Double(now - first.at) / 1000))
                hasChanged = true
            }
        }
        for agent in agents where agent.isDraining && agent.ends.isEmpty { starts.forget(agent.name) }
        agents.removeAll { $0.isDraining && $0.ends.isEmpty }
        return hasChanged
    }

    private mutating func decide() {
        let leased = agents.reduce(0) { $0 + $1.ends.count }
        if leased + queue.count > 0 { quietSince = now }
        var inputs = limits
        inputs.readyTasks = queue.count
        inputs.leasedTasks = leased
        inputs.oldestWaitSeconds = queue.first.map { Int(now - $0.at) / 1000 } ?? 0
        inputs.quietSeconds = Int(now - quietSince) / 1000
        inputs.currentAgents = standing
        inputs.readyAgents = agents.count { !$0.isDraining && $0.readyAt <= now }
        inputs.arrivals = arrivals.windows(now: now, arrivalsBefore: 0)
        inputs.service = services.time(now: now, meanBefore: nil)
        if tellsKindsApart { inputs.work = kinds.mix(now: now, noneIsReady: queue.isEmpty) }
        inputs.start = starts.start(now: now)
        inputs.memory = memory.map { $0.value.aged(by: now - $0.at) }
        let decision = Autoscaler.decide(inputs)
        memory = decision.memory.map { ($0, now) }
        recheckAt = decision.recheckAfterSeconds.map { now + Int64($0) * 1000 }
        if decision.to != decision.from { decisions.append((Int(now / 1000), inputs, decision)) }
        order(decision.to)
    }

    private mutating func order(_ wanted: Int) {
        while standing < wanted {
            let name = "agent-\(nextTask)-\(agents.count)"
            agents.append(Agent(name: name, readyAt: now + Int64(startSeconds * 1000)))
            starts.observe(name, isReady: false, at: now)
        }
        let victims = agents.indices.filter { !agents[$0].isDraining }
            .sorted { (agents[$0].ends.count, -agents[$0].readyAt) < (agents[$1].ends.count, -agents[$1].readyAt) }
        for index in victims.prefix(max(standing - wanted, 0)) { agents[index].isDraining = true }
    }
}
