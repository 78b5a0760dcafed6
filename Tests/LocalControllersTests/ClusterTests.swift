import KubernetesModel
import StructuredData
import Testing

@testable import LocalControllers

/// All controllers together, over an API in memory.
@Suite(.timeLimit(.minutes(1))) struct ClusterTests {
    private let cluster = FakeCluster()

    init() throws {
        try cluster.change { state in
            _ = try state.create("/namespaces", ["metadata": ["name": "n"]], namespace: "")
            _ = try state.create(
                "/nodes",
                ["metadata": ["name": "node"], "status": ["conditions": [["type": "Ready", "status": "True"]]]],
                namespace: "")
        }
    }

    private func running(
        nodeGracePeriod: Duration = .seconds(40), _ body: () async throws -> Void
    ) async throws {
        let controllers = LocalControllers(
            client: cluster.client,
            configuration: .init(
                rootAuthorities: "PEM", nodeGracePeriod: nodeGracePeriod, podEvictionLimit: .zero))
        let run = Task { try await controllers.run() }
        do {
            try await body()
        } catch {
            for event in cluster.read({ $0.history.map(\.event) }).suffix(8) { Issue.record("last seen: \(event)") }
            run.cancel()
            throw error
        }
        run.cancel()
        try await run.value
    }

    private func deploy(replicas: Int = 3, image: String = "echo:1", strategy: String = "RollingUpdate") throws {
        try cluster.change { state in
            _ = try state.create(
                "apps/deployments",
                [
                    "metadata": ["name": "web"],
                    "spec": [
                        "replicas": JSON(replicas), "selector": ["matchLabels": ["app": "web"]],
                        "template": Samples.template(image), "strategy": ["type": .string(strategy)],
                        "progressDeadlineSeconds": 600,
                    ],
                ], namespace: "n")
        }
    }

    private func edit(_ patch: JSON) throws {
        try cluster.change { state in
            _ = try state.update(
                "apps/deployments", ObjectKey(namespace: "n", name: "web"), subresource: nil, uid: nil,
                resourceVersion: nil
            ) { $0.mergePatched(with: patch) }
        }
    }

    private static func isRolledOut(_ state: FakeCluster.State, replicas: Int, image: String = "echo:1") -> Bool {
        guard let deployment = state.get("apps/deployments", "web") else { return false }
        let status = deployment.status
        return status?["observedGeneration"]?.intValue == deployment.generation
            && status?["updatedReplicas"]?.intValue ?? 0 == replicas && status?["replicas"]?.intValue ?? 0 == replicas
            && status?["availableReplicas"]?.intValue ?? 0 == replicas
            && state.list("/pods").allSatisfy { $0.spec?["containers"]?[0]?["image"]?.stringValue == image }
    }

    @Test func `A deployment becomes pods on a node, with everything its template says`() async throws {
        try await running {
            try deploy()
            try await cluster.until { Self.isRolledOut($0, replicas: 3) }
        }
        let (pods, deployment) = cluster.read { ($0.list("/pods"), $0.get("apps/deployments", "web")) }
        #expect(pods.count == 3)
        #expect(pods.allSatisfy { $0.spec?["containers"]?[0]?["unheardOf"] == ["kept": true] })
        #expect(pods.allSatisfy { $0.spec?["nodeName"] == "node" })
        #expect(deployment?.annotations[DeploymentAnnotations.revision] == "1")
        let progressing = deployment?.status?["conditions"]?.arrayValue?.first { $0["type"] == "Progressing" }
        #expect(progressing?["reason"] == "NewReplicaSetAvailable")
        #expect(cluster.read { $0.creations["/pods"] } == 3)
    }

    @Test(arguments: ["apps/deployments", "apps/replicasets"])
    func `Counts that somebody else writes to a status are put right, and conditions that they add stay`(
        _ collection: String
    ) async throws {
        try await running {
            try deploy()
            try await cluster.until { Self.isRolledOut($0, replicas: 3) }
            let key = try #require(cluster.read { $0.list(collection).first?.key })
            try cluster.change { state in
                _ = try state.update(collection, key, subresource: "status", uid: nil, resourceVersion: nil) {
                    let conditions = $0["status"]?["conditions"]?.arrayValue ?? []
                    return $0.mergePatched(
                        with: [
                            "status": [
                                "readyReplicas": 0, "availableReplicas": 0,
                                "conditions": .array(conditions + [["type": "Theirs", "status": "True"]]),
                            ]
                        ])
                }
            }
            try await cluster.until { state in
                guard let status = state.get(collection, key.name)?.status else { return false }
                let isKept = status["conditions"]?.arrayValue?.contains { $0["type"] == "Theirs" } ?? false
                return isKept && status["readyReplicas"] == 3 && status["availableReplicas"] == 3
            }
        }
    }

    @Test(arguments: ["RollingUpdate", "Recreate"])
    func `A new template replaces every pod`(_ strategy: String) async throws {
        try await running {
            try deploy(strategy: strategy)
            try await cluster.until { Self.isRolledOut($0, replicas: 3) }
            try edit(["spec": ["template": Samples.template("echo:2")]])
            try await cluster.until { Self.isRolledOut($0, replicas: 3, image: "echo:2") }
            try edit(["spec": ["template": Samples.template("echo:1")]])
            try await cluster.until { Self.isRolledOut($0, replicas: 3, image: "echo:1") }
        }
        let sets = cluster.read { $0.list("apps/replicasets") }
        #expect(sets.count == 2)
        #expect(
            sets.map { $0.annotations[DeploymentAnnotations.revision] }.sorted { ($0 ?? "") < ($1 ?? "") } == [
                "2", "3",
            ])
    }

    @Test func `Scaling up and down keeps the costly pods and never creates too many`() async throws {
        try await running {
            try deploy(replicas: 1)
            try await cluster.until { Self.isRolledOut($0, replicas: 1) }
            try edit(["spec": ["replicas": 40]])
            try await cluster.until { Self.isRolledOut($0, replicas: 40) }
            let kept = try #require(cluster.read { $0.list("/pods").first?.key })
            try cluster.change { state in
                _ = try state.update("/pods", kept, subresource: nil, uid: nil, resourceVersion: nil) {
                    $0.mergePatched(with: ["metadata": ["annotations": [Pod.deletionCostAnnotation: "100"]]])
                }
            }
            try edit(["spec": ["replicas": 1]])
            try await cluster.until { Self.isRolledOut($0, replicas: 1) && $0.list("/pods").count == 1 }
            #expect(cluster.read { $0.list("/pods").first?.key } == kept)
            try edit(["spec": ["replicas": 0]])
            try await cluster.until { Self.isRolledOut($0, replicas: 0) && $0.list("/pods").isEmpty }
        }
        #expect(cluster.read { $0.creations["/pods"] } == 40)
    }

    @Test func `A creation whose answer was lost is not repeated`() async throws {
        cluster.change { $0.lostAnswers = 0 }
        try await running {
            try deploy(replicas: 1)
            try await cluster.until { Self.isRolledOut($0, replicas: 1) }
            cluster.change { $0.lostAnswers = 1 }
            try edit(["spec": ["replicas": 5]])
            try await cluster.until { Self.isRolledOut($0, replicas: 5) }
        }
        #expect(cluster.read { $0.creations["/pods"] } == 5)
    }

    @Test func `Pods that cannot be created are told, and created once they can be`() async throws {
        cluster.change {
            $0.refusals["/pods"] = KubernetesStatus(reason: .forbidden, code: 403, message: "exceeded quota")
        }
        try await running {
            try deploy()
            try await cluster.until { state in
                let conditions = state.get("apps/deployments", "web")?.status?["conditions"]?.arrayValue
                return conditions?.contains { $0["type"] == "ReplicaFailure" } == true
            }
            cluster.change { $0.refusals = [:] }
            try await cluster.until { Self.isRolledOut($0, replicas: 3) }
            try await cluster.until { state in
                let conditions = state.get("apps/deployments", "web")?.status?["conditions"]?.arrayValue
                return conditions?.contains { $0["type"] == "ReplicaFailure" } == false
            }
        }
    }

    @Test func `A failed pod is replaced`() async throws {
        try await running {
            try deploy(replicas: 1)
            try await cluster.until { Self.isRolledOut($0, replicas: 1) }
            let key = try #require(cluster.read { $0.list("/pods").first?.key })
            try cluster.change { state in
                _ = try state.update("/pods", key, subresource: "status", uid: nil, resourceVersion: nil) {
                    $0.mergePatched(with: ["status": ["phase": "Failed"]])
                }
            }
            try await cluster.until { state in
                state.list("/pods").contains { $0.key != key && $0.status?["phase"] == "Running" }
            }
        }
    }

    @Test(arguments: ["Background", "Foreground"])
    func `Deleting a deployment deletes what it owns`(_ propagation: String) async throws {
        try await running {
            try deploy()
            try await cluster.until { Self.isRolledOut($0, replicas: 3) }
            try cluster.change {
                try $0.delete(
                    "apps/deployments", ObjectKey(namespace: "n", name: "web"),
                    ["propagationPolicy": .string(propagation)])
            }
            try await cluster.until { state in
                ["apps/deployments", "apps/replicasets", "/pods"].allSatisfy { state.list($0).isEmpty }
            }
        }
        if propagation == "Foreground" {
            let order = cluster.read { state in
                state.history.filter { $0.event["type"] == "DELETED" }.map(\.collection)
            }
            #expect(order.suffix(2) == ["apps/replicasets", "apps/deployments"])
        }
    }

    @Test func `Orphans stay, and are adopted by a deployment of the same selector and template`() async throws {
        try await running {
            try deploy()
            try await cluster.until { Self.isRolledOut($0, replicas: 3) }
            let before = cluster.read { $0.list("/pods").map(\.uid) }
            try cluster.change {
                try $0.delete(
                    "apps/deployments", ObjectKey(namespace: "n", name: "web"), ["propagationPolicy": "Orphan"])
            }
            try await cluster.until { state in
                state.list("apps/deployments").isEmpty
                    && state.list("apps/replicasets").allSatisfy { $0.ownerReferences.isEmpty }
            }
            try deploy()
            try await cluster.until { Self.isRolledOut($0, replicas: 3) }
            #expect(cluster.read { $0.list("/pods").map(\.uid) } == before)
            #expect(cluster.read { $0.list("apps/replicasets").count } == 1)
        }
    }

    @Test func `An object whose owner never existed is deleted, one with an owner stays`() async throws {
        try cluster.change { state in
            for (name, uid) in [("mine", "none"), ("kept", state.get("/nodes", "node", namespace: "")?.uid ?? "")] {
                _ = try state.create(
                    "/configmaps",
                    [
                        "metadata": [
                            "name": .string(name),
                            "ownerReferences": [
                                ["apiVersion": "v1", "kind": "Node", "name": "node", "uid": .string(uid)]
                            ],
                        ]
                    ], namespace: "n")
            }
        }
        try await running {
            try await cluster.until { $0.get("/configmaps", "mine") == nil }
        }
        #expect(cluster.read { $0.get("/configmaps", "kept") } != nil)
    }

    @Test func `A namespace gets its account and authorities, also when they are removed or changed`() async throws {
        try await running {
            try await cluster.until { $0.get("/serviceaccounts", "default") != nil }
            try await cluster.until { $0.get("/configmaps", "kube-root-ca.crt")?.json["data"]?["ca.crt"] == "PEM" }
            let key = ObjectKey(namespace: "n", name: "kube-root-ca.crt")
            try cluster.change { state in
                _ = try state.update("/configmaps", key, subresource: nil, uid: nil, resourceVersion: nil) {
                    $0.mergePatched(with: ["data": ["ca.crt": "forged"]])
                }
                try state.delete("/serviceaccounts", ObjectKey(namespace: "n", name: "default"), [:])
            }
            try await cluster.until { $0.get("/serviceaccounts", "default") != nil }
            try await cluster.until { $0.get("/configmaps", "kube-root-ca.crt")?.json["data"]?["ca.crt"] == "PEM" }
        }
    }

    @Test func `A deleted namespace is emptied and let go`() async throws {
        try await running {
            try deploy()
            try await cluster.until { Self.isRolledOut($0, replicas: 3) }
            try cluster.change { try $0.delete("/namespaces", ObjectKey(name: "n"), [:]) }
            try await cluster.until { $0.list("/namespaces").isEmpty }
        }
        #expect(cluster.read { state in state.list("/pods").isEmpty && state.list("apps/deployments").isEmpty })
    }

    @Test func `A cron job that is due makes one job, and its jobs go with it`() async throws {
        try await running {
            try cluster.change { state in
                _ = try state.create(
                    "batch/cronjobs",
                    [
                        "metadata": ["name": "often", "creationTimestamp": "2026-01-01T00:00:00Z"],
                        "spec": [
                            "schedule": "*/1 * * * ?",
                            "jobTemplate": [
                                "metadata": ["labels": ["made": "so"]],
                                "spec": ["template": Samples.template("echo:1"), "unheardOf": true],
                            ],
                        ],
                    ], namespace: "n")
            }
            try await cluster.until { $0.get("batch/cronjobs", "often")?.status?["active"]?.arrayValue?.count == 1 }
            let jobs = cluster.read { $0.list("batch/jobs") }
            #expect(jobs.count == 1)
            #expect(jobs.first?.labels == ["made": "so"])
            #expect(jobs.first?.spec?["unheardOf"] == true)
            try cluster.change { state in
                try state.delete("batch/cronjobs", ObjectKey(namespace: "n", name: "often"), [:])
            }
            try await cluster.until { $0.list("batch/jobs").isEmpty }
        }
    }

    @Test func `A pod waits for a ready node and says why`() async throws {
        try cluster.change { state in
            _ = try state.update(
                "/nodes", ObjectKey(name: "node"), subresource: "status", uid: nil, resourceVersion: nil
            ) {
                $0.mergePatched(with: ["status": ["conditions": [["type": "Ready", "status": "False"]]]])
            }
        }
        try await running {
            try deploy(replicas: 1)
            try await cluster.until { state in
                let condition = state.list("/pods").first?.status?["conditions"]?[0]
                return condition?["reason"] == "Unschedulable"
                    && condition?["message"]?.stringValue?.hasPrefix(
                        "0/1 nodes are available: 1 node(s) had untolerated taint(s)."
                    ) == true
            }
            try cluster.change { state in
                _ = try state.update(
                    "/nodes", ObjectKey(name: "node"), subresource: "status", uid: nil, resourceVersion: nil
                ) {
                    $0.mergePatched(with: ["status": ["conditions": [["type": "Ready", "status": "True"]]]])
                }
            }
            try await cluster.until { $0.list("/pods").first?.spec?["nodeName"] == "node" }
        }
    }

    @Test func `A silent node's conditions become unknown, its pods unready, and then they are deleted`() async throws {
        // Long enough for a busy machine to bind the pod before the node is written off.
        try await running(nodeGracePeriod: .seconds(3)) {
            try deploy(replicas: 1)
            try await cluster.until { state in
                state.history.contains { $0.collection == "/pods" && $0.event["type"] == "DELETED" }
            }
            // People see it among the events of both.
            try await cluster.until { state in
                let told = state.list("events.k8s.io/events").filter { $0.json["reason"] == "NodeNotReady" }
                    .compactMap { $0.json["regarding"]?["kind"]?.stringValue }
                return Set(told) == ["Node", "Pod"]
            }
        }
        let (node, unready) = cluster.read { state in
            let events = state.history.filter { $0.collection == "/pods" }.map(\.event)
            return (
                state.get("/nodes", "node", namespace: ""),
                events.contains { $0["object"]?["status"]?["conditions"]?[0]?["reason"] == "NodeNotReady" }
            )
        }
        #expect(node?.status?["conditions"]?[0]?["status"] == "Unknown")
        #expect(unready)
    }

    @Test func `A Service's pods stand in its slice and in its Endpoints, which go with it`() async throws {
        try cluster.change { state in
            _ = try state.create(
                "/services",
                [
                    "metadata": ["name": "web"],
                    "spec": ["selector": ["app": "web"], "clusterIP": "127.9.0.1", "ports": [["port": 80]]],
                ], namespace: "n")
        }
        try await running {
            try deploy(replicas: 2)
            try await cluster.until { state in
                state.get("/endpoints", "web")?.json["subsets"]?[0]?["addresses"]?.arrayValue?.count == 2
                    && state.list("discovery.k8s.io/endpointslices").first?.json["endpoints"]?.arrayValue?.count == 2
            }
            try cluster.change { try $0.delete("/services", ObjectKey(namespace: "n", name: "web"), [:]) }
            try await cluster.until { $0.get("/endpoints", "web") == nil }
        }
    }

    @Test func `What a custom resource owns goes with it`() async throws {
        try cluster.change { state in
            _ = try state.create(
                "apiextensions.k8s.io/customresourcedefinitions",
                [
                    "metadata": ["name": "things.g.io"],
                    "spec": [
                        "group": "g.io", "names": ["plural": "things", "kind": "Thing"], "scope": "Namespaced",
                        "versions": [["name": "v1", "served": true, "storage": true]],
                    ],
                    "status": ["conditions": [["type": "Established", "status": "True"]]],
                ], namespace: "")
            let owner = try state.create("g.io/things", ["metadata": ["name": "owner"]], namespace: "n")
            _ = try state.create(
                "/configmaps",
                [
                    "metadata": [
                        "name": "mine",
                        "ownerReferences": [
                            [
                                "apiVersion": "g.io/v1", "kind": "Thing", "name": "owner",
                                "uid": owner["metadata"]?["uid"] ?? "",
                            ]
                        ],
                    ]
                ], namespace: "n")
        }
        try await running {
            try await cluster.until { $0.watchers.values.contains { $0.collection == "g.io/things" } }
            #expect(cluster.read { $0.get("/configmaps", "mine") } != nil)
            try cluster.change { try $0.delete("g.io/things", ObjectKey(namespace: "n", name: "owner"), [:]) }
            try await cluster.until { $0.get("/configmaps", "mine") == nil }
        }
    }
}
