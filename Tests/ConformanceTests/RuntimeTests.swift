import ControllerRuntime
import CurlTransport
import KubernetesClient
import KubernetesModel
import StructuredData
import TestSupport
import Testing

extension Conformance {
    @Suite struct Runtime {
        let cluster: ConformanceCluster
        var client: KubernetesClient { cluster.client }

        init() throws { cluster = try .current }

        /// Keeps, for each config map labelled `role=parent`, a child that it owns.
        private struct ChildKeeper: Reconciler {
            let client: KubernetesClient
            let parents: Store<ConfigMap>
            let children: Store<ConfigMap>
            let reconciles = Observed<[ObjectKey: Int]>([:])

            func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
                let count = reconciles.change { counts in
                    counts[key, default: 0] += 1
                    return counts[key] ?? 0
                }
                guard let parent = parents.get(key), let uid = parent.metadata.uid else { return .done }
                let name = "\(key.name)-child"
                if children.get(ObjectKey(namespace: key.namespace, name: name)) == nil {
                    let reference = OwnerReference(
                        apiVersion: "v1", kind: "ConfigMap", name: key.name, uid: uid, controller: true)
                    let child = ConfigMap(
                        metadata: ObjectMeta(
                            name: name, namespace: key.namespace, labels: ["role": "child"],
                            ownerReferences: [reference]))
                    // A cache that does not show the last write yet asks for it again: a conflict, and another try.
                    _ = try await client.create(child)
                }
                return count < 5 ? .requeue(after: .milliseconds(20)) : .done
            }
        }

        @Test
        func `A controller makes what is missing, hears of its loss by the owner, and comes again when it asked to`()
            async throws
        {
            let parents = Informer<ConfigMap>(
                client: client, namespace: cluster.namespace, labelSelector: "role=parent")
            let children = Informer<ConfigMap>(
                client: client, namespace: cluster.namespace, labelSelector: "role=child")
            let keeper = ChildKeeper(client: client, parents: parents.store, children: children.store)
            let controller = Controller(name: "child-keeper", reconciler: keeper)
            controller.reconciles(parents)
            controller.owns(children, owner: ConfigMap.resource)
            let manager = ControllerManager()
            manager.add(parents)
            manager.add(children)
            manager.add(controller)
            let run = Task { try await manager.run() }
            defer { run.cancel() }

            _ = try await client.create(configMap("kept", labels: ["role": "parent"]))
            func child(otherThan uid: String?) async throws -> ConfigMap {
                try await client.objects(ConfigMap.self, namespace: cluster.namespace, labelSelector: "role=child") {
                    $0.first { $0.metadata.name == "kept-child" && $0.metadata.uid != uid }
                }
            }
            let first = try await child(otherThan: nil)
            let key = ObjectKey(namespace: cluster.namespace, name: "kept")
            try await keeper.reconciles.wait { ($0[key] ?? 0) >= 5 }
            try await client.delete(ConfigMap.self, "kept-child")
            let second = try await child(otherThan: first.metadata.uid)
            #expect(second.metadata.ownerReferences?.map(\.name) == ["kept"])
        }

        @Test func `Events that repeat become a series of one`() async throws {
            let object = try await client.create(configMap("eventful"))
            let recorder = EventRecorder(
                client: client, controller: "conformance.example.com/suite", instance: "suite-1")
            let run = Task { await recorder.run() }
            defer { run.cancel() }
            for _ in 0..<2 {
                recorder.record(.warning, reason: "Tried", note: "it was tried", on: object)
            }
            let events = ResourceType(
                group: "events.k8s.io", version: "v1", kind: "Event", plural: "events", namespaced: true)
            let watch = try await client.watch(events, namespace: cluster.namespace)
            for try await event in watch {
                guard case .added(let event) = event, event[path: "regarding", "name"] == "eventful" else {
                    guard case .modified(let event) = event, event[path: "regarding", "name"] == "eventful" else {
                        continue
                    }
                    if try check(event, object) { return }
                    continue
                }
                if try check(event, object) { return }
            }
            Issue.record("the watch ended before the series was seen")
        }

        /// Whether `event` has its series already.
        private func check(_ event: JSON, _ object: ConfigMap) throws -> Bool {
            #expect(event["reason"] == "Tried")
            #expect(event["type"] == "Warning")
            #expect(event[path: "regarding", "uid"]?.stringValue == object.metadata.uid)
            return event[path: "series", "count"] == 2
        }

        @Test func `Of two electors on one lease one leads, and the other follows when it goes`() async throws {
            let configuration = try LeaderElectionMachine.Configuration(
                leaseDuration: .seconds(15), renewDeadline: .seconds(10), retryPeriod: .milliseconds(200),
                exitLimit: nil)
            let leading = Observed<[String]>([])
            let active = Observed((now: 0, most: 0))
            let cluster = client.configuration
            func run(_ identity: String) -> Task<Void, any Error> {
                let elector = LeaderElector(
                    namespace: cluster.defaultNamespace, name: "election", identity: identity,
                    configuration: configuration
                ) {
                    KubernetesClient(cluster, transport: CurlTransport(cluster.connection))
                }
                return Task { [leading, active] in
                    try await elector.run {
                        active.change { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                        defer { active.change { $0.now -= 1 } }
                        leading.change { $0.append(identity) }
                        try await untilCancelled()
                    }
                }
            }
            let electors = ["a": run("a"), "b": run("b")]
            let first = try await leading.wait { $0.count == 1 }[0]
            let lease = try await client.get(Lease.self, "election")
            #expect(lease.spec?.holderIdentity == first)
            electors[first]?.cancel()
            let both = try await leading.wait { $0.count == 2 }
            #expect(Set(both) == ["a", "b"])
            let taken = try await client.get(Lease.self, "election")
            #expect(taken.spec?.holderIdentity == both[1])
            #expect(taken.spec?.leaseTransitions ?? 0 >= 1)
            #expect(active.value.most == 1)
            for elector in electors.values {
                elector.cancel()
                _ = await elector.result
            }
        }
    }
}
