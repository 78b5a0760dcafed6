import KubernetesModel
import StructuredData
import SwarmAPI
import SwarmOperator
import Testing

@Suite struct SwarmObjectsTests {
    private func swarm(_ spec: JSON) throws -> AgentSwarm {
        var all = spec
        if all["capabilities"] == nil { all["capabilities"] = ["echo", "market-analysis"] }
        return try
            ([
                "apiVersion": "das.brashlabs.io/v1alpha1", "kind": "AgentSwarm",
                "metadata": ["name": "argus", "namespace": "team", "uid": "u-1"], "spec": all,
            ] as JSON).decode(AgentSwarm.self)
    }

    private let configuration = OperatorConfiguration(
        agentImage: "agents:1", gatewayURL: "https://gateway:8443", gatewayAuthorities: "PEM", version: "9.9")

    private func environment(_ objects: SwarmObjects) -> [String: JSON] {
        let entries = container(objects)["env"]?.arrayValue ?? []
        return Dictionary(
            entries.map { ($0["name"]?.stringValue ?? "", $0["value"] ?? $0["valueFrom"] ?? .null) },
            uniquingKeysWith: { _, last in last })
    }

    private func container(_ objects: SwarmObjects) -> JSON {
        objects.deployment["spec"]?["template"]?["spec"]?["containers"]?[0] ?? .null
    }

    @Test func `An agent finds in its environment who it is and where the gateway is`() throws {
        let objects = try SwarmObjects(
            swarm(["agent": ["concurrency": 3, "drainSeconds": 45]]), configuration: configuration)
        let environment = environment(objects)
        #expect(environment["DAS_GATEWAY_URL"] == "https://gateway:8443")
        #expect(environment["DAS_SWARM"] == "argus")
        #expect(environment["DAS_CAPABILITIES"] == "echo,market-analysis")
        #expect(environment["DAS_CONCURRENCY"] == "3")
        #expect(environment["DAS_DRAIN_SECONDS"] == "45")
        #expect(environment["DAS_AGENT"]?["fieldRef"]?["fieldPath"] == "metadata.name")
        #expect(environment["DAS_NAMESPACE"]?["fieldRef"]?["fieldPath"] == "metadata.namespace")
        let pod = objects.deployment["spec"]?["template"]?["spec"]
        #expect(pod?["terminationGracePeriodSeconds"] == 60)
        #expect(pod?["automountServiceAccountToken"] == false)
        let token = pod?["volumes"]?[0]?["projected"]?["sources"]?[0]?["serviceAccountToken"]
        #expect(token?["audience"] == "das-gateway")
        let mounts = container(objects)["volumeMounts"]?.arrayValue ?? []
        for file in ["DAS_TOKEN_FILE", "DAS_CA_FILE"] {
            let path = try #require(environment[file]?.stringValue)
            #expect(
                mounts.contains { path.hasPrefix(($0["mountPath"]?.stringValue ?? "-") + "/") }, "\(file) is \(path)")
        }
    }

    @Test func `The number of replicas is not among the fields that the swarm controller stands for`() throws {
        #expect(try SwarmObjects(swarm([:]), configuration: configuration).deployment["spec"]?["replicas"] == nil)
    }

    @Test func `The version is a label of the Deployment, never of its selector or pods`() throws {
        let deployment = try SwarmObjects(swarm([:]), configuration: configuration).deployment
        #expect(deployment["metadata"]?["labels"]?["app.kubernetes.io/version"] == "9.9")
        #expect(deployment["spec"]?["selector"]?["matchLabels"]?["app.kubernetes.io/version"] == nil)
        #expect(deployment["spec"]?["template"]?["metadata"]?["labels"]?["app.kubernetes.io/version"] == nil)
    }

    @Test func `Selector and pod labels agree, and name the swarm`() throws {
        let deployment = try SwarmObjects(swarm([:]), configuration: configuration).deployment
        let selector = deployment["spec"]?["selector"]?["matchLabels"]?.objectValue ?? [:]
        let labels = deployment["spec"]?["template"]?["metadata"]?["labels"]
        for (key, value) in selector { #expect(labels?[key] == value) }
        #expect(selector["das.brashlabs.io/swarm"] == "argus")
    }

    @Test func `A service account of the user's is used and not made`() throws {
        let objects = try SwarmObjects(swarm(["agent": ["serviceAccountName": "mine"]]), configuration: configuration)
        #expect(objects.serviceAccount == nil)
        #expect(objects.deployment["spec"]?["template"]?["spec"]?["serviceAccountName"] == "mine")
    }

    @Test func `The template is merged in by the keys of pods' lists`() throws {
        let objects = try SwarmObjects(
            swarm([
                "agent": [
                    "env": [["name": "MODE", "value": "fast"], ["name": "DAS_EXEC", "value": "python3 task.py"]],
                    "template": [
                        "metadata": ["annotations": ["team": "quant"]],
                        "spec": [
                            "nodeSelector": ["disk": "ssd"],
                            "containers": [
                                [
                                    "name": "agent",
                                    "env": [
                                        ["name": "EXTRA", "value": "1"],
                                        ["name": "DAS_WORKER_MEMORY_MIB", "value": "256"],
                                    ],
                                ],
                                ["name": "sidecar", "image": "s:1"],
                            ],
                        ],
                    ],
                ]
            ]), configuration: configuration)
        let template = objects.deployment["spec"]?["template"]
        #expect(template?["metadata"]?["annotations"]?["team"] == "quant")
        #expect(template?["spec"]?["nodeSelector"]?["disk"] == "ssd")
        let containers = template?["spec"]?["containers"]?.arrayValue ?? []
        #expect(Set(containers.compactMap { $0["name"]?.stringValue }) == ["agent", "sidecar"])
        let agent = try #require(containers.first { $0["name"] == "agent" })
        let names = (agent["env"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
        #expect(names.contains("EXTRA") && names.contains("MODE") && names.contains("DAS_SWARM"))
        // What agent-runner leaves to its users.
        #expect(names.contains("DAS_EXEC") && names.contains("DAS_WORKER_MEMORY_MIB"))
    }

    private static let taken: [(agent: JSON, field: String)] = [
        (
            ["env": [["name": "A", "value": "1"], ["name": "DAS_SWARM", "value": "x"]]],
            "spec.agent.env[1].name"
        ),
        (["volumes": [["name": "das-token", "emptyDir": [:]]]], "spec.agent.volumes[0].name"),
        (
            ["template": ["metadata": ["labels": ["das.brashlabs.io/swarm": "x"]]]],
            "spec.agent.template.metadata.labels"
        ),
        (
            ["template": ["spec": ["containers": [["name": "agent", "env": [["name": "DAS_AGENT", "value": "x"]]]]]]],
            "spec.agent.template.spec.containers[0].env"
        ),
    ]

    @Test(arguments: taken)
    func `What is the operator's cannot be taken over, and the message names the field`(agent: JSON, field: String)
        throws
    {
        let swarm = try swarm(["agent": agent])
        let error = #expect(throws: InvalidTemplate.self) {
            _ = try SwarmObjects(swarm, configuration: self.configuration)
        }
        #expect(error?.field == field)
    }
}
