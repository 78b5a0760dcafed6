import HTTPTransport
import HTTPTypes
import KubernetesModel
import StructuredData

extension APIHandler {
    // MARK: Logs

    /// `pods/log`: fetched from the pod's node.
    func logs(_ target: Target, _ request: APIRequest) async throws -> APIResponse {
        let location = try target.location()
        guard let pod = try store.object(at: location)?.object() else { throw target.notFound }
        let container = try LogTarget.container(of: pod, asked: request.query["container"])
        let nodeName = pod["spec"]?["nodeName"]?.stringValue ?? ""
        guard !nodeName.isEmpty else {
            // A pod without a node has no log yet.
            return .text("")
        }
        guard let proxy = configuration.nodeProxy else {
            throw KubernetesStatus.serviceUnavailable("this server reaches no nodes, so it has no logs")
        }
        let node = try store.object(at: ObjectLocation(resource: "/nodes", namespace: "", name: nodeName))?.object()
        guard let node, let endpoint = NodeEndpoint(of: node) else {
            throw KubernetesStatus.internalError("node \"\(nodeName)\" has no kubelet endpoint")
        }
        let query = LogTarget.query(request.query)
        let path =
            "/containerLogs/\(location.namespace)/\(location.name)/\(container)" + (query.isEmpty ? "" : "?\(query)")
        let answer: HTTPStreamingResponse
        do {
            answer = try await proxy.open(
                NodeRequest(
                    node: nodeName, host: endpoint.host, port: endpoint.port, path: path,
                    isStream: request.query.flag("follow")))
        } catch let error as HTTPTransportError {
            throw KubernetesStatus.internalError(
                "Get \"https://\(endpoint.host):\(endpoint.port)\(path)\": \(error.message)")
        }
        guard answer.isSuccess else {
            var text: [UInt8] = []
            for try await chunk in answer.body where text.count < 4096 { text += chunk }
            let message = String(decoding: text, as: UTF8.self)
            if answer.status == 404 || answer.status == 400 { throw KubernetesStatus.badRequest(message) }
            throw KubernetesStatus.internalError(message)
        }
        return APIResponse(
            contentType: "text/plain",
            body: .stream { write in
                for try await chunk in answer.body { try await write(chunk) }
            })
    }

    // MARK: Binding

    /// `pods/binding`: puts a pod on a node.
    func bind(_ target: Target, _ request: APIRequest) async throws -> APIResponse {
        let options = try WriteOptions(request)
        let binding = try RequestBody.object(request, kind: "Binding", group: "")
        guard let node = binding["target"]?["name"]?.stringValue, !node.isEmpty else {
            throw KubernetesStatus.invalid(
                group: "", kind: "Binding", target.name ?? "", causes: [.required("target.name")])
        }
        let definition = target.definition
        for _ in 0..<30 {
            guard let stored = store.object(at: try target.location()) else { throw target.notFound }
            var pod = try stored.object()
            if let uid = binding["metadata"]?["uid"]?.stringValue, !uid.isEmpty, uid != stored.uid {
                throw KubernetesStatus.conflict(
                    target.type, stored.location.name,
                    message: "Precondition failed: UID in precondition: \(uid), UID in object meta: \(stored.uid)")
            }
            if let bound = pod["spec"]?["nodeName"]?.stringValue, !bound.isEmpty {
                throw KubernetesStatus.conflict(
                    target.type, stored.location.name,
                    message: "pod \(stored.location.name) is already assigned to node \"\(bound)\"")
            }
            if pod["metadata"]?["deletionTimestamp"] != nil {
                throw KubernetesStatus.conflict(
                    target.type, stored.location.name,
                    message: "pod \(stored.location.name) is being deleted, cannot be assigned to a host")
            }
            if pod["spec"]?["schedulingGates"]?.arrayValue?.isEmpty == false {
                throw KubernetesStatus.conflict(
                    target.type, stored.location.name,
                    message: "pod \(stored.location.name) has non-empty .spec.schedulingGates")
            }
            pod.set(.string(node), at: ["spec", "nodeName"])
            var conditions = (pod["status"]?["conditions"]?.arrayValue ?? []).filter {
                $0["type"]?.stringValue != "PodScheduled"
            }
            conditions.append([
                "type": "PodScheduled", "status": "True",
                "lastTransitionTime": .string(timestamp),
            ])
            pod.set(.array(conditions), at: ["status", "conditions"])
            if options.isDryRun { break }
            do {
                _ = try await store.commit(
                    ObjectWrite(
                        location: stored.location,
                        kind: .update(
                            expected: stored.resourceVersion,
                            StoredContent(object: pod, fields: definition.fields(ofStored: pod)))))
                break
            } catch StoreError.conflict {
                continue
            }
        }
        return .status(KubernetesStatus(status: "Success", reason: .unknown, code: 201, message: ""))
    }

