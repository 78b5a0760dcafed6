import TaskQueue
import Testing

@testable import TaskGateway

@Suite("Which gateway wakes a poll") struct WakeUpShareTests {
    fileprivate typealias Task = WakeUpShare.ReadyTask

    fileprivate static let swarm = LeaseBroker.SwarmKey(namespace: "ns", swarm: "argus")
    fileprivate static let patience = Duration.milliseconds(100)
    private static let start = ContinuousClock.now
    private static let tasks = (0..<300).map { Task(id: TaskID("task-\($0)"), swarm: swarm) }

    /// A gateway's share, which changes where it is.
    private final class Gateway {
        private var share: WakeUpShare

        init(_ name: String) { share = WakeUpShare(name: name, patience: WakeUpShareTests.patience) }

        var nextOverdue: ContinuousClock.Instant? { share.nextOverdue }

        func isReady(_ task: Task, hasPoll: Bool, at now: ContinuousClock.Instant) -> WakeUpShare.Decision {
            share.isReady(task, hasPoll: hasPoll, at: now)
        }
        func isOver(_ task: TaskID) { share.isOver(task) }
        func overdue(at now: ContinuousClock.Instant) -> [Task] { share.overdue(at: now) }
        func pollWaits(at now: ContinuousClock.Instant) -> Bool { share.pollWaits(WakeUpShareTests.swarm, at: now) }
        func hear(_ message: WakeUpShare.Message, from other: String, at now: ContinuousClock.Instant) -> [Task] {
            share.hear(message, from: other, at: now)
        }
        func refreshed(at now: ContinuousClock.Instant, isWaitedFor: Bool) -> [LeaseBroker.SwarmKey] {
            share.refreshed(at: now) { _ in isWaitedFor }
        }
    }

    /// Gateways that have told each other that polls wait at all of them.
    private static func gateways(_ names: String...) -> [Gateway] {
        let gateways = names.map(Gateway.init)
        for gateway in gateways {
            #expect(gateway.pollWaits(at: start))
            for other in names { _ = gateway.hear(.waits(swarm), from: other, at: start) }
        }
        return gateways
    }

    @Test("Of several that have polls one and only one does, and each gets its share")
    func one() {
        let gateways = Self.gateways("a", "b", "c")
        var counts = [0, 0, 0]
        for task in Self.tasks {
            let decisions = gateways.map { $0.isReady(task, hasPoll: true, at: Self.start) }
            #expect(decisions.count { $0 == .wake } == 1)
            #expect(decisions.count { $0 == .leave } == 2)
            for index in counts.indices where decisions[index] == .wake { counts[index] += 1 }
        }
        for count in counts { #expect(count > 60) }
    }

    @Test("One alone wakes for every task, and where nobody waits nobody is told anything")
    func alone() {
        let gateway = Gateway("a")
        for task in Self.tasks { #expect(gateway.isReady(task, hasPoll: true, at: Self.start) == .wake) }
        for task in Self.tasks { #expect(gateway.isReady(task, hasPoll: false, at: Self.start) == .leave) }
        #expect(gateway.nextOverdue == nil)
    }

    @Test("One that has no poll left passes once, and of what it was to take the others take each task once")
    func passes() {
        let gateways = Self.gateways("a", "b", "c")
        var woken: [TaskID: Int] = [:]
        var passes = 0
        for task in Self.tasks {
            for index in gateways.indices {
                switch gateways[index].isReady(task, hasPoll: index > 0, at: Self.start) {
                case .wake: woken[task.id, default: 0] += 1
                case .leave: break
                case .pass: passes += 1
                }
            }
        }
        #expect(passes == 1)
        #expect(woken.count < Self.tasks.count)
        for index in [1, 2] {
            for task in gateways[index].hear(.passes(Self.swarm), from: "a", at: Self.start)
            where gateways[index].isReady(task, hasPoll: true, at: Self.start) == .wake {
                woken[task.id, default: 0] += 1
            }
        }
        #expect(woken.count == Self.tasks.count)
        #expect(woken.values.allSatisfy { $0 == 1 })
    }

    @Test("What another takes is let go with its lease, and woken for here where no lease is heard of in time")
    func patience() {
        let gateway = Self.gateways("a", "b")[0]
        let left = Self.tasks.filter { gateway.isReady($0, hasPoll: true, at: Self.start) == .leave }
        #expect(left.count > 100)
        for task in left.dropFirst() { gateway.isOver(task.id) }
        #expect(gateway.nextOverdue == Self.start + Self.patience)
        #expect(gateway.overdue(at: Self.start).isEmpty)
        #expect(gateway.overdue(at: Self.start + Self.patience) == [left[0]])
        #expect(gateway.nextOverdue == nil)
    }

    @Test("One that leaves, or was not heard of for long, is chosen no more")
    func gone() {
        let gateways = Self.gateways("a", "b", "c")
        let left = Self.tasks.filter { gateways[0].isReady($0, hasPoll: true, at: Self.start) == .leave }
        let again = gateways[0].hear(.leaves, from: "b", at: Self.start)
        #expect(again.count == left.count)
        let later = Self.start + WakeUpShare.trust
        for task in again { #expect(gateways[0].isReady(task, hasPoll: true, at: later) == .wake) }
    }

    @Test("Others are told seldom: at the first poll, from time to time while polls wait, and not at once after a pass")
    func told() {
        let gateway = Gateway("a")
        #expect(gateway.pollWaits(at: Self.start))
        #expect(!gateway.pollWaits(at: Self.start + .seconds(9)))
        #expect(gateway.refreshed(at: Self.start + .seconds(9), isWaitedFor: true).isEmpty)
        #expect(gateway.refreshed(at: Self.start + .seconds(10), isWaitedFor: true) == [Self.swarm])
        let passing = Self.start + .seconds(11)
        #expect(gateway.isReady(Self.tasks[0], hasPoll: false, at: passing) == .pass)
        #expect(gateway.isReady(Self.tasks[1], hasPoll: false, at: passing) == .leave)
        #expect(!gateway.pollWaits(at: passing))
        // A poll that waits on is told of when the silence is over.
        #expect(gateway.refreshed(at: passing, isWaitedFor: true).isEmpty)
        #expect(gateway.refreshed(at: passing + WakeUpShare.silence, isWaitedFor: true) == [Self.swarm])
        // Who has begun a moment ago is told with the next look.
        #expect(gateway.hear(.arrives, from: "b", at: passing + .seconds(2)).isEmpty)
        #expect(gateway.refreshed(at: passing + .seconds(2), isWaitedFor: true) == [Self.swarm])
        #expect(gateway.refreshed(at: passing + .seconds(30), isWaitedFor: false).isEmpty)
        #expect(gateway.pollWaits(at: passing + .seconds(30)))
    }

    @Test("One whose polls the others do not know of leaves tasks to them")
    func unknown() {
        let gateway = Gateway("a")
        _ = gateway.hear(.waits(Self.swarm), from: "b", at: Self.start)
        for task in Self.tasks { #expect(gateway.isReady(task, hasPoll: true, at: Self.start) == .leave) }
        #expect(gateway.overdue(at: Self.start + Self.patience).count == Self.tasks.count)
    }
}
