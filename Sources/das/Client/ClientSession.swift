import FoundationEssentials
import KubernetesClient
import KubernetesModel
import ProgramSupport
import StructuredData
import SwarmAPI
import TaskProtocol

/// Both APIs of a cluster, and a namespace.
struct ClientSession: Sendable {
    var kubernetes: KubernetesClient
    var gateway: GatewayClient
    var namespace: String

    /// The id of a task that a person names: by the id itself, or by the name of its SwarmTask.
    func taskID(_ name: String) async throws -> String {
        if UUID(uuidString: name) != nil { return name }
        return try await object(name).metadata.uid ?? ""
    }

    /// The task that a person names, as it is now.
    ///
    /// A SwarmTask that the queue does not know yet, since no swarm fits it for instance, is shown as its object says.
    func task(_ name: String) async throws -> TaskView {
        if UUID(uuidString: name) != nil {
            do {
                return try await gateway.task(name, namespace: namespace)
            } catch let error as GatewayError where error.problem?.status == 404 {
                throw CommandFailure(.failed, "there is no task \(name) in namespace \(namespace)")
            }
        }
        let object = try await object(name)
        do {
            return try await gateway.task(object.metadata.uid ?? "", namespace: namespace)
        } catch let error as GatewayError where error.problem?.status == 404 {
            return TaskView(object)
        }
    }

    func object(_ name: String) async throws -> SwarmTask {
        do {
            return try await kubernetes.get(SwarmTask.self, name, namespace: namespace)
        } catch let status as KubernetesStatus where status.isNotFound {
            throw CommandFailure(
                .failed,
                "there is no SwarmTask \(name) in namespace \(namespace), and \(name) is no task's id; das get lists them"
            )
        }
    }

    /// The SwarmTask that a person names, by its name or by its id, whole; `nil`: it is a task of the gateway's alone, or its SwarmTask
    /// is gone or not to be seen.
    func swarmTask(_ name: String) async throws -> JSON? {
        guard UUID(uuidString: name) != nil else {
            _ = try await object(name)
            return try await kubernetes.get(SwarmTask.resource, name, namespace: namespace)
        }
        do {
            let all = try await kubernetes.list(SwarmTask.self, namespace: namespace).items
            guard let found = all.first(where: { $0.metadata.uid == name })?.metadata.name else { return nil }
            return try await kubernetes.get(SwarmTask.resource, found, namespace: namespace)
        } catch let status as KubernetesStatus where status.isForbidden || status.isNotFound {
            return nil
        }
    }

    func swarm(_ name: String) async throws -> AgentSwarm {
        do {
            return try await kubernetes.get(AgentSwarm.self, name, namespace: namespace)
        } catch let status as KubernetesStatus where status.isNotFound {
            throw CommandFailure(.failed, "there is no AgentSwarm \(name) in namespace \(namespace)")
        }
    }
}

extension TaskView {
    /// A task that only its object knows.
    init(_ object: SwarmTask) {
        self.init(
            id: object.metadata.uid ?? "", namespace: object.metadata.namespace ?? "", type: object.spec.type,
            phase: TaskPhase(rawValue: object.status?.phase?.rawValue ?? "Pending"), swarm: object.status?.swarm,
            agent: object.status?.agent, attempts: object.status?.attempts ?? 0,
            queuedTime: object.status?.queuedTime, startTime: object.status?.startTime,
            completionTime: object.status?.completionTime,
            progress: object.status?.progress.map { progress in
                TaskProgress(
                    done: Int64(progress.done ?? 0), total: progress.total.map(Int64.init), message: progress.message)
            }, result: object.status?.result,
            message: object.status?.message)
    }
}
