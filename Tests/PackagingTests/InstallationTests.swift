import ArgumentParser
import OperatorService
import StructuredData
import SwarmAPI
import TaskQueue
import TestSupport
import Testing

@Suite("Manifests and chart")
struct InstallationTests {
    private func labels(of object: JSON) -> [String: String] {
        (object["metadata"]?["labels"]?.objectValue ?? [:]).reduce(into: [:]) { $0[$1.key] = $1.value.stringValue }
    }

    /// Without the labels and annotations by which Helm knows its own.
    private func essence(of object: JSON) -> JSON {
        var object = object
        object["metadata"]?["labels"] = nil
        object["metadata"]?["annotations"] = nil
        return object
    }

    @Test("The chart with its defaults installs what Manifests/ installs, but for the namespace")
    func sameObjects() async throws {
        let manifests = try await InstalledObjects.ofManifests()
        let chart = try await InstalledObjects.ofChart()
        #expect(manifests.objects.count > 8)
        let differing = Set(manifests.objects.keys).symmetricDifference(chart.objects.keys)
        #expect(differing == ["Namespace/das-system"])
        for (name, object) in chart.objects {
            let other = try #require(manifests[name])
            #expect(essence(of: object) == essence(of: other), "\(name)")
            let missing = labels(of: other).filter { labels(of: object)[$0.key] != $0.value }
            #expect(missing.isEmpty, "\(name) of the chart lacks labels")
        }
    }

    @Test("Definitions are installed as the code says them")
    func definitions() async throws {
        let manifests = try await InstalledObjects.ofManifests()
        for definition in CustomResourceDefinitions.all {
            let name = try #require(definition["metadata"]?["name"]?.stringValue)
            #expect(manifests["CustomResourceDefinition/\(name)"] == definition)
        }
    }

    @Test("The version that is installed is the one that is built")
    func version() async throws {
        let chart = try #require(try YAML.parse(try Checkout.text(of: "Charts/dynamic-agent-swarms/Chart.yaml")).first)
        #expect(chart["appVersion"]?.stringValue == ProductVersion.text)
        let container = try operatorContainer(try await InstalledObjects.ofManifests())
        #expect(container["image"]?.stringValue?.hasSuffix(":\(ProductVersion.text)") == true)
        #expect(arguments(of: container)["--agent-image"] == ProductVersion.agentImage)
    }

