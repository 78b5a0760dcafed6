import KubernetesModel
import StructuredData
import SwarmOperator
import Testing

@Suite struct SwarmQuotaTests {
    private func pod(_ resources: JSON, more: JSON = [:]) throws -> PodSpec {
        var spec: JSON = ["containers": [["name": "agent", "resources": resources]]]
        for (key, value) in more.objectValue ?? [:] { spec[key] = value }
        return try spec.decode(PodSpec.self)
    }

    private func quota(_ hard: JSON, used: JSON, spec: JSON = [:]) throws -> ResourceQuota {
        var all = spec
        all["hard"] = hard
        return try
            ([
                "apiVersion": "v1", "kind": "ResourceQuota", "metadata": ["name": "q"], "spec": all,
                "status": ["hard": hard, "used": used],
            ] as JSON).decode(ResourceQuota.self)
    }

    private let agent: JSON = ["requests": ["cpu": "250m", "memory": "128Mi"], "limits": ["memory": "256Mi"]]

    @Test func `Without a quota, or one of other things, there is no bound`() throws {
        let agent = try pod(agent)
        #expect(SwarmQuota.allowance([], pod: agent, standing: 2) == nil)
        let services = try quota(["services": "1"], used: ["services": "1"])
        #expect(SwarmQuota.allowance([services], pod: agent, standing: 2) == nil)
    }

    @Test func `The tightest bound counts, and agents that stand are within it already`() throws {
        let agent = try pod(agent)
        let pods = try quota(["pods": "10"], used: ["pods": "4"])
        #expect(SwarmQuota.allowance([pods], pod: agent, standing: 3) == 9)
        let processors = try quota(
            ["pods": "10", "requests.cpu": "2"], used: ["pods": "4", "requests.cpu": "1"])
        #expect(SwarmQuota.allowance([processors], pod: agent, standing: 3) == 7)
        let memory = try quota(["limits.memory": "1Gi"], used: ["limits.memory": "700Mi"])
        #expect(SwarmQuota.allowance([pods, processors, memory], pod: agent, standing: 3) == 4)
        let plain = try quota(["memory": "300Mi", "cpu": "8"], used: ["memory": "0", "cpu": "0"])
        #expect(SwarmQuota.allowance([plain], pod: agent, standing: 0) == 2)
    }

    @Test func `A quota that was made smaller than what is used takes no agent away`() throws {
        let pods = try quota(["pods": "2"], used: ["pods": "5"])
        #expect(SwarmQuota.allowance([pods], pod: try pod(agent), standing: 4) == 4)
    }

    @Test func `What is not requested, or not counted yet, does not bound`() throws {
        let processors = try quota(["requests.cpu": "1"], used: ["requests.cpu": "1"])
        #expect(SwarmQuota.allowance([processors], pod: try pod([:]), standing: 1) == nil)
        let new = try quota(["pods": "1"], used: [:])
        #expect(SwarmQuota.allowance([new], pod: try pod(agent), standing: 1) == nil)
    }

    @Test(
        arguments: [
            (["scopes": ["Terminating"]], false), (["scopes": ["NotTerminating"]], true),
            (["scopes": ["BestEffort"]], false), (["scopes": ["NotBestEffort", "NotTerminating"]], true),
            (["scopes": ["SomethingNew"]], false),
            (
                [
                    "scopeSelector": [
                        "matchExpressions": [["scopeName": "PriorityClass", "operator": "In", "values": ["low"]]]
                    ]
                ], true
            ),
            (
                [
                    "scopeSelector": [
                        "matchExpressions": [["scopeName": "PriorityClass", "operator": "NotIn", "values": ["low"]]]
                    ]
                ], false
            ),
            (
                ["scopeSelector": ["matchExpressions": [["scopeName": "PriorityClass", "operator": "DoesNotExist"]]]],
                false
            ),
        ] as [(JSON, Bool)])
    func `A quota counts only for pods in its scope`(scope: JSON, isCounted: Bool) throws {
        let agent = try pod(agent, more: ["priorityClassName": "low"])
        let quota = try quota(["pods": "3"], used: ["pods": "1"], spec: scope)
        #expect(SwarmQuota.allowance([quota], pod: agent, standing: 1) == (isCounted ? 3 : nil))
    }

    @Test func `Sidecars, init containers and the pod's overhead are counted as a node counts them`() throws {
        let pod = try pod(
            ["requests": ["cpu": "100m"]],
            more: [
                "initContainers": [
                    ["name": "side", "restartPolicy": "Always", "resources": ["requests": ["cpu": "100m"]]],
                    ["name": "once", "resources": ["requests": ["cpu": "400m"]]],
                ], "overhead": ["cpu": "50m"],
            ])
        // The init container beside the sidecar, and the overhead: 550m.
        let quota = try quota(["requests.cpu": "1100m"], used: ["requests.cpu": "0"])
        #expect(SwarmQuota.allowance([quota], pod: pod, standing: 0) == 2)
        let less = try self.quota(["requests.cpu": "1099m"], used: ["requests.cpu": "0"])
        #expect(SwarmQuota.allowance([less], pod: pod, standing: 0) == 1)
    }
}
