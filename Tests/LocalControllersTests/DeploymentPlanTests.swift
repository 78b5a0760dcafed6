import KubernetesModel
import StructuredData
import Testing

@testable import LocalControllers

@Suite struct DeploymentPlanTests {
    private func plan(
        _ deployment: Templated<Deployment>, _ sets: [Templated<ReplicaSet>], oldPodsRemain: Bool = false
    ) -> DeploymentPlan {
        DeploymentPlan(deployment, sets: sets, oldPodsRemain: oldPodsRemain)
    }

    @Test func `A new deployment gets a set of full size as revision 1`() {
        let plan = plan(Samples.deployment(), [])
        #expect(plan.newSet == .init(replicas: 4, revision: 1))
        #expect(plan.changes.isEmpty)
    }

    @Test func `A deployment whose set is complete has nothing to do`() {
        let plan = plan(Samples.deployment(), [Samples.set("a", replicas: 4)])
        #expect(plan.newSet == nil)
        #expect(plan.changes.isEmpty)
        #expect(plan.revision == 1)
    }

    @Test func `A new template gets a set as large as the surge allows`() {
        let plan = plan(Samples.deployment(image: "echo:2"), [Samples.set("a", replicas: 4)])
        #expect(plan.newSet == .init(replicas: 1, revision: 2))
        #expect(plan.changes.isEmpty)
    }

    @Test func `Available old pods go as new ones become available`() {
        let old = Samples.set("a", replicas: 4)
        let starting = Samples.set("b", image: "echo:2", replicas: 1, available: 0, revision: 2)
        let deployment = Samples.deployment(image: "echo:2")
        // One of four may be unavailable, so one old pod goes at once.
        #expect(plan(deployment, [old, starting]).changes["a"]?.replicas == 3)

        let started = Samples.set("b", image: "echo:2", replicas: 1, revision: 2)
        #expect(plan(deployment, [old, started]).changes["a"]?.replicas == 2)
    }

    @Test func `With neither surge nor unavailability one pod may be missing`() {
        let strategy = DeploymentStrategy(
            type: "RollingUpdate", rollingUpdate: RollingUpdateDeployment(maxUnavailable: 0, maxSurge: 0))
        let rollout = Rollout(Samples.deployment(strategy: strategy).object.spec)
        #expect(rollout.maxUnavailable == 1)
        #expect(rollout.maxSurge == 0)
    }

    @Test(arguments: [(1, 1, 0), (3, 1, 0), (4, 1, 1), (10, 3, 2)])
    func `Surge is rounded up and unavailability down`(_ numbers: (replicas: Int, surge: Int, unavailable: Int)) {
        let rollout = Rollout(Samples.deployment(replicas: numbers.replicas).object.spec)
        #expect(rollout.maxSurge == numbers.surge)
        #expect(rollout.maxUnavailable == numbers.unavailable)
    }