    @Test("Service, ports, probes and the gateway's name agree")
    func wiring() async throws {
        let objects = try await InstalledObjects.ofManifests()
        let container = try operatorContainer(objects)
        let ports = (container["ports"]?.arrayValue ?? []).reduce(into: [String: Int]()) { ports, port in
            ports[port["name"]?.stringValue ?? ""] = port["containerPort"]?.intValue
        }
        let gateway = try #require(ports["gateway"])
        let metrics = try #require(ports["metrics"])
        #expect(arguments(of: container)["--gateway-listen"] == "0.0.0.0:\(gateway)")
        #expect(arguments(of: container)["--metrics-listen"] == "0.0.0.0:\(metrics)")
        for probe in ["livenessProbe", "readinessProbe"] {
            #expect(container[probe]?["httpGet"]?["port"]?.stringValue == "metrics")
        }

        // Agents are told the port that the gateway listens on, so the Service must have the same.
        let service = try #require(objects["Service/das-gateway"])
        #expect(service["spec"]?["ports"]?[0]?["port"]?.intValue == gateway)
        let address = container["env"]?.arrayValue?.first { $0["name"]?.stringValue == "DAS_GATEWAY_SERVICE" }
        #expect(address?["value"]?.stringValue == "das-gateway.das-system.svc")
        let template = try #require(objects["Deployment/das-operator"]?["spec"]?["template"])
        let selected = try #require(service["spec"]?["selector"]?.objectValue)
        #expect(!selected.isEmpty)
        for (label, value) in selected { #expect(template["metadata"]?["labels"]?[label] == value) }
    }

    @Test("A chart for chosen namespaces gives the operator rights in these only")
    func namespaces() async throws {
        let chart = try await InstalledObjects.ofChart("namespaces={team-a}")
        #expect(chart["ClusterRoleBinding/das-operator"] == nil)
        #expect(chart["RoleBinding/das-operator"]?["metadata"]?["namespace"]?.stringValue == "team-a")
        #expect(arguments(of: try operatorContainer(chart))["--namespace"] == "team-a")
    }

    @Test(
        "The operator has the rights to all that swarms own, and may delete no Deployment, Secret or ConfigMap of others"
    )
    func ownedObjects() async throws {
        let objects = try await InstalledObjects.ofManifests()
        let rules = objects["ClusterRole/das-operator"]?["rules"]?.arrayValue ?? []
        func verbs(_ group: String, _ resource: String, named name: String? = nil) -> Set<String> {
            let fitting = rules.filter { rule in
                rule["apiGroups"] == [.string(group)]
                    && rule["resources"]?.arrayValue?.contains(.string(resource)) == true
                    && (rule["resourceNames"] == nil || name.map { rule["resourceNames"] == [.string($0)] } ?? false)
            }
            return Set(fitting.flatMap { $0["verbs"]?.arrayValue ?? [] }.compactMap(\.stringValue))
        }
        let all: Set = ["get", "list", "watch", "create", "patch", "delete"]
        for (group, resource) in [
            ("", "serviceaccounts"), ("policy", "poddisruptionbudgets"), ("networking.k8s.io", "networkpolicies"),
        ] {
            #expect(verbs(group, resource) == all, "\(resource)")
        }
        #expect(verbs("apps", "deployments") == all.subtracting(["delete"]))
        #expect(verbs("", "configmaps") == ["get", "create"])
        #expect(verbs("", "configmaps", named: SwarmNames.gatewayAuthorities) == all)
        #expect(verbs("", "secrets").isEmpty)
    }

    @Test func `The operator works under a Lease that it has the rights to, unless that is switched off`() async throws
    {
        let objects = try await InstalledObjects.ofManifests()
        let lease = try #require(arguments(of: try operatorContainer(objects))["--lease"])
        let rules = objects["Role/das-operator-lease"]?["rules"]?.arrayValue ?? []
        func verbs(named: Bool) -> [String] {
            rules.filter { ($0["resourceNames"] != nil) == named }.flatMap { rule in
                rule["apiGroups"] == ["coordination.k8s.io"] && rule["resources"] == ["leases"]
                    && (!named || rule["resourceNames"] == [.string(lease)])
                    ? (rule["verbs"]?.arrayValue ?? []).compactMap(\.stringValue) : []
            }
        }
        #expect(verbs(named: true).sorted() == ["get", "patch"])
        #expect(verbs(named: false) == ["create"])
        // The Lease is in the pod's namespace, by default.
        let role = try #require(objects["Role/das-operator-lease"]?["metadata"]?["namespace"])
        #expect(objects["Deployment/das-operator"]?["metadata"]?["namespace"] == role)
        #expect(objects["RoleBinding/das-operator-lease"]?["roleRef"]?["name"] == "das-operator-lease")
        #expect(
            objects["RoleBinding/das-operator-lease"]?["subjects"]?[0]?["name"]
                == objects["Deployment/das-operator"]?["spec"]?["template"]?["spec"]?["serviceAccountName"])

        let without = try await InstalledObjects.ofChart("lease.enabled=false")
        #expect(without["Role/das-operator-lease"] == nil && without["RoleBinding/das-operator-lease"] == nil)
        #expect(!arguments(of: try operatorContainer(without)).keys.contains { $0.hasPrefix("--lease") })
        let longer = try await InstalledObjects.ofChart("lease.durationSeconds=60")
        #expect(arguments(of: try operatorContainer(longer))["--lease-seconds"] == "60")
    }

