import KubernetesModel
import StructuredData
import SwarmAPI
import SwarmOperator
import Testing

@Suite struct SwarmConditionsTests {
    private func swarm(suspend: Bool = false, conditions: [Condition]? = nil) -> AgentSwarm {
        AgentSwarm(
            metadata: ObjectMeta(name: "argus", namespace: "team", uid: "u", generation: 3),
            spec: AgentSwarm.Spec(capabilities: ["echo"], suspend: suspend),
            status: AgentSwarm.Status(conditions: conditions))
    }

    private func deployment(
        wanted: Int, replicas: Int? = nil, ready: Int = 0, updated: Int? = nil, isCurrent: Bool = true,
        conditions: JSON = []
    ) throws -> Deployment {
        try
            ([
                "apiVersion": "apps/v1", "kind": "Deployment",
                "metadata": ["name": "argus-agents", "namespace": "team", "generation": 5],
                "spec": ["replicas": JSON(wanted), "selector": [:], "template": ["spec": ["containers": []]]],
                "status": [
                    "observedGeneration": JSON(isCurrent ? 5 : 4), "replicas": JSON(replicas ?? wanted),
                    "readyReplicas": JSON(ready), "updatedReplicas": JSON(updated ?? ready), "conditions": conditions,
                ],
            ] as JSON).decode(Deployment.self)
    }

    private func verdict(
        _ deployment: Deployment?, suspend: Bool = false, pods: SwarmTrouble? = nil, trouble: SwarmTrouble? = nil
    ) -> String {
        let verdict = SwarmObservation(
            swarm: swarm(suspend: suspend), deployment: deployment, podTrouble: pods, trouble: trouble
        ).verdict
        return "\(verdict.state) \(verdict.reason)"
    }

    private let image = SwarmTrouble(reason: "ImagePullBackOff", message: "image a cannot be pulled")
    private let lost = SwarmTrouble(reason: "NodeLost", message: "node n", isLasting: false)

    @Test func `A swarm is ready with as many agents as are wanted, of its latest form, and with none at all`() throws {
        #expect(verdict(nil) == "reconciling CreatingDeployment")
        #expect(verdict(try deployment(wanted: 0)) == "ready ScaledToZero")
        #expect(verdict(try deployment(wanted: 0, replicas: 1)) == "ready AgentsReady")
        #expect(verdict(try deployment(wanted: 2, ready: 2)) == "ready AgentsReady")
        #expect(verdict(try deployment(wanted: 2, ready: 1)) == "reconciling AgentsStarting")
        #expect(verdict(try deployment(wanted: 2, ready: 2, updated: 1)) == "reconciling RollingOut")
        #expect(verdict(try deployment(wanted: 2, ready: 2, isCurrent: false)) == "reconciling AgentsStarting")
    }

    @Test func `A suspended swarm is ready once its agents have gone`() throws {
        #expect(verdict(try deployment(wanted: 2, ready: 2), suspend: true) == "reconciling Suspending")
        #expect(verdict(try deployment(wanted: 0, replicas: 1), suspend: true) == "reconciling Suspending")
        #expect(verdict(try deployment(wanted: 0), suspend: true) == "ready Suspended")
    }

    @Test func `What stays wrong stalls the swarm, what passes keeps it reconciling`() throws {
        let starting = try deployment(wanted: 2, ready: 1)
        #expect(verdict(starting, pods: image) == "stalled ImagePullBackOff")
        #expect(verdict(starting, pods: lost) == "reconciling NodeLost")
        // Agents of the earlier form do the work meanwhile; the new one does not come.
        #expect(verdict(try deployment(wanted: 2, ready: 2, updated: 1), pods: image) == "stalled ImagePullBackOff")
        // A pod too many is no reason to wait.
        #expect(verdict(try deployment(wanted: 2, ready: 2), pods: image) == "ready AgentsReady")
        let conflict = SwarmTrouble(reason: "NameConflict", message: "taken")
        #expect(verdict(try deployment(wanted: 2, ready: 2), trouble: conflict) == "stalled NameConflict")
    }

    private func failing(_ type: String, _ status: String, _ reason: String, _ message: String) throws -> Deployment {
        try deployment(
            wanted: 2, ready: 1,
            conditions: [
                [
                    "type": .string(type), "status": .string(status), "reason": .string(reason),
                    "message": .string(message),
                ]
            ])
    }

    @Test func `A Deployment that may have no more pods tells the quota's words`() throws {
        let message =
            #"pods "a-1" is forbidden: exceeded quota: small, requested: pods=1, used: pods=1, limited: pods=1"#
        let exceeded = try failing("ReplicaFailure", "True", "FailedCreate", message)
        #expect(verdict(exceeded) == "reconciling QuotaExceeded")
        #expect(SwarmTrouble.of(exceeded)?.message == message)
        #expect(verdict(exceeded, pods: lost) == "reconciling QuotaExceeded")
        #expect(verdict(exceeded, pods: image) == "stalled ImagePullBackOff")
        let refused = try failing(
            "ReplicaFailure", "True", "FailedCreate", "violates PodSecurity \"restricted:latest\"")
        #expect(verdict(refused) == "stalled PodsRefused")
    }

    @Test func `A rollout that gets nowhere stalls the swarm`() throws {
        let late = try failing("Progressing", "False", "ProgressDeadlineExceeded", "has timed out progressing")
        #expect(verdict(late) == "stalled ProgressDeadlineExceeded")
        #expect(SwarmTrouble.of(try failing("Progressing", "True", "ReplicaSetUpdated", "")) == nil)
    }

    @Test func `Conditions carry the generation, and their times move with their status alone`() throws {
        let starting = try deployment(wanted: 2, ready: 1)
        let first = SwarmObservation(swarm: swarm(), deployment: starting).status(now: "2026-01-01T00:00:00Z")
        #expect(first.observedGeneration == 3 && first.replicas == 2 && first.readyAgents == 1)
        #expect(first.conditions?.map(\.type) == ["Ready", "Reconciling", "Stalled"])
        for condition in first.conditions ?? [] {
            #expect(condition.observedGeneration == 3 && condition.lastTransitionTime == "2026-01-01T00:00:00Z")
        }
        let failing = SwarmObservation(
            swarm: swarm(conditions: first.conditions), deployment: starting, podTrouble: image
        ).status(now: "2026-01-01T00:01:00Z")
        #expect(failing.conditions?["Ready"]?.lastTransitionTime == "2026-01-01T00:00:00Z")
        #expect(failing.conditions?["Ready"]?.reason == "ImagePullBackOff")
        #expect(failing.conditions?["Stalled"]?.lastTransitionTime == "2026-01-01T00:01:00Z")
    }
}