    @Test func `With no unavailability allowed an old pod goes only after a new one is available`() {
        let strategy = DeploymentStrategy(
            type: "RollingUpdate", rollingUpdate: RollingUpdateDeployment(maxUnavailable: 0, maxSurge: 1))
        let deployment = Samples.deployment(image: "echo:2", strategy: strategy)
        let old = Samples.set("a", replicas: 4)
        #expect(
            plan(deployment, [old, Samples.set("b", image: "echo:2", replicas: 1, available: 0, revision: 2)]).changes
                .isEmpty)
        let next = plan(deployment, [old, Samples.set("b", image: "echo:2", replicas: 1, revision: 2)])
        #expect(next.changes["a"]?.replicas == 3)
    }

    @Test func `Unavailable old pods go first`() {
        let broken = Samples.set("a", replicas: 2, available: 0, created: 1)
        let healthy = Samples.set("b", image: "echo:2", replicas: 2, revision: 2, created: 0)
        let new = Samples.set("c", image: "echo:3", replicas: 1, available: 0, revision: 3, created: 2)
        let plan = plan(Samples.deployment(image: "echo:3"), [broken, healthy, new])
        #expect(plan.changes["a"]?.replicas == 1)
        #expect(plan.changes["b"] == nil)
    }

    @Test func `A rolling update simulated to its end never leaves its bounds`() {
        let deployment = Samples.deployment(replicas: 7, image: "echo:2")
        let rollout = Rollout(deployment.object.spec)
        var sets = [Samples.set("a", replicas: 7, desired: 7, max: 9)]
        var steps = 0
        while steps < 50 {
            steps += 1
            let plan = DeploymentPlan(deployment, sets: sets, oldPodsRemain: false)
            if let new = plan.newSet {
                sets.append(
                    Samples.set(
                        "b", image: "echo:2", replicas: new.replicas, actual: 0, available: 0, revision: 2, desired: 7,
                        max: 9))
            } else if plan.changes.isEmpty, sets.allSatisfy({ $0.object.available == $0.object.desired }) {
                break
            }
            for index in sets.indices {
                if let replicas = plan.changes[sets[index].object.name]?.replicas {
                    sets[index].object.spec.replicas = replicas
                }
            }
            #expect(sets.reduce(0) { $0 + $1.object.desired } <= rollout.maxReplicas)
            // One pod becomes available, or one surplus pod goes, per step.
            for index in sets.indices {
                let set = sets[index].object
                let next = set.available < set.desired ? set.available + 1 : min(set.available, set.desired)
                sets[index].object.status?.availableReplicas = next
                sets[index].object.status?.replicas = set.desired
            }
            #expect(sets.reduce(0) { $0 + $1.object.available } >= rollout.minAvailable)
        }
        #expect(sets.map(\.object.desired) == [0, 7])
    }

    @Test func `Recreate waits until every old pod has ended`() {
        let deployment = Samples.deployment(image: "echo:2", strategy: DeploymentStrategy(type: "Recreate"))
        let running = plan(deployment, [Samples.set("a", replicas: 4)], oldPodsRemain: true)
        #expect(running.changes["a"]?.replicas == 0)
        #expect(running.newSet == nil)
        let ending = plan(deployment, [Samples.set("a", replicas: 0, actual: 0)], oldPodsRemain: true)
        #expect(ending.newSet == nil)
        let ended = plan(deployment, [Samples.set("a", replicas: 0, actual: 0)])
        #expect(ended.newSet == .init(replicas: 4, revision: 2))
    }

    @Test func `A change of size resizes the only active set and notes what it is for`() {
        let plan = plan(Samples.deployment(replicas: 6), [Samples.set("a", replicas: 4)])
        #expect(
            plan.changes["a"]
                == .init(
                    replicas: 6,
                    annotations: [DeploymentAnnotations.desiredReplicas: "6", DeploymentAnnotations.maxReplicas: "8"]))
    }

    @Test func `A change of size during a rollout is shared out by size`() {
        let strategy = DeploymentStrategy(
            type: "RollingUpdate", rollingUpdate: RollingUpdateDeployment(maxUnavailable: 2, maxSurge: 3))
        // Kubernetes' own example: 10 replicas, 8 old and 5 new, scaled to 15.
        let plan = plan(
            Samples.deployment(replicas: 15, image: "echo:2", strategy: strategy),
            [
                Samples.set("a", replicas: 8, desired: 10, max: 13),
                Samples.set("b", image: "echo:2", replicas: 5, available: 0, revision: 2, desired: 10, max: 13),
            ])
        #expect(plan.changes["a"]?.replicas == 11)
        #expect(plan.changes["b"]?.replicas == 7)
    }

    @Test func `A paused deployment is scaled but not rolled`() {
        let deployment = Samples.deployment(replicas: 6, image: "echo:2") { $0.paused = true }
        let plan = plan(deployment, [Samples.set("a", replicas: 4)])
        #expect(plan.newSet == nil)
        #expect(plan.changes["a"]?.replicas == 6)
    }

    @Test func `Going back to an old template makes its set the newest revision`() {
        let plan = plan(
            Samples.deployment(image: "echo:1"),
            [
                Samples.set("a", replicas: 0, actual: 0, revision: 1),
                Samples.set("b", image: "echo:2", replicas: 4, revision: 2),
            ])
        #expect(plan.newSet == nil)
        #expect(plan.revision == 3)
        #expect(plan.changes["a"]?.annotations[DeploymentAnnotations.revision] == "3")
        #expect(plan.changes["a"]?.annotations[DeploymentAnnotations.revisionHistory] == "1")
        #expect(plan.changes["a"]?.replicas == 1)
    }

    @Test func `Only as many old sets are kept as the history allows, the oldest revisions going first`() {
        let deployment = Samples.deployment(image: "echo:4") { $0.revisionHistoryLimit = 1 }
        let sets =
            (1...3).map { Samples.set("s\($0)", image: "echo:\($0)", replicas: 0, actual: 0, revision: $0) }
            + [Samples.set("s4", image: "echo:4", replicas: 4, revision: 4)]
        #expect(plan(deployment, sets).removals == ["s1", "s2"])
    }

    @Test func `A deployment that is being deleted changes nothing`() {
        var deployment = Samples.deployment(replicas: 9, image: "echo:2")
        deployment.object.metadata.deletionTimestamp = Timestamp.text(seconds: 1)
        #expect(plan(deployment, [Samples.set("a", replicas: 4)]) == plan(deployment, []))
        #expect(plan(deployment, []).newSet == nil)
    }
}

@Suite struct PodTemplateTests {
    @Test func `The hash is the same whatever the order of members, and another with a collision`() {
        let one: JSON = ["metadata": ["labels": ["a": "1", "b": "2"]], "spec": ["x": 1]]
        let two: JSON = ["spec": ["x": 1], "metadata": ["labels": ["b": "2", "a": "1"], "creationTimestamp": .null]]
        #expect(PodTemplate.hash(one, collisions: 0) == PodTemplate.hash(two, collisions: 0))
        #expect(PodTemplate.hash(one, collisions: 0) != PodTemplate.hash(one, collisions: 1))
        // A literal, since the hash must be the same in every process.
        #expect(PodTemplate.hash(Samples.template(), collisions: 0) == "6d6c6d4cdb")
    }

    @Test func `A set's template equals its deployment's but for the hash label`() {
        #expect(PodTemplate.areEqual(Samples.set("a", replicas: 1).template, Samples.template()))
        #expect(!PodTemplate.areEqual(Samples.template("echo:2"), Samples.template()))
    }

    @Test func `The set made for a deployment keeps fields that the types do not know`() throws {
        let deployment = Samples.deployment(annotations: [
            "note": "kept", "kubectl.kubernetes.io/last-applied-configuration": "{}",
        ])
        let set = try NewReplicaSet.json(of: deployment, .init(replicas: 2, revision: 3), hash: "h")
        #expect(set["spec"]?["template"]?["spec"] == Samples.template()["spec"])
        #expect(set["spec"]?["template"]?["metadata"]?["labels"] == ["app": "web", "pod-template-hash": "h"])
        #expect(set["spec"]?["selector"]?["matchLabels"] == ["app": "web", "pod-template-hash": "h"])
        #expect(set["spec"]?["replicas"] == 2)
        #expect(set["metadata"]?["name"] == "web-h")
        #expect(set["metadata"]?["annotations"]?["note"] == "kept")
        #expect(set["metadata"]?["annotations"]?["kubectl.kubernetes.io/last-applied-configuration"] == nil)
        #expect(set["metadata"]?["ownerReferences"]?[0]?["controller"] == true)
    }
}
