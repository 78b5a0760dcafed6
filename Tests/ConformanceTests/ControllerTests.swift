import KubernetesClient
import KubernetesModel
import StructuredData
import Testing

/// What a cluster's controllers do for namespaces and quotas: a bare API server has none of it.
@Suite("Conformance of controllers", ClusterScope(), .timeLimit(.minutes(5)))
enum ControllerConformance {}

extension ControllerConformance {
    @Suite struct Namespaces {
        let cluster: ConformanceCluster
        var client: KubernetesClient { cluster.client }
        private static let hold = "conformance.example.com/hold"

        init() throws { cluster = try .current }

        private func create(_ suffix: String) async throws -> String {
            let name = "\(cluster.namespace)-\(suffix)"
            _ = try await client.create(Namespace(metadata: ObjectMeta(name: name)))
            return name
        }

        private func isGone(_ name: String) async throws {
            try await cluster.object(Namespace.resource, name) { $0 == nil ? true : nil }
        }

        @Test func `A namespace is furnished, and goes with what is in it`() async throws {
            let name = try await create("furnished")
            try await cluster.object(ServiceAccount.resource, "default", namespace: name) { $0 }
            let authorities = try await cluster.object(ConfigMap.resource, "kube-root-ca.crt", namespace: name) { $0 }
            #expect(authorities[path: "data", "ca.crt"]?.stringValue?.contains("BEGIN CERTIFICATE") == true)
            let service: JSON = [
                "apiVersion": "v1", "kind": "Service", "metadata": ["name": "s"],
                "spec": ["selector": ["a": "b"], "ports": [["port": 80]]],
            ]
            _ = try await client.create(Service.resource, service, namespace: name)
            try await client.delete(Namespace.self, name)
            try await isGone(name)
            _ = try await client.create(Namespace(metadata: ObjectMeta(name: name)))
            let services = try await client.list(Service.resource, namespace: name)
            #expect(services.items.isEmpty)
            try await client.delete(Namespace.self, name)
        }

        @Test func `Pods go first, and what holds them holds the rest`() async throws {
            let name = try await create("ordered")
            try await cluster.object(ServiceAccount.resource, "default", namespace: name) { $0 }
            _ = try await client.create(
                Pod.resource,
                [
                    "apiVersion": "v1", "kind": "Pod",
                    "metadata": ["name": "held", "finalizers": [.string(Self.hold)]],
                    "spec": [
                        "nodeSelector": ["conformance.example.com/nowhere": "true"],
                        "containers": [["name": "c", "image": "registry.invalid/c"]],
                    ],
                ], namespace: name)
            var map = configMap("held", finalizers: [Self.hold])
            map.metadata.namespace = name
            _ = try await client.create(map)
            try await client.delete(Namespace.self, name)
            try await cluster.object(Pod.resource, "held", namespace: name) {
                $0?[path: "metadata", "deletionTimestamp"]
            }
            let waiting = try await client.get(ConfigMap.resource, "held", namespace: name)
            #expect(waiting[path: "metadata", "deletionTimestamp"] == nil)
            let release = Patch.merge(["metadata": ["finalizers": nil]])
            _ = try await client.patch(Pod.resource, "held", namespace: name, patch: release)
            try await cluster.object(ConfigMap.resource, "held", namespace: name) {
                $0?[path: "metadata", "deletionTimestamp"]
            }
            // Not before: as long as pods remain, upstream's controller does not say what holds them.
            let told = try await cluster.object(Namespace.resource, name) { object in
                object?[path: "status", "conditions"]?.arrayValue?.first {
                    $0["type"] == "NamespaceFinalizersRemaining" && $0["status"] == "True"
                }
            }
            #expect(told["message"]?.stringValue?.contains(Self.hold) == true)
            _ = try await client.patch(ConfigMap.resource, "held", namespace: name, patch: release)
            try await isGone(name)
        }

