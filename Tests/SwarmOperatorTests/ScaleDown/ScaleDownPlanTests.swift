import TaskQueue
import Testing

@testable import SwarmOperator

/// The steps of a scale-down, one state at a time.
@Suite struct ScaleDownPlanTests {
    /// A swarm at rest.
    private func state(_ pods: [ScaleState.Pod], replicas: Int? = nil) -> ScaleState {
        let wanted = replicas ?? pods.count
        return ScaleState(
            replicas: wanted, isObserved: true, hasOldPods: false,
            sets: [
                .init(
                    wanted: wanted, pods: pods.count, ready: pods.count { $0.stage == .ready }, isObserved: true)
            ],
            pods: pods)
    }

    private func pod(
        _ name: String, _ stage: ScaleState.Stage = .ready, leased: Int? = 0, draining: Bool = false,
        marked: Bool = false, created: Int64 = 0, long: Bool = false
    ) -> ScaleState.Pod {
        ScaleState.Pod(
            uid: name, name: name, stage: stage, isMarked: marked, created: created,
            agents: leased.map { [.init(id: AgentID(name), leased: $0, isDraining: draining)] } ?? [],
            isBusyForLong: long)
    }

    @Test func `First the victims get no more leases`() {
        let plan = ScaleDownPlan(state([pod("a", leased: 2), pod("b", leased: 0), pod("c", leased: 1)]), wanted: 1)
        #expect(plan.steps == [.drain(["b", "c"])])
        #expect(plan.wait == .tasks)
    }

    @Test func `Nothing more is done while a victim holds a task`() {
        let plan = ScaleDownPlan(state([pod("a", leased: 1, draining: true), pod("b", leased: 1)]), wanted: 1)
        #expect(plan.steps == [] && plan.wait == .tasks && plan.victims == ["a"])
    }

    @Test func `Empty victims are marked, and the mark must be seen`() {
        let empty = pod("a", draining: true)
        let plan = ScaleDownPlan(state([empty, pod("b", leased: 1)]), wanted: 1)
        #expect(plan.steps == [.mark([empty])] && plan.wait == .marks)
    }

    @Test func `A marked victim that is still ready is waited for, until patience is over`() {
        let state = state([pod("a", draining: true, marked: true), pod("b", leased: 1)])
        #expect(ScaleDownPlan(state, wanted: 1).steps == [])
        #expect(ScaleDownPlan(state, wanted: 1).wait == .readiness)
        #expect(ScaleDownPlan(state, wanted: 1, isPatienceOver: true).steps == [.setReplicas(1)])
    }

    @Test func `Of a ready pod that has no agent nothing is waited for but its mark`() {
        let silent = pod("a", leased: nil)
        let marked = pod("a", leased: nil, marked: true)
        #expect(ScaleDownPlan(state([silent, pod("b", leased: 1)]), wanted: 1).steps == [.mark([silent])])
        #expect(ScaleDownPlan(state([marked, pod("b", leased: 1)]), wanted: 1).steps == [.setReplicas(1)])
    }

    @Test func `The ReplicaSet has to count the victims as unready, too`() {
        var state = state([pod("a", .unready, draining: true, marked: true), pod("b", leased: 1)])
        #expect(ScaleDownPlan(state, wanted: 1).steps == [.setReplicas(1)])
        state.sets[0].ready = 2
        #expect(ScaleDownPlan(state, wanted: 1).steps == [])
        #expect(ScaleDownPlan(state, wanted: 1).wait == .readiness)
        state.sets[0].ready = 1
        state.sets[0].pods = 3
        #expect(ScaleDownPlan(state, wanted: 1, isPatienceOver: true).wait == .controllers)
    }

    @Test func `Nobody is released before the victims are gone, then every survivor is`() {
        let marked = pod("a", .unready, draining: true, marked: true)
        let survivor = pod("b", .unready, draining: true, marked: true)
        let removing = state([marked, survivor, pod("c")], replicas: 2)
        #expect(ScaleDownPlan(removing, wanted: 2).steps == [])
        #expect(ScaleDownPlan(removing, wanted: 2).wait == .controllers)
        let gone = state([survivor, pod("c")])
        #expect(ScaleDownPlan(gone, wanted: 2).steps == [.release(["b"]), .unmark([survivor])])
        var unseen = gone
        unseen.sets[0].isObserved = false
        #expect(ScaleDownPlan(unseen, wanted: 2).steps == [])
        unseen = gone
        unseen.isObserved = false
        #expect(ScaleDownPlan(unseen, wanted: 2).steps == [])
    }