    // MARK: Eviction

    /// `pods/eviction`: deletes a pod if its disruption budgets allow that now.
    func evict(_ target: Target, _ request: APIRequest) async throws -> APIResponse {
        let location = try target.location()
        guard let stored = store.object(at: location) else { throw target.notFound }
        let eviction = try RequestBody.object(request, kind: "Eviction", group: "policy")
        let named = eviction["metadata"]?["name"]?.stringValue ?? ""
        if !named.isEmpty, named != location.name {
            throw KubernetesStatus.badRequest("name in URL does not match name in Eviction object")
        }
        let pod = try stored.object()
        let phase = pod["status"]?["phase"]?.stringValue ?? ""
        var deletion = request
        deletion.body = (eviction["deleteOptions"] ?? [:]).serialized()
        deletion.headers[.contentType] = "application/json"
        let isDryRun = try DeletionOptions(deletion).isDryRun
        if !["Pending", "Succeeded", "Failed"].contains(phase), pod["metadata"]?["deletionTimestamp"] == nil, !isDryRun
        {
            try await takeFromBudgets(of: stored)
        }
        let options = try DeletionOptions(deletion)
        try await remove(target, options)
        if !options.isDryRun { await reactToDeletion(target) }
        return .status(KubernetesStatus(status: "Success", reason: .unknown, code: 201, message: ""))
    }

    private func takeFromBudgets(of pod: StoredObject) async throws {
        let budgets = store.objects(of: "policy/poddisruptionbudgets", namespace: pod.location.namespace).objects
        for stored in budgets {
            var budget = try stored.object()
            guard let selector = budget["spec"]?["selector"], WorkloadRules.matches(selector, JSON(pod.labels)) else {
                continue
            }
            let status = budget["status"] ?? [:]
            let allowed = status["disruptionsAllowed"]?.intValue ?? 0
            let isObserved =
                status["observedGeneration"]?.intValue ?? 0 >= budget["metadata"]?["generation"]?.intValue ?? 0
            guard allowed > 0, isObserved else {
                throw KubernetesStatus.tooManyRequests(
                    "Cannot evict pod as it would violate the pod's disruption budget.",
                    causes: [
                        KubernetesStatus.Cause(
                            reason: "DisruptionBudget",
                            message: "The disruption budget \(stored.location.name) needs "
                                + "\(status["desiredHealthy"]?.intValue ?? 0) healthy pods and has "
                                + "\(status["currentHealthy"]?.intValue ?? 0) currently")
                    ])
            }
            budget.set(JSON(allowed - 1), at: ["status", "disruptionsAllowed"])
            budget.set(.string(timestamp), at: ["status", "disruptedPods", pod.location.name])
            do {
                _ = try await store.commit(
                    ObjectWrite(
                        location: stored.location,
                        kind: .update(
                            expected: stored.resourceVersion, StoredContent(object: budget, fields: stored.fields))))
            } catch StoreError.conflict {
                // Another eviction took it, or the controller wrote: the client asks again.
                throw KubernetesStatus.tooManyRequests(
                    "Cannot evict pod as the disruption budget \(stored.location.name) has just changed.",
                    retryAfterSeconds: 1)
            }
        }
    }
}

/// Where a pod's log is to be had.
private enum LogTarget {
    static func container(of pod: JSON, asked: String?) throws(KubernetesStatus) -> String {
        let name = pod["metadata"]?["name"]?.stringValue ?? ""
        let containers = (pod["spec"]?["containers"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
        let others = (pod["spec"]?["initContainers"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
        if let asked, !asked.isEmpty {
            guard containers.contains(asked) || others.contains(asked) else {
                throw .badRequest("container \(asked) is not valid for pod \(name)")
            }
            return asked
        }
        let annotation = pod["metadata"]?["annotations"]?["kubectl.kubernetes.io/default-container"]?.stringValue
        if let annotation, containers.contains(annotation) { return annotation }
        guard containers.count == 1, let only = containers.first else {
            throw .badRequest(
                "a container name must be specified for pod \(name), choose one of: [\(containers.joined(separator: " "))]"
            )
        }
        return only
    }

    /// The parameters that a kubelet understands.
    static func query(_ query: Query) -> String {
        let known = [
            "follow", "previous", "timestamps", "tailLines", "limitBytes", "sinceSeconds", "sinceTime", "stream",
        ]
        return query.items.filter { known.contains($0.name) }.map { name, value in
            let plain = value.allSatisfy { $0.isLetter || $0.isNumber || "-.:_".contains($0) } ? value : ""
            return "\(name)=\(plain)"
        }.joined(separator: "&")
    }
}
