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

    @Test func `All that a swarm owns is labelled, owned by it, and selects its pods alone`() throws {
        let objects = try SwarmObjects(swarm([:]), configuration: configuration)
        #expect(
            objects.bodies.map(\.kind) == [.serviceAccount, .networkPolicy, .disruptionBudget, .deployment])
        let selected: JSON = ["matchLabels": JSON(SwarmObjects.selectorLabels("argus"))]
        for (kind, body) in objects.bodies {
            #expect(body["kind"]?.stringValue == kind.rawValue)
            #expect(body["metadata"]?["name"]?.stringValue == kind.name(swarm: "argus"))
            #expect(body["metadata"]?["labels"]?["app.kubernetes.io/name"] == "das-agent")
            #expect(body["metadata"]?["labels"]?["app.kubernetes.io/managed-by"] == "das-operator")
            let owner = body["metadata"]?["ownerReferences"]?[0]
            #expect(owner?["uid"] == "u-1" && owner?["controller"] == true)
        }
        #expect(objects.deployment["spec"]?["selector"] == selected)
        #expect(objects.disruptionBudget["spec"]?["selector"] == selected)
        #expect(objects.networkPolicy?["spec"]?["podSelector"] == selected)
    }

    @Test func `A node can be emptied of a quarter of the agents, and of all that are not ready`() throws {
        let budget = try SwarmObjects(swarm([:]), configuration: configuration).disruptionBudget["spec"]
        #expect(budget?["maxUnavailable"] == "25%")
        #expect(budget?["unhealthyPodEvictionPolicy"] == "AlwaysAllow")
    }

    @Test func `Agents are spread over zones and nodes as far as there is room`() throws {
        let pod = try SwarmObjects(swarm([:]), configuration: configuration).deployment["spec"]?["template"]?["spec"]
        let spread = pod?["topologySpreadConstraints"]?.arrayValue ?? []
        #expect(
            spread.compactMap { $0["topologyKey"]?.stringValue } == [
                "topology.kubernetes.io/zone", "kubernetes.io/hostname",
            ])
        for constraint in spread { #expect(constraint["whenUnsatisfiable"] == "ScheduleAnyway") }
    }

    @Test(
        arguments: [
            ("https://das-gateway.das-system.svc:8443", "das-system", nil, 8443),
            ("https://das-gateway.tools.svc.cluster.local", "tools", nil, 443),
            ("https://127.0.0.1:40123", nil, "127.0.0.1/32", 40123),
            ("https://[fd00::7]:8443/", nil, "fd00::7/128", 8443),
            ("http://gateway.example.com", nil, nil, 80),
        ] as [(String, String?, String?, Int)])
    func `A restricted agent reaches its gateway and names, and nobody reaches it`(
        gateway: String, namespace: String?, block: String?, port: Int
    ) throws {
        var configuration = configuration
        configuration.gatewayURL = gateway
        let policy = try SwarmObjects(swarm([:]), configuration: configuration).networkPolicy?["spec"]
        #expect(policy?["policyTypes"] == ["Ingress", "Egress"])
        #expect(policy?["ingress"] == nil)
        let rules = policy?["egress"]?.arrayValue ?? []
        #expect(rules.count == 2)
        #expect(rules.first?["ports"] == [["protocol": "TCP", "port": JSON(port)]])
        let to = rules.first?["to"]?[0]
        let label = to?["namespaceSelector"]?["matchLabels"]?["kubernetes.io/metadata.name"]
        #expect(label?.stringValue == namespace)
        #expect(to?["ipBlock"]?["cidr"]?.stringValue == block)
        // A name that is no Service's: the port alone bounds it.
        #expect((to == nil) == (namespace == nil && block == nil))
        #expect(rules.last?["ports"]?.arrayValue?.allSatisfy { $0["port"] == 53 } == true)
    }

    @Test func `What a swarm adds to its network is allowed, and an unmanaged one has no policy`() throws {
        let more: JSON = ["to": [["ipBlock": ["cidr": "10.0.0.0/8"]]], "ports": [["port": 5432]]]
        let added = try SwarmObjects(
            swarm(["agent": ["network": ["mode": "Restricted", "egress": [more]]]]), configuration: configuration)
        #expect(added.networkPolicy?["spec"]?["egress"]?.arrayValue?.last == more)
        let unmanaged = try SwarmObjects(
            swarm(["agent": ["network": ["mode": "Unmanaged"]]]), configuration: configuration)
        #expect(unmanaged.networkPolicy == nil)
        #expect(!unmanaged.bodies.contains { $0.kind == .networkPolicy })
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
        (
            ["template": ["spec": ["serviceAccountName": "other"]]],
            "spec.agent.template.spec.serviceAccountName"
        ),
        (
            ["template": ["spec": ["automountServiceAccountToken": true]]],
            "spec.agent.template.spec.automountServiceAccountToken"
        ),
        (
            ["template": ["spec": ["containers": [["name": "agent", "$patch": "delete"]]]]],
            "spec.agent.template"
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
