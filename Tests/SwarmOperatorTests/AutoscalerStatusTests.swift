import KubernetesModel
import StructuredData
import SwarmAPI
import SwarmOperator
import SwarmScaling
import TaskQueue
import Testing

@Suite struct AutoscalerStatusTests {
    private func swarm(_ status: JSON? = nil) throws -> AgentSwarm {
        var object: JSON = [
            "apiVersion": "das.brashlabs.io/v1alpha1", "kind": "AgentSwarm",
            "metadata": ["name": "argus", "namespace": "team", "uid": "u-1"],
            "spec": [
                "capabilities": ["echo"],
                "scaling": [
                    "maxAgents": 3, "objective": ["waitSeconds": 5, "percentile": 90],
                    "stabilizationSeconds": ["up": 1, "down": 30],
                ],
            ],
        ]
        if let status { object["status"] = status }
        return try object.decode(AgentSwarm.self)
    }

    private let arrivals = ArrivalWindows(
        slow: .init(count: 120, milliseconds: 60_000), fast: .init(count: 10, milliseconds: 6000))

    private func inputs(_ swarm: AgentSwarm, ready: Int, current: Int) throws -> (QueueSummary, ScalingInputs) {
        let summary = QueueSummary(
            namespace: "team", swarm: "argus", time: StoreTime(milliseconds: 1_000_000), ready: ready,
            oldestReady: StoreTime(milliseconds: 990_000), lastActivity: StoreTime(milliseconds: 1_000_000))
        let deployment = try
            ([
                "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "argus"],
                "spec": [
                    "replicas": JSON(current), "selector": ["matchLabels": ["a": "b"]],
                    "template": ["metadata": ["labels": ["a": "b"]], "spec": ["containers": []]],
                ],
            ] as JSON).decode(Deployment.self)
        let figures = SwarmObservations.Figures(arrivals: arrivals, service: ServiceTime(milliseconds: 4000))
        return (summary, ScalingInputs(swarm: swarm, deployment: deployment, summary: summary, figures: figures))
    }

    private func plan(
        _ swarm: AgentSwarm, _ summary: QueueSummary, _ inputs: ScalingInputs, lastWrite: Int64? = nil
    ) throws -> AutoscalerStatus {
        try AutoscalerStatus(
            swarm: swarm, summary: summary, inputs: inputs, decision: Autoscaler.decide(inputs), lastWrite: lastWrite,
            figuresMilliseconds: 15_000)
    }

    @Test func `The status holds the queue's figures, and the decision with all that it was made from`() throws {
        let swarm = try swarm()
        let (summary, inputs) = try inputs(swarm, ready: 40, current: 1)
        #expect(inputs.objective == WaitObjective(waitSeconds: 5, percentile: 90))
        #expect(inputs.stabilizationSeconds == .init(up: 1, down: 30))
        let fields = try #require(try plan(swarm, summary, inputs).fields)
        #expect(
            fields["queue"]
                == [
                    "ready": 40, "leased": 0, "oldestWaitSeconds": 10, "arrivalsPerMinute": 120,
                    "serviceMilliseconds": 4000,
                ])
        #expect(fields["desiredAgents"] == 3)
        let last = try #require(fields["lastDecision"])
        #expect(last["from"] == 1 && last["to"] == 3 && last["reason"] == "MoreWork")
        #expect(try last["inputs"]?.decode(ScalingInputs.self) == inputs)
        #expect(fields["conditions"]?[0]?["reason"] == "MaxAgentsReached")
        #expect(fields["conditions"]?[0]?["status"] == "True")
    }

    @Test func `Figures alone are written after a pause, and looked at again when arrivals have left the minute`()
        throws
    {
        let (summary, first) = try inputs(try swarm(), ready: 40, current: 3)
        let written = try #require(try plan(try swarm(), summary, first).fields)
        let known = try swarm(written)
        let same = try plan(known, summary, first, lastWrite: 999_000)
        #expect(same.fields == nil && same.recheckMilliseconds == 60_000)
        let (later, more) = try inputs(known, ready: 41, current: 3)
        let held = try plan(known, later, more, lastWrite: 999_000)
        #expect(held.fields == nil && held.recheckMilliseconds == 14_000)
        #expect(try plan(known, later, more, lastWrite: 985_000).fields != nil)
    }

    @Test func `A limit that changes is written at once`() throws {
        let (summary, first) = try inputs(try swarm(), ready: 40, current: 3)
        let written = try #require(try plan(try swarm(), summary, first).fields)
        let known = try swarm(written)
        var quota = first
        quota.quotaAgents = 3
        #expect(try plan(known, summary, quota, lastWrite: 999_999).fields == nil, "maxAgents is as low")
        quota.maxAgents = 9
        let fields = try plan(known, summary, quota, lastWrite: 999_999).fields
        #expect(fields?["conditions"]?[0]?["reason"] == "QuotaReached")
    }
}
