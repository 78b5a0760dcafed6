import KubernetesClient
import KubernetesModel
import StructuredData
import SwarmAPI
import TestSupport
import Testing

/// What goes with what is deleted, and what stays: the server and its controllers together.
@Suite("Garbage collection and namespaces", .serialized, .timeLimit(.minutes(5)))
struct CollectionTests {
    private static let namespace = TestCluster.namespace

    private static func template(_ labels: [String: String]) -> JSON {
        [
            "metadata": ["labels": JSON(labels)],
            "spec": [
                "terminationGracePeriodSeconds": 0,
                "containers": [["name": "nginx", "image": "registry.invalid/nginx"]],
            ],
        ]
    }

    private static func controller(_ name: String, replicas: Int) -> JSON {
        [
            "apiVersion": "v1", "kind": "ReplicationController", "metadata": ["name": .string(name)],
            "spec": ["replicas": JSON(replicas), "template": template(["gctest": name])],
        ]
    }

    private static func pod(_ name: String, finalizers: [String] = []) -> JSON {
        [
            "apiVersion": "v1", "kind": "Pod",
            "metadata": ["name": .string(name), "finalizers": JSON(finalizers)],
            "spec": template([:])["spec"] ?? [:],
        ]
    }

    /// Creates a replication controller, and returns it once its status counts all its pods.
    private func start(
        _ name: String, replicas: Int, _ cluster: TestCluster
    ) async throws -> ReplicationController {
        let client = cluster.kubernetes
        let object = Self.controller(name, replicas: replicas)
        _ = try await client.create(ReplicationController.resource, object, namespace: Self.namespace)
        return try await cluster.object(ReplicationController.self, name) { $0.status?.replicas == replicas }
    }

    private func delete(
        _ controller: ReplicationController, _ propagation: DeleteOptions.Propagation?, _ cluster: TestCluster
    ) async throws {
        try await cluster.kubernetes.delete(
            ReplicationController.resource, controller.metadata.name ?? "", namespace: Self.namespace,
            options: DeleteOptions(uid: controller.metadata.uid, propagation: propagation))
    }

    private func controllersAreGone(_ cluster: TestCluster) async throws {
        _ = try await cluster.objects(ReplicationController.self) { $0.isEmpty ? true : nil }
    }