        @Test func `A namespace's own finalizer keeps it until whoever set it is done`() async throws {
            let name = try await create("kept")
            let finalizer: JSON = "conformance.example.com/kept"
            var namespace = try await client.get(Namespace.resource, name)
            #expect(namespace[path: "spec", "finalizers"] == ["kubernetes"])
            namespace["metadata"] = ["name": .string(name)]
            namespace["spec"] = ["finalizers": ["kubernetes", finalizer]]
            let finalized = try await client.replace(Namespace.resource, namespace, subresource: "finalize")
            #expect(finalized[path: "spec", "finalizers"] == ["kubernetes", finalizer])
            try await client.delete(Namespace.self, name)
            let emptied = try await cluster.object(Namespace.resource, name) { object in
                object?[path: "spec", "finalizers"] == [finalizer] ? object : nil
            }
            #expect(emptied[path: "status", "phase"] == "Terminating")
            namespace["spec"] = ["finalizers": []]
            _ = try await client.replace(Namespace.resource, namespace, subresource: "finalize")
            try await isGone(name)
        }
    }

    @Suite struct Quotas {
        let cluster: ConformanceCluster
        var client: KubernetesClient { cluster.client }
        private static let quotas = ResourceType(
            group: "", version: "v1", kind: "ResourceQuota", plural: "resourcequotas", namespaced: true)

        init() throws { cluster = try .current }

        /// A namespace for one quota, which is counted when this returns.
        private func quota(_ suffix: String, _ spec: JSON) async throws -> String {
            let namespace = "\(cluster.namespace)-\(suffix)"
            _ = try await client.create(Namespace(metadata: ObjectMeta(name: namespace)))
            try await cluster.object(ServiceAccount.resource, "default", namespace: namespace) { $0 }
            _ = try await client.create(
                Self.quotas,
                ["apiVersion": "v1", "kind": "ResourceQuota", "metadata": ["name": "q"], "spec": spec],
                namespace: namespace)
            try await cluster.object(Self.quotas, "q", namespace: namespace) { $0?[path: "status", "used"] }
            return namespace
        }

        private func uses(_ used: JSON, _ namespace: String) async throws {
            try await cluster.object(Self.quotas, "q", namespace: namespace) { object -> Bool? in
                let shown = object?[path: "status", "used"]
                return (used.objectValue ?? [:]).allSatisfy { shown?[$0] == $1 } ? true : nil
            }
        }

        private func pod(_ name: String, _ more: JSON = [:], resources: JSON = [:]) -> JSON {
            var spec: JSON = [
                "nodeSelector": ["conformance.example.com/nowhere": "true"],
                "containers": [["name": "c", "image": "registry.invalid/c", "resources": resources]],
            ]
            for (key, value) in more.objectValue ?? [:] { spec[key] = value }
            return ["apiVersion": "v1", "kind": "Pod", "metadata": ["name": .string(name)], "spec": spec]
        }

        @Test func `Pods are counted by what they ask for, refused above the bound, and forgotten`() async throws {
            let namespace = try await quota("pods", ["hard": ["pods": "2", "cpu": "1", "requests.memory": "500Mi"]])
            let small: JSON = ["requests": ["cpu": "500m", "memory": "200Mi"]]
            _ = try await client.create(Pod.resource, pod("one", resources: small), namespace: namespace)
            try await uses(["pods": "1", "cpu": "500m", "requests.memory": "200Mi"], namespace)
            let large = try await refusal {
                let resources: JSON = ["requests": ["cpu": "600m", "memory": "1Mi"]]
                _ = try await client.create(Pod.resource, pod("two", resources: resources), namespace: namespace)
            }
            #expect(large.code == 403)
            #expect(large.message.contains("exceeded quota: q, requested: cpu=600m, used: cpu=500m, limited: cpu=1"))
            let silent = try await refusal {
                _ = try await client.create(Pod.resource, pod("two"), namespace: namespace)
            }
            #expect(silent.code == 403)
            try await client.delete(
                Pod.resource, "one", namespace: namespace, options: DeleteOptions(gracePeriodSeconds: 0))
            try await uses(["pods": "0", "cpu": "0", "requests.memory": "0"], namespace)
            try await client.delete(Namespace.self, namespace)
        }

