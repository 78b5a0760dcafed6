import KubernetesModel
import Testing

@testable import LocalControllers

/// What a disruption budget's status says about its pods.
@Suite struct DisruptionPlanTests {
    private static func budget(
        minAvailable: IntOrString? = nil, maxUnavailable: IntOrString? = nil, disrupted: [String: String]? = nil
    ) -> PodDisruptionBudget {
        PodDisruptionBudget(
            metadata: ObjectMeta(name: "b", namespace: "n", generation: 3),
            spec: PodDisruptionBudgetSpec(
                minAvailable: minAvailable, selector: LabelSelector(matchLabels: ["app": "web"]),
                maxUnavailable: maxUnavailable),
            status: PodDisruptionBudgetStatus(disruptedPods: disrupted))
    }

    private static let three = [Samples.pod("a"), Samples.pod("b"), Samples.pod("c", ready: false)]

    @Test func `healthy pods above the least that must be there may be disrupted`() {
        let one = DisruptionPlan(Self.budget(minAvailable: .int(1)), pods: Self.three, wanted: 3, now: 0).status
        #expect(one.currentHealthy == 2)
        #expect(one.desiredHealthy == 1)
        #expect(one.expectedPods == 3)
        #expect(one.disruptionsAllowed == 1)
        #expect(one.observedGeneration == 3)
        #expect(one.conditions?.first?.status == "True")
        let two = DisruptionPlan(Self.budget(minAvailable: .int(2)), pods: Self.three, wanted: 3, now: 0).status
        #expect(two.disruptionsAllowed == 0)
        #expect(two.conditions?.first?.reason == "InsufficientPods")
    }

    @Test func `shares are of what the controllers want, not of what is there`() {
        let half = DisruptionPlan(
            Self.budget(minAvailable: .string("50%")), pods: Self.three, wanted: 5, now: 0
        ).status
        #expect(half.desiredHealthy == 3)
        #expect(half.expectedPods == 5)
        #expect(half.disruptionsAllowed == 0)
        let most = DisruptionPlan(Self.budget(maxUnavailable: .int(1)), pods: Self.three, wanted: 2, now: 0).status
        #expect(most.desiredHealthy == 1)
        #expect(most.disruptionsAllowed == 1)
    }

    @Test func `without pods nothing may be disrupted, and ended pods are none`() {
        let ended = [Samples.pod("a", phase: "Succeeded")]
        let none = DisruptionPlan(Self.budget(minAvailable: .int(0)), pods: ended, wanted: 0, now: 0).status
        #expect(none.expectedPods == 0)
        #expect(none.disruptionsAllowed == 0)
    }

    @Test func `a pod that is being evicted counts as gone until it is clear that it stays`() {
        let budget = Self.budget(minAvailable: .int(1), disrupted: ["a": Timestamp.text(seconds: 1000)])
        let early = DisruptionPlan(budget, pods: Self.three, wanted: 3, now: 1010)
        #expect(early.status.currentHealthy == 1)
        #expect(early.status.disruptionsAllowed == 0)
        #expect(early.lookAgainAfterSeconds == 110)
        let late = DisruptionPlan(budget, pods: Self.three, wanted: 3, now: 1000 + DisruptionPlan.evictionSeconds)
        #expect(late.status.currentHealthy == 2)
        #expect(late.status.disruptedPods == nil)
        #expect(late.lookAgainAfterSeconds == nil)
    }
}
