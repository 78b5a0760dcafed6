import HTTPTransport
import KubernetesModel
import StructuredData

/// `metrics.k8s.io`: what pods and nodes use, as their nodes' `/stats/summary` says at the moment of the question.
extension APIHandler {
    static let metricsGroup = "metrics.k8s.io"
    /// A summary beyond this is not read.
    private static let summaryLimitBytes = 8 << 20
    /// How many nodes are asked at once.
    private static let askedAtOnce = 16

    func metrics(_ target: Target, _ request: APIRequest) async throws -> APIResponse {
        guard ["get", "list"].contains(request.info.verb) else {
            throw KubernetesStatus.methodNotAllowed(target.type)
        }
        let selection = try Selection(target, request)
        let isOfNodes = target.type.kind == "NodeMetrics"
        let subjects = store.objects(of: isOfNodes ? "/nodes" : "/pods", namespace: target.namespace).objects
            .filter(selection.matches)
        let nodes = Set(subjects.compactMap { isOfNodes ? $0.location.name : $0.fields["spec.nodeName"] })
        let summaries = await summaries(of: nodes.filter { !$0.isEmpty })
        let items = subjects.compactMap { subject in
            isOfNodes
                ? MetricsObject.node(subject, summaries[subject.location.name], now: timestamp)
                : MetricsObject.pod(subject, summaries[subject.fields["spec.nodeName"] ?? ""], now: timestamp)
        }
        guard target.name != nil else {
            return .json([
                "kind": .string("\(target.type.kind)List"), "apiVersion": .string(target.type.apiVersion),
                "metadata": [:], "items": .array(items.map { typed($0, target.type) }),
            ])
        }
        guard let item = items.first else { throw target.notFound }
        return .json(typed(item, target.type))
    }

    private func typed(_ object: JSON, _ type: ResourceType) -> JSON {
        var typed: JSON = ["kind": .string(type.kind), "apiVersion": .string(type.apiVersion)]
        for (member, value) in object.objectValue ?? [:] { typed[member] = value }
        return typed
    }

    /// The summaries of those nodes that answer.
    private func summaries(of nodes: Set<String>) async -> [String: JSON] {
        guard let proxy = configuration.nodeProxy else { return [:] }
        return await withTaskGroup(of: (String, JSON?).self) { group in
            var rest = nodes.makeIterator()
            func ask() {
                guard let node = rest.next() else { return }
                group.addTask { (node, await self.summary(of: node, proxy)) }
            }
            for _ in 0..<Self.askedAtOnce { ask() }
            var summaries: [String: JSON] = [:]
            for await (node, summary) in group {
                summaries[node] = summary
                ask()
            }
            return summaries
        }
    }

    private func summary(of name: String, _ proxy: any NodeProxy) async -> JSON? {
        let stored = store.object(at: ObjectLocation(resource: "/nodes", namespace: "", name: name))
        guard let node = try? stored?.object(), let endpoint = NodeEndpoint(of: node) else { return nil }
        do {
            let answer = try await proxy.open(
                NodeRequest(
                    node: name, host: endpoint.host, port: endpoint.port, path: "/stats/summary", isStream: false))
            guard answer.isSuccess else { return nil }
            var bytes: [UInt8] = []
            for try await chunk in answer.body where bytes.count < Self.summaryLimitBytes { bytes += chunk }
            return try JSON.parse(bytes)
        } catch {
            // A node that does not answer has no metrics, as everywhere.
            return nil
        }
    }
}

/// Makes the objects of `metrics.k8s.io` from nodes' summaries.
private enum MetricsObject {
    /// Over which usage of the processor is averaged, at most.
    private static let window = "15s"

    /// `nil` where the node has nothing to say of the pod yet.
    static func pod(_ pod: StoredObject, _ summary: JSON?, now: String) -> JSON? {
        let stats = summary?["pods"]?.arrayValue?.first { $0["podRef"]?["uid"]?.stringValue == pod.uid }
        let containers = (stats?["containers"]?.arrayValue ?? []).compactMap { container -> JSON? in
            usage(container).map { ["name": container["name"] ?? "", "usage": $0] }
        }
        guard !containers.isEmpty else { return nil }
        var metrics = object(pod, now)
        metrics["containers"] = .array(containers)
        return metrics
    }

    static func node(_ node: StoredObject, _ summary: JSON?, now: String) -> JSON? {
        guard let usage = usage(summary?["node"]) else { return nil }
        var metrics = object(node, now)
        metrics["usage"] = usage
        return metrics
    }

    private static func usage(_ stats: JSON?) -> JSON? {
        guard let cpu = stats?["cpu"]?["usageNanoCores"]?.intValue,
            let memory = stats?["memory"]?["workingSetBytes"]?.intValue
        else { return nil }
        return ["cpu": .string("\(cpu)n"), "memory": .string("\(memory / 1024)Ki")]
    }

    private static func object(_ subject: StoredObject, _ now: String) -> JSON {
        var metadata: JSON = ["name": .string(subject.location.name), "creationTimestamp": .string(now)]
        if !subject.location.namespace.isEmpty { metadata["namespace"] = .string(subject.location.namespace) }
        if !subject.labels.isEmpty { metadata["labels"] = JSON(subject.labels) }
        return ["metadata": metadata, "timestamp": .string(now), "window": .string(window)]
    }
}
