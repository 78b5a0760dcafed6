package import ControllerRuntime
package import KubernetesClient
package import KubernetesModel
import StructuredData
package import SwarmAPI
package import TaskQueue

/// Makes a swarm's objects, publishes the swarm to the gateway, and says on the swarm what is there.
///
/// Flow: catalogue entry → tasks of a swarm that gives out none to others → ServiceAccount, NetworkPolicy, PodDisruptionBudget, Deployment by server-side apply → status.
/// Guarantees: what `OwnedObjects` says; a cause that people must know of stands in a condition and in one Event. Assumptions:
/// woken by the watches of all that the swarm owns, and of its pods; the API server collects what a deleted swarm owned. Caveat:
/// what refuses an object for a reason outside of it is tried again on a timer.
package struct AgentSwarmReconciler: Reconciler {
    /// Pods by their swarm, as `podsKey` files them.
    package static let podsIndex = "swarm"
    private static let forbiddenPause = Duration.seconds(60)
    private static let conflictPause = Duration.seconds(30)
    private static let predecessorPause = Duration.seconds(1)
    private static let changedPause = Duration.milliseconds(100)

    private let client: KubernetesClient
    private let store: any TaskStore
    private let swarms: Store<AgentSwarm>
    private let deployments: Store<Deployment>
    private let pods: Store<Pod>
    private let owned: OwnedObjects
    private let events: EventRecorder
    private let configuration: OperatorConfiguration

    package init(
        client: KubernetesClient,
        store: any TaskStore,
        swarms: Store<AgentSwarm>,
        deployments: Store<Deployment>,
        pods: Store<Pod>,
        owned: OwnedCaches,
        authorities: Store<ObjectMeta>,
        events: EventRecorder,
        configuration: OperatorConfiguration
    ) {
        self.client = client
        self.store = store
        self.swarms = swarms
        self.deployments = deployments
        self.pods = pods
        self.owned = OwnedObjects(client: client, caches: owned, authorities: authorities)
        self.events = events
        self.configuration = configuration
    }

    /// What `podsIndex` files a swarm's pods under.
    package static func podsKey(namespace: String, swarm: String) -> String { "\(namespace)/\(swarm)" }

    package func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard let swarm = swarms.get(key), swarm.metadata.deletionTimestamp == nil else {
            owned.forget(key)
            try await store.removeCatalogue(namespace: key.namespace, swarm: key.name)
            return .done
        }
        try await store.putCatalogue(CatalogueEntry(swarm))
        var trouble: SwarmTrouble?
        var pause: Duration?
        do {
            let objects = try SwarmObjects(swarm, configuration: configuration)
            try await owned.bring(swarm, to: objects, isSettled: isSettled(deployment(of: key)))
        } catch let error as InvalidTemplate {
            trouble = .invalidTemplate(error)
        } catch let conflict as NameConflict {
            trouble = .nameConflict(conflict)
            // It passes when someone else acts on an object that may be none of those which we watch.
            pause = conflict.isPredecessors ? Self.predecessorPause : Self.conflictPause
        } catch let status as KubernetesStatus where status.isNamespaceTerminating {
            return .done
        } catch let status as KubernetesStatus where status.isConflict || status.isNotFound {
            // It has changed or gone since it was looked at.
            return .requeue(after: Self.changedPause)
        } catch let status as KubernetesStatus {
            guard let refusal = SwarmTrouble.refused(status) else { throw status }
            trouble = refusal
            pause = status.isForbidden ? Self.forbiddenPause : nil
        }
        let deadline = try await writeStatus(of: swarm, trouble: trouble)
        return (pause ?? deadline).map { .requeue(after: $0) } ?? .done
    }

    private func deployment(of key: ObjectKey) -> Deployment? {
        deployments.get(ObjectKey(namespace: key.namespace, name: SwarmObjects.deploymentName(key.name)))
    }

    private func isSettled(_ deployment: Deployment?) -> Bool {
        guard let deployment, let status = deployment.status else { return false }
        return status.observedGeneration == deployment.metadata.generation
            && status.replicas ?? 0 == status.updatedReplicas ?? 0 && status.terminatingReplicas ?? 0 == 0
    }

    /// When to look again, since an agent that starts may then have taken too long.
    private func writeStatus(of swarm: AgentSwarm, trouble: SwarmTrouble?) async throws -> Duration? {
        let key = swarm.key
        let now = store.now().milliseconds / 1000
        let pods = PodTrouble(
            pods.byIndex(Self.podsIndex, Self.podsKey(namespace: key.namespace, swarm: key.name)),
            startDeadlineSeconds: configuration.startDeadlineSeconds)
        let observation = SwarmObservation(
            swarm: swarm, deployment: deployment(of: key), podTrouble: pods.first(now: now), trouble: trouble)
        let status = observation.status(now: Timestamp.text(seconds: now))
        if !StatusFields.swarmController.equal(swarm.status, status) {
            let body = try StatusBody.make(AgentSwarm.resource, swarm.metadata, status: JSON(encoding: status))
            // `nil`: deleted meanwhile; the watch will tell.
            let written = try await client.applyStatus(
                of: AgentSwarm.self, body, manager: SwarmNames.swarmController)
            if written != nil { tell(observation.verdict, on: swarm) }
        }
        return pods.secondsToDeadline(now: now).map { .seconds($0) }
    }

    /// Once for each cause, however often its message changes.
    private func tell(_ verdict: SwarmObservation.Verdict, on swarm: AgentSwarm) {
        let before = swarm.status?.conditions?["Ready"]
        guard before?.reason != verdict.reason else { return }
        if verdict.isTrouble {
            events.record(.warning, reason: verdict.reason, action: "Reconcile", note: verdict.message, on: swarm)
        } else if verdict.reason == "Suspended" || before?.reason == "Suspended" {
            let isOver = verdict.reason != "Suspended"
            events.record(
                reason: isOver ? "Resumed" : "Suspended", action: "Reconcile",
                note: isOver ? "the swarm takes tasks again" : verdict.message, on: swarm)
        }
    }
}
