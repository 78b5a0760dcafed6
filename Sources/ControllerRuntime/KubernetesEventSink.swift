internal import KubernetesClient
internal import KubernetesModel
internal import StructuredData

/// Writes events to the API, in either of their forms.
struct KubernetesEventSink: EventSink {
    let client: KubernetesClient
    let controller: String
    let instance: String
    let form: EventRecorder.Form

    func write(_ write: EventAggregator.Write, at: Int64) async throws {
        let regarding = write.event.regarding
        // An Event on an object without a namespace lives in the default one.
        let namespace = regarding.namespace.flatMap { $0.isEmpty ? nil : $0 } ?? "default"
        switch write {
        case .create(let event, let name, _):
            var object = try form == .core ? core(event, at: at) : extended(event, at: at)
            object["apiVersion"] = .string(resource.apiVersion)
            object["kind"] = "Event"
            object["metadata"] = ["name": .string(name), "namespace": .string(namespace)]
            object["type"] = .string(event.type)
            object["reason"] = .string(event.reason)
            object["reportingInstance"] = .string(instance)
            _ = try await client.create(resource, object, namespace: namespace)
        case .series(_, let name, let count, _):
            let patch: JSON =
                form == .core
                ? ["count": JSON(count), "lastTimestamp": .string(Timestamp.text(seconds: at / 1_000_000))]
                : ["series": ["count": JSON(count), "lastObservedTime": .string(Timestamp.text(microseconds: at))]]
            _ = try await client.patch(resource, name, namespace: namespace, patch: .merge(patch))
        }
    }

    private var resource: ResourceType {
        ResourceType(
            group: form == .core ? "" : "events.k8s.io", version: "v1", kind: "Event", plural: "events",
            namespaced: true)
    }

    private func extended(_ event: EventIdentity, at: Int64) throws -> JSON {
        [
            "eventTime": .string(Timestamp.text(microseconds: at)), "action": .string(event.action),
            "note": .string(event.note), "reportingController": .string(controller),
            "regarding": try JSON(encoding: event.regarding),
        ]
    }

    private func core(_ event: EventIdentity, at: Int64) throws -> JSON {
        let time = JSON.string(Timestamp.text(seconds: at / 1_000_000))
        return [
            "firstTimestamp": time, "lastTimestamp": time, "count": 1, "message": .string(event.note),
            "source": ["component": .string(controller), "host": .string(instance)],
            "reportingComponent": .string(controller), "involvedObject": try JSON(encoding: event.regarding),
        ]
    }
}
