package import ControllerRuntime
package import KubernetesClient
package import KubernetesModel
import StructuredData
package import SwarmAPI
package import TaskQueue

/// Makes a swarm's objects, publishes the swarm to the gateway, and says on the swarm what is there.
///
/// Flow: catalogue entry → ServiceAccount, `das-gateway-ca`, Deployment by server-side apply → status. Guarantees: the number
/// of replicas is never touched after the first apply; an object of our name that is another's is left alone. Assumptions: the
/// API server collects what a deleted swarm owned. Caveat: a field that others set on our objects stays theirs.
package struct AgentSwarmReconciler: Reconciler {
    private let client: KubernetesClient
    private let store: any TaskStore
    private let swarms: Store<AgentSwarm>
    private let deployments: Store<Deployment>
    private let pods: Store<Pod>
    private let events: EventRecorder
    private let configuration: OperatorConfiguration

    package init(
        client: KubernetesClient,
        store: any TaskStore,
        swarms: Store<AgentSwarm>,
        deployments: Store<Deployment>,
        pods: Store<Pod>,
        events: EventRecorder,
        configuration: OperatorConfiguration
    ) {
        self.client = client
        self.store = store
        self.swarms = swarms
        self.deployments = deployments
        self.pods = pods
        self.events = events
        self.configuration = configuration
    }

    package func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard let swarm = swarms.get(key), swarm.metadata.deletionTimestamp == nil else {
            try await store.removeCatalogue(namespace: key.namespace, swarm: key.name)
            return .done
        }
        try await store.putCatalogue(CatalogueEntry(swarm))
        var trouble: SwarmTrouble?
        do {
            try await applyObjects(of: swarm)
        } catch let error as InvalidTemplate {
            trouble = .invalidTemplate(error)
        } catch let error as NameConflict {
            trouble = .nameConflict(kind: error.kind, name: error.name)
        }
        try await writeStatus(of: swarm, trouble: trouble)
        // A conflict passes when someone else acts on an object that we do not watch.
        return trouble?.reason == "NameConflict" ? .requeue(after: .seconds(30)) : .done
    }

    private func applyObjects(of swarm: AgentSwarm) async throws {
        guard let name = swarm.metadata.name, let uid = swarm.metadata.uid else { return }
        let objects = try SwarmObjects(swarm, configuration: configuration)
        let namespace = swarm.metadata.namespace
        _ = try await apply(ConfigMap.self, objects.gatewayAuthorities)
        if let account = objects.serviceAccount {
            let existing = try await find(ServiceAccount.self, swarm.serviceAccountName, namespace)
            try refuseForeign(existing?.metadata, kind: "ServiceAccount", name: swarm.serviceAccountName, uid: uid)
            _ = try await apply(ServiceAccount.self, account)
        }
        let deploymentName = SwarmObjects.deploymentName(name)
        let live = try await find(Deployment.self, deploymentName, namespace)
        try refuseForeign(live?.metadata, kind: "Deployment", name: deploymentName, uid: uid)
        var body = objects.deployment
        if let live {
            // Without an owner the number of replicas would fall back to its default once our apply leaves it out.
            if !Self.autoscalerOwnsReplicas(live) {
                _ = try await apply(Deployment.self, Replicas.handOver(live), manager: SwarmNames.autoscaler)
            }
        } else {
            body["spec"]?["replicas"] = 0
        }
        let applied = try await apply(Deployment.self, body)
        if live == nil {
            _ = try await apply(Deployment.self, Replicas.handOver(applied), manager: SwarmNames.autoscaler)
        }
    }

    private func apply<R: KubernetesResource>(
        _ type: R.Type, _ body: JSON, manager: String = SwarmNames.swarmController
    ) async throws -> R {
        try await client.apply(type, body, manager: manager)
    }

    private func find<R: KubernetesResource>(_ type: R.Type, _ name: String, _ namespace: String?) async throws -> R? {
        do {
            return try await client.keepingManagedFields().get(type, name, namespace: namespace)
        } catch let status as KubernetesStatus where status.isNotFound {
            return nil
        }
    }

    private func refuseForeign(_ metadata: ObjectMeta?, kind: String, name: String, uid: String) throws(NameConflict) {
        guard let metadata else { return }
        let owner = metadata.ownerReferences?.first { $0.controller == true }
        guard owner?.uid == uid else { throw NameConflict(kind: kind, name: name) }
    }

    private static func autoscalerOwnsReplicas(_ deployment: Deployment) -> Bool {
        (deployment.metadata.managedFields?.arrayValue ?? []).contains { entry in
            entry["manager"]?.stringValue == SwarmNames.autoscaler
                && entry["fieldsV1"]?["f:spec"]?["f:replicas"] != nil
        }
    }

    private func writeStatus(of swarm: AgentSwarm, trouble: SwarmTrouble?) async throws {
        let name = swarm.metadata.name ?? ""
        let namespace = swarm.metadata.namespace ?? ""
        let deployment = deployments.get(ObjectKey(namespace: namespace, name: SwarmObjects.deploymentName(name)))
        let own = pods.list(namespace: namespace) { $0.metadata.labels?[SwarmNames.swarmLabel] == name }
        let observation = SwarmObservation(
            swarm: swarm, deployment: deployment, podTrouble: SwarmTrouble.first(in: own), trouble: trouble)
        let status = observation.status(now: Timestamp.text(seconds: store.now().milliseconds / 1000))
        guard !StatusFields.swarmController.equal(swarm.status, status) else { return }
        if let trouble, swarm.status?.conditions?["Stalled"]?.reason != trouble.reason {
            events.record(.warning, reason: trouble.reason, action: "Reconcile", note: trouble.message, on: swarm)
        }
        let body = try StatusBody.make(AgentSwarm.resource, swarm.metadata, status: JSON(encoding: status))
        // `nil`: deleted meanwhile; the watch will tell.
        _ = try await client.applyStatus(of: AgentSwarm.self, body, manager: SwarmNames.swarmController)
    }
}

/// An object of our name that belongs to someone else.
private struct NameConflict: Error {
    var kind: String
    var name: String
}

/// The autoscaler's apply: the number of replicas and nothing else.
enum Replicas {
    static func body(of deployment: Deployment, count: Int) -> JSON {
        [
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": [
                "name": .string(deployment.metadata.name ?? ""),
                "namespace": .string(deployment.metadata.namespace ?? ""),
            ],
            "spec": ["replicas": JSON(count)],
        ]
    }

    /// Makes the number of replicas the autoscaler's as it is; refused with a conflict where the Deployment has changed, since the
    /// autoscaler may have raised it meanwhile.
    static func handOver(_ deployment: Deployment) -> JSON {
        var body = body(of: deployment, count: deployment.spec.replicas ?? 0)
        body["metadata"]?["resourceVersion"] = deployment.metadata.resourceVersion.map { .string($0) }
        return body
    }
}