    @Test func `Demand that rises in the middle takes marks back, and adds pods only beyond those that are there`() {
        let marked = pod("b", .unready, draining: true, marked: true)
        let state = state([pod("a", leased: 1), pod("c", leased: 1, draining: true), marked])
        let back = ScaleDownPlan(state, wanted: 3)
        #expect(back.steps == [.release(["c", "b"]), .unmark([marked])])
        let more = ScaleDownPlan(state, wanted: 4)
        #expect(more.steps == [.setReplicas(4), .release(["c", "b"]), .unmark([marked])])
        // One of the two is still to go.
        let fewer = ScaleDownPlan(state, wanted: 2)
        #expect(fewer.victims == ["b"])
        #expect(fewer.steps == [.release(["c"])])
        #expect(fewer.wait == .marks)
    }

    @Test func `Whoever starts goes first, as far behind as it is, then the idle and the young`() {
        let pods = [
            pod("busy", leased: 2, created: 9), pod("old", created: 1), pod("young", created: 5),
            pod("unready", .unready), pod("pending", .pending, leased: nil),
            pod("unscheduled", .unscheduled, leased: nil), pod("long", leased: 1, long: true),
        ]
        let order = ["unscheduled", "pending", "unready", "young", "old", "busy"]
        for count in 1...order.count {
            let plan = ScaleDownPlan(state(pods), wanted: pods.count - count)
            #expect(plan.victims == Set(order.prefix(count)))
        }
    }

    @Test func `Who was chosen stays chosen, unless it is busy for long`() {
        let flickering = [pod("a", leased: 1, draining: true), pod("b", leased: 0)]
        #expect(ScaleDownPlan(state(flickering), wanted: 1).victims == ["a"])
        let lasting = [pod("a", leased: 1, draining: true, long: true), pod("b", leased: 0)]
        let plan = ScaleDownPlan(state(lasting), wanted: 1)
        #expect(plan.victims == ["b"])
        #expect(plan.steps == [.release(["a"]), .drain(["b"])])
    }

    @Test func `Of two ReplicaSets with pods none is made smaller, but both to zero`() {
        var state = state([pod("a", draining: true, marked: true), pod("b", leased: 1)])
        state.sets.append(.init(wanted: 1, pods: 1, ready: 1, isObserved: true))
        let some = ScaleDownPlan(state, wanted: 1)
        #expect(some.wait == .rollout && some.replicas == nil)
        #expect(some.steps == [.release(["a"]), .unmark([state.pods[0]])])
        #expect(ScaleDownPlan(state, wanted: 0).steps == [.drain(["b"])])
        var older = self.state([pod("a"), pod("b")])
        older.hasOldPods = true
        #expect(ScaleDownPlan(older, wanted: 1).wait == .rollout)
    }

    @Test func `To zero: drained, then empty, then lowered, with no mark`() {
        let idle = [pod("a"), pod("b", .pending, leased: nil)]
        #expect(ScaleDownPlan(state(idle), wanted: 0).steps == [.drain(["a"])])
        #expect(ScaleDownPlan(state(idle), wanted: 0).wait == .tasks)
        let busy = [pod("a", leased: 1, draining: true)]
        #expect(ScaleDownPlan(state(busy), wanted: 0).steps == [])
        let empty = [pod("a", draining: true), pod("b", .pending, leased: nil)]
        #expect(ScaleDownPlan(state(empty), wanted: 0).steps == [.setReplicas(0)])
        // A task came in between.
        #expect(ScaleDownPlan(state(empty), wanted: 2).steps == [.release(["a"])])
    }

    @Test func `Pods that are missing are given up without asking anybody`() {
        #expect(ScaleDownPlan(state([pod("a", leased: 2)], replicas: 5), wanted: 3).steps == [.setReplicas(3)])
    }

    @Test func `At the wanted number, with no marks, there is nothing to do`() {
        let plan = ScaleDownPlan(state([pod("a", leased: 2), pod("b")]), wanted: 2)
        #expect(plan.steps == [] && plan.wait == nil)
    }

    @Test func `Victims are told from others that went`() {
        let count = VictimCount(victims: ["a", "b"], before: ["a", "b", "c", "d"])
        #expect(count.outcome(after: ["c", "d", "new"]) == .init(chosen: 2, others: []))
        #expect(count.outcome(after: ["b", "d"]) == .init(chosen: 1, others: ["c"]))
    }
}
