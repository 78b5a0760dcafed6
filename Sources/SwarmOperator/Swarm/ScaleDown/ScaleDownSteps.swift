import ControllerRuntime
import KubernetesClient
import KubernetesModel
import StructuredData
import SwarmAPI
import TaskQueue

/// Carries out what a `ScaleDownPlan` does to agents and their pods. Each step may be repeated.
struct ScaleDownSteps: Sendable {
    let client: KubernetesClient
    let store: any TaskStore
    let barrier: WriteBarrier<Pod>

    /// - Parameter key: the swarm's.
    func carryOut(_ step: ScaleDownPlan.Step, for key: ObjectKey) async throws {
        switch step {
        case .drain(let agents): try await store.setDraining(agents, true)
        case .release(let agents): try await store.setDraining(agents, false)
        case .mark(let pods): try await mark(pods, true, for: key)
        case .unmark(let pods): try await mark(pods, false, for: key)
        case .setReplicas: break
        }
    }

    private func mark(_ pods: [ScaleState.Pod], _ isMarked: Bool, for key: ObjectKey) async throws {
        for pod in pods {
            try await annotate(pod.name, uid: pod.uid, AgentAnnotations.mark(isMarked), for: key)
        }
    }

    /// Sets and, where they are `null`, removes annotations of this very pod. One that is gone needs none.
    func annotate(_ name: String, uid: String, _ annotations: JSON, for key: ObjectKey) async throws {
        do {
            let written = try await client.patch(
                Pod.self, name, namespace: key.namespace,
                patch: .merge(["metadata": ["uid": .string(uid), "annotations": annotations]]),
                options: WriteOptions(fieldManager: SwarmNames.autoscaler))
            barrier.wrote(written, for: key)
        } catch let status as KubernetesStatus where status.isNotFound || status.isConflict {
            // The watch tells what has become of it.
        }
    }
}
