import KubernetesModel
import StructuredData
import Testing

@testable import LocalControllers

@Suite struct DeploymentStatusTests {
    private func status(
        _ deployment: Templated<Deployment>, newest: Templated<ReplicaSet>?, old: [Templated<ReplicaSet>] = [],
        _ progress: DeploymentStatusPlan.Progress = .underWay, now: String = "2026-01-01T00:00:00Z"
    ) -> DeploymentStatus {
        DeploymentStatusPlan(deployment.object, now: now).status(
            newest: newest?.object, all: old.map(\.object) + [newest?.object].compactMap { $0 }, progress: progress)
    }

    private func condition(_ type: String, _ status: DeploymentStatus) -> DeploymentCondition? {
        status.conditions?.first { $0.type == type }
    }

    @Test func `Counts are summed over the sets`() {
        let status = status(
            Samples.deployment(), newest: Samples.set("b", replicas: 2, available: 1),
            old: [Samples.set("a", image: "echo:0", replicas: 3)])
        #expect(status.replicas == 5)
        #expect(status.updatedReplicas == 2)
        #expect(status.availableReplicas == 4)
        #expect(status.unavailableReplicas == 1)
        #expect(status.observedGeneration == 1)
        #expect(condition("Available", status)?.status == "True")
        #expect(condition("Progressing", status)?.reason == "ReplicaSetUpdated")
    }

    @Test func `Too few available replicas are told`() {
        let status = status(Samples.deployment(), newest: Samples.set("a", replicas: 4, available: 2))
        #expect(condition("Available", status)?.reason == "MinimumReplicasUnavailable")
    }

    @Test func `A complete rollout stays complete when a pod is replaced`() {
        var deployment = Samples.deployment()
        deployment.object.status = status(deployment, newest: Samples.set("a", replicas: 4))
        #expect(condition("Progressing", deployment.object.status ?? .init())?.reason == "NewReplicaSetAvailable")
        let later = status(
            deployment, newest: Samples.set("a", replicas: 4, available: 3), .stuck, now: "2026-01-01T01:00:00Z")
        #expect(condition("Progressing", later)?.reason == "NewReplicaSetAvailable")
    }

    @Test
    func `A rollout that does not move for its deadline has failed, and the time of a condition moves with it only`() {
        var deployment = Samples.deployment()
        deployment.object.status = status(deployment, newest: Samples.set("a", replicas: 4, available: 1))
        let stuck = status(
            deployment, newest: Samples.set("a", replicas: 4, available: 1), .stuck, now: "2026-01-01T01:00:00Z")
        #expect(condition("Progressing", stuck)?.reason == "ProgressDeadlineExceeded")
        #expect(condition("Progressing", stuck)?.lastTransitionTime == "2026-01-01T01:00:00Z")
        #expect(condition("Available", stuck)?.lastTransitionTime == "2026-01-01T00:00:00Z")
    }

    @Test func `A set that cannot be created, or cannot create pods, is told`() {
        let refused = status(Samples.deployment(), newest: nil, .failedToCreateSet("no"))
        #expect(condition("Progressing", refused)?.status == "False")
        #expect(condition("ReplicaFailure", refused)?.message == "no")
        var set = Samples.set("a", replicas: 4, available: 0)
        set.object.status?.conditions = [
            Condition(type: "ReplicaFailure", status: "True", reason: "FailedCreate", message: "quota")
        ]
        #expect(condition("ReplicaFailure", status(Samples.deployment(), newest: set))?.message == "quota")
    }

    @Test func `A status patch leaves zeros out and removes what is no more`() throws {
        let old = DeploymentStatus(observedGeneration: 1, replicas: 2, readyReplicas: 1)
        let new = DeploymentStatus(observedGeneration: 2, replicas: 2, readyReplicas: 0)
        #expect(
            try StatusPatch.body(from: old, to: new) == ["status": ["observedGeneration": 2, "readyReplicas": .null]])
        #expect(try StatusPatch.body(from: new, to: DeploymentStatus(observedGeneration: 2, replicas: 2)) == nil)
    }
}
