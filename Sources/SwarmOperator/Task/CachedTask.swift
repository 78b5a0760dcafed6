package import KubernetesModel
import StructuredData
package import SwarmAPI

/// What the operator's cache keeps of a SwarmTask: what its reconciler reads, and that as text where it is seldom read.
///
/// A task that is not in the queue yet keeps its spec whole. One that is queued or runs has given its input to the store, so the
/// input goes; a status stays, against which the next one is compared. Of one that has ended only the end and what governs the
/// object's deletion are left.
package struct CachedTask: KubernetesResource {
    package static let resource = SwarmTask.resource

    private var name: String?
    private var namespace: String?
    private var uid: String?
    private var resourceVersion: String?
    private var generation: Int64?
    private var deletionTimestamp: String?
    package let phase: SwarmTask.Phase?
    /// The swarm that has the task.
    package let swarm: String?
    /// Whether the object has an input that is not kept here.
    package let lacksInput: Bool
    /// The tasks that it depends on; of one that has succeeded or was cancelled, none.
    package let dependencies: [String]
    /// Whether it runs once for each of many items.
    package let isFanOut: Bool
    private let spec: JSONText
    private let status: JSONText?

    /// The part of the metadata that is kept.
    package var metadata: ObjectMeta {
        get {
            ObjectMeta(
                name: name, namespace: namespace, uid: uid, resourceVersion: resourceVersion, generation: generation,
                deletionTimestamp: deletionTimestamp)
        }
        set {
            name = newValue.name
            namespace = newValue.namespace
            uid = newValue.uid
            resourceVersion = newValue.resourceVersion
            generation = newValue.generation
            deletionTimestamp = newValue.deletionTimestamp
        }
    }

    /// The task, as far as it is kept.
    package func task() throws -> SwarmTask {
        SwarmTask(metadata: metadata, spec: try spec.decode(), status: try status?.decode())
    }
}

extension CachedTask {
    private enum Field: String, CodingKey {
        case apiVersion, kind, metadata, spec, status
    }

    private struct Identity: Decodable {
        var name: String?
        var namespace: String?
        var uid: String?
        var resourceVersion: String?
        var generation: Int64?
        var deletionTimestamp: String?
    }

    private struct Progress: Decodable {
        var phase: SwarmTask.Phase?
        var swarm: String?
    }

    private struct Needs: Decodable {
        struct Present: Decodable {}

        var dependsOn: [String]?
        var fanOut: Present?
    }

    /// What is read of the spec of a task that has ended.
    private static let endedSpec: Set<String> = ["type", "ttlSecondsAfterFinished"]
    private static let endedStatus: Set<String> = ["phase", "completionTime"]
    private static let inputs: Set<String> = ["input", "inputFrom"]

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Field.self)
        let identity = try container.decode(Identity.self, forKey: .metadata)
        name = identity.name
        namespace = identity.namespace
        uid = identity.uid
        resourceVersion = identity.resourceVersion
        generation = identity.generation
        deletionTimestamp = identity.deletionTimestamp
        let progress = try container.decodeIfPresent(Progress.self, forKey: .status)
        phase = progress?.phase
        swarm = phase?.isFinal == true ? nil : progress?.swarm
        let spec = try container.decode(JSONText.self, forKey: .spec)
        let status = try container.decodeIfPresent(JSONText.self, forKey: .status)
        let needs = try container.decode(Needs.self, forKey: .spec)
        dependencies = phase == .succeeded || phase == .cancelled ? [] : needs.dependsOn ?? []
        isFanOut = needs.fanOut != nil
        switch phase {
        case nil, .pending:
            lacksInput = false
            self.spec = spec
            self.status = status
        case .queued, .running:
            lacksInput = true
            self.spec = try spec.members { !Self.inputs.contains($0) }
            self.status = status
        case .succeeded, .failed, .cancelled:
            lacksInput = true
            self.spec = try spec.members(where: Self.endedSpec.contains)
            self.status = try status?.members(where: Self.endedStatus.contains)
        }
    }

    package func encode(to encoder: any Encoder) throws { try task().encode(to: encoder) }
}