        @Test func `A scope takes in pods that end by themselves, and lets go of none that come to`() async throws {
            let namespace = try await quota("scopes", ["hard": ["pods": "1"], "scopes": ["Terminating"]])
            _ = try await client.create(Pod.resource, pod("long"), namespace: namespace)
            try await uses(["pods": "0"], namespace)
            _ = try await client.patch(
                Pod.resource, "long", namespace: namespace, patch: .merge(["spec": ["activeDeadlineSeconds": 3600]]))
            try await uses(["pods": "1"], namespace)
            let status = try await refusal {
                _ = try await client.create(
                    Pod.resource, pod("short", ["activeDeadlineSeconds": 3600]), namespace: namespace)
            }
            #expect(status.code == 403)
            try await client.delete(Namespace.self, namespace)
        }

        @Test func `Services are counted by their kinds, and objects by the names of theirs`() async throws {
            let widgets = "count/\(cluster.widgets.qualifiedPlural)"
            let hard: JSON = ["services": "3", "services.nodeports": "1", "services.loadbalancers": "1"]
            let namespace = try await quota("counts", ["hard": hard])
            func service(_ name: String, _ spec: JSON) async throws {
                var spec = spec
                spec["ports"] = [["port": 80]]
                _ = try await client.create(
                    Service.resource,
                    ["apiVersion": "v1", "kind": "Service", "metadata": ["name": .string(name)], "spec": spec],
                    namespace: namespace)
            }
            try await service("plain", [:])
            try await service("port", ["type": "NodePort"])
            let status = try await refusal { try await service("balanced", ["type": "LoadBalancer"]) }
            #expect(status.code == 403)
            try await service("balanced", ["type": "LoadBalancer", "allocateLoadBalancerNodePorts": false])
            try await uses(["services": "3", "services.nodeports": "1", "services.loadbalancers": "1"], namespace)
            try await client.delete(Service.resource, "port", namespace: namespace)
            try await uses(["services": "2", "services.nodeports": "0"], namespace)
            try await client.delete(Namespace.self, namespace)

            let counted = try await quota("widgets", ["hard": [widgets: "1"]])
            _ = try await client.create(cluster.widgets, cluster.widget("one"), namespace: counted)
            try await uses([widgets: "1"], counted)
            let second = try await refusal {
                _ = try await client.create(cluster.widgets, cluster.widget("two"), namespace: counted)
            }
            #expect(second.code == 403)
            try await client.delete(cluster.widgets, "one", namespace: counted)
            try await uses([widgets: "0"], counted)
            try await client.delete(Namespace.self, counted)
        }

        @Test func `A quota is replaced without its version, and its status may be written`() async throws {
            let namespace = try await quota("status", ["hard": ["cpu": "500m", "memory": "500Mi"]])
            let replaced = try await client.replace(
                Self.quotas,
                [
                    "apiVersion": "v1", "kind": "ResourceQuota", "metadata": ["name": "q", "labels": ["set": "q"]],
                    "spec": ["hard": ["cpu": "1", "memory": "1Gi"]],
                ], namespace: namespace)
            #expect(replaced[path: "spec", "hard"] == ["cpu": "1", "memory": "1Gi"])
            try await cluster.object(Self.quotas, "q", namespace: namespace) { object -> Bool? in
                object?[path: "status", "hard"] == ["cpu": "1", "memory": "1Gi"] ? true : nil
            }
            let before = try await client.list(Self.quotas, namespace: namespace).resourceVersion
            let patched = try await client.patch(
                Self.quotas, "q", namespace: namespace,
                patch: .strategic(["status": ["hard": ["cpu": "2", "memory": "2Gi"]]]), subresource: "status")
            #expect(patched[path: "status", "hard"] == ["cpu": "2", "memory": "2Gi"])
            #expect(patched[path: "spec", "hard"] == ["cpu": "1", "memory": "1Gi"])
            let watch = try await client.watch(
                Self.quotas, namespace: namespace, options: WatchOptions(resourceVersion: before))
            for try await case .modified(let object) in watch {
                #expect(object[path: "status", "hard"] == ["cpu": "2", "memory": "2Gi"])
                break
            }
            try await client.deleteCollection(
                Self.quotas, namespace: namespace, selecting: ListOptions(labelSelector: "set=q"))
            let status = try await refusal { _ = try await client.get(Self.quotas, "q", namespace: namespace) }
            #expect(status.code == 404)
            try await client.delete(Namespace.self, namespace)
        }
    }
}