    @Test func `The pods of a replication controller go with it, or stay, as the deletion says`() async throws {
        try await TestCluster.run { cluster in
            let background = try await start("background", replicas: 2, cluster)
            try await delete(background, .background, cluster)
            _ = try await cluster.objects(Pod.self) { $0.isEmpty ? true : nil }

            let foreground = try await start("foreground", replicas: 10, cluster)
            try await delete(foreground, .foreground, cluster)
            try await controllersAreGone(cluster)
            let left = try await cluster.kubernetes.list(Pod.self, namespace: Self.namespace).items
            #expect(left.isEmpty)

            for (name, propagation) in [("orphan", DeleteOptions.Propagation.orphan), ("silent", nil)] {
                let controller = try await start(name, replicas: 2, cluster)
                try await delete(controller, propagation, cluster)
                try await controllersAreGone(cluster)
                let pods = try await cluster.kubernetes.list(
                    Pod.self, namespace: Self.namespace, options: ListOptions(labelSelector: "gctest=\(name)")
                ).items
                #expect(pods.count == 2)
                #expect(
                    pods.allSatisfy {
                        $0.metadata.ownerReferences?.isEmpty ?? true && $0.metadata.deletionTimestamp == nil
                    })
            }
        }
    }

    @Test func `A pod with another owner stays, and owners in a circle all go`() async throws {
        try await TestCluster.run { cluster in
            let client = cluster.kubernetes
            let leaving = try await start("leaving", replicas: 10, cluster)
            let staying = try await start("staying", replicas: 0, cluster)
            let pods = try await client.list(Pod.self, namespace: Self.namespace).items
            #expect(pods.count == 10)
            let reference: JSON = [
                "apiVersion": "v1", "kind": "ReplicationController", "name": "staying",
                "uid": .string(staying.metadata.uid ?? ""),
            ]
            for pod in pods.prefix(5) {
                _ = try await client.patch(
                    Pod.resource, pod.metadata.name ?? "", namespace: Self.namespace,
                    patch: .strategic(["metadata": ["ownerReferences": [reference]]]))
            }
            try await delete(leaving, .foreground, cluster)
            _ = try await cluster.objects(ReplicationController.self) { $0.count == 1 ? true : nil }
            let left = try await client.list(Pod.self, namespace: Self.namespace).items
            #expect(left.count == 5)
            #expect(left.allSatisfy { $0.metadata.ownerReferences?.count == 1 && $0.metadata.deletionTimestamp == nil })
            try await delete(staying, .background, cluster)
            _ = try await cluster.objects(Pod.self) { $0.isEmpty ? true : nil }

            var uids: [String] = []
            for name in ["pod1", "pod2", "pod3"] {
                let pod = try await client.create(Pod.resource, Self.pod(name), namespace: Self.namespace)
                uids.append(pod["metadata"]?["uid"]?.stringValue ?? "")
            }
            for (index, owner) in [2, 0, 1].enumerated() {
                let reference: JSON = [
                    "apiVersion": "v1", "kind": "Pod", "name": .string("pod\(owner + 1)"), "uid": .string(uids[owner]),
                    "controller": true, "blockOwnerDeletion": true,
                ]
                _ = try await client.patch(
                    Pod.resource, "pod\(index + 1)", namespace: Self.namespace,
                    patch: .strategic(["metadata": ["ownerReferences": [reference]]]))
            }
            try await client.delete(
                Pod.resource, "pod1", namespace: Self.namespace,
                options: DeleteOptions(uid: uids[0], propagation: .foreground))
            _ = try await cluster.objects(Pod.self) { $0.isEmpty ? true : nil }
        }
    }

    @Test func `A namespace loses its pods first, and says what still holds it`() async throws {
        try await TestCluster.run { cluster in
            let client = cluster.kubernetes
            let name = "doomed"
            _ = try await client.create(Namespace(metadata: ObjectMeta(name: name)))
            let finalizer = "test.example.com/hold"
            _ = try await client.create(Pod.resource, Self.pod("held", finalizers: [finalizer]), namespace: name)
            let map: JSON = ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "kept"]]
            _ = try await client.create(ConfigMap.resource, map, namespace: name)
            try await client.delete(Namespace.resource, name)
            let namespace = try await client.objects(
                Namespace.self, namespace: nil, fieldSelector: "metadata.name=\(name)"
            ) { namespaces in
                namespaces.first { $0.status?.conditions?["NamespaceFinalizersRemaining"]?.isTrue == true }
            }
            let conditions = namespace.status?.conditions ?? []
            #expect(
                conditions["NamespaceContentRemaining"]?.message
                    == "Some resources are remaining: pods has 1 resource instances")
            #expect(
                conditions["NamespaceFinalizersRemaining"]?.message?.contains("\(finalizer) in 1 resource instances")
                    == true)
            let pod = try await client.get(Pod.resource, "held", namespace: name)
            #expect(pod["metadata"]?["deletionTimestamp"] != nil)
            let kept = try await client.get(ConfigMap.resource, "kept", namespace: name)
            #expect(kept["metadata"]?["deletionTimestamp"] == nil)
            _ = try await client.patch(
                Pod.resource, "held", namespace: name, patch: .merge(["metadata": ["finalizers": nil]]))
            _ = try await client.objects(
                Namespace.self, namespace: nil, fieldSelector: "metadata.name=\(name)"
            ) { $0.isEmpty ? true : nil }
            _ = try await client.create(Namespace(metadata: ObjectMeta(name: name)))
            let pods = try await client.list(Pod.self, namespace: name).items
            #expect(pods.isEmpty)
        }
    }
}