    @Test("The chart hands on what bounds the queue, as options that the operator has")
    func queue() async throws {
        let standard = arguments(of: try operatorContainer(try await InstalledObjects.ofChart()))
        let chart = try await InstalledObjects.ofChart(
            "queue.maxLiveTasks=20000000", "queue.maxResultMiB=64", "queue.retentionDays=14",
            "queue.failedRetentionDays=60")
        let given = arguments(of: try operatorContainer(chart))
        let added = given.filter { standard[$0.key] == nil }
        #expect(Set(added.keys) == Set(QueueOptions.environmentOptions.map { "--" + $0 }))
        let policy = try QueueOptions.parse(added.map { "\($0.key)=\($0.value)" }).policy
        #expect(policy.maxLiveTasks == 20_000_000 && policy.maxBlobBytes == 64 << 20)
        #expect(policy.retentionMs == 14 * 86_400_000 && policy.failedRetentionMs == 60 * 86_400_000)
    }

    @Test("The chart's store is SQLite unless a server is named, in a Secret or not")
    func store() async throws {
        let standard = try operatorContainer(try await InstalledObjects.ofChart())
        #expect(arguments(of: standard)["--store"]?.hasPrefix("sqlite:") == true)
        let named = try operatorContainer(
            try await InstalledObjects.ofChart("store.url=postgres://das@db/das?sslmode=verify-full"))
        #expect(arguments(of: named)["--store"] == "postgres://das@db/das?sslmode=verify-full")
        let secret = try operatorContainer(try await InstalledObjects.ofChart("store.urlSecret.name=db"))
        #expect(arguments(of: secret)["--store"] == nil)
        let variable = secret["env"]?.arrayValue?.first { $0["name"]?.stringValue == "DAS_STORE" }
        #expect(variable?["valueFrom"]?["secretKeyRef"] == ["name": "db", "key": "url"])
    }

    @Test func `Replicas share a store and one authority, and keep nothing of their own`() async throws {
        let chart = try await InstalledObjects.ofChart("store.urlSecret.name=db", "replicas=3")
        let deployment = try #require(chart["Deployment/das-operator"]?["spec"])
        #expect(deployment["replicas"] == 3)
        #expect(deployment["strategy"]?["rollingUpdate"]?["maxUnavailable"] == 0)
        #expect(deployment["template"]?["spec"]?["volumes"]?[0] == ["name": "store", "emptyDir": [:]])
        #expect(chart["PersistentVolumeClaim/das-store"] == nil)
        let rules = chart["Role/das-operator-lease"]?["rules"]?.arrayValue ?? []
        let secrets = rules.filter { $0["resources"] == ["secrets"] }
        #expect(secrets.map { $0["verbs"] } == [["get"], ["create"]])
        #expect(secrets.first?["resourceNames"] == ["das-gateway-authority"])
        let alone = try await InstalledObjects.ofChart()
        #expect(
            alone["Role/das-operator-lease"]?["rules"]?.arrayValue?.contains { $0["resources"] == ["secrets"] } == false
        )
    }

    @Test(
        "The chart refuses values that it does not know",
        arguments: [
            "log.level=loud", "image.tga=1", "gateway.port=0", "lease.durationSeconds=1", "queue.retentionDays=0",
            "store.url=mysql://db", "store.url=redis://a,store.urlSecret.name=b", "replicas=2",
            "store.url=redis://a,lease.enabled=false,replicas=2",
        ])
    func refusals(setting: String) async {
        await #expect(throws: PackagingFailure.self) { try await InstalledObjects.ofChart(setting) }
    }

    private func operatorContainer(_ objects: InstalledObjects) throws -> JSON {
        let pod = objects["Deployment/das-operator"]?["spec"]?["template"]?["spec"]
        return try #require(pod?["containers"]?[0])
    }

    private func arguments(of container: JSON) -> [String: String] {
        (container["args"]?.arrayValue ?? []).compactMap(\.stringValue).reduce(into: [:]) { all, argument in
            let parts = argument.split(separator: "=", maxSplits: 1)
            all[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
        }
    }
}
