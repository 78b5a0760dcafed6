import HTTPTransport
import KubernetesModel
import StructuredData
import Synchronization

/// An API server with a Deployment, its ReplicaSet and pods, a swarm's status, and controllers that work when they are told to.
///
/// It takes what the autoscaler writes, with its preconditions. The write of a chosen number fails, before or after it is done, as
/// it is for an operator that ends just then.
final class SmallCluster: HTTPTransport {
    enum Fault: Sendable, Hashable, CaseIterable { case before, after }

    fileprivate struct State {
        /// By the path that reads them.
        var objects: [String: JSON] = [:]
        var version = 10
        var writes = 0
        var fault: (write: Int, when: Fault)?
        var hasFailed = false
        var replicas: [Int] = []
    }

    static let deploymentPath = "/apis/apps/v1/namespaces/n/deployments/s-agents"
    static let replicaSetPath = "/apis/apps/v1/namespaces/n/replicasets/s-agents-1"
    static let swarmPath = "/apis/das.brashlabs.io/v1alpha1/namespaces/n/agentswarms/s"
    static func podPath(_ name: String) -> String { "/api/v1/namespaces/n/pods/\(name)" }

    private let state = Mutex(State())

    /// - Parameters:
    ///   - asked: the swarm's `spec.replicas`.
    init(pods: [String], asked: Int) {
        state.withLock { state in
            let labels: JSON = ["app.kubernetes.io/name": "das-agent", "das.brashlabs.io/swarm": "s"]
            func owner(_ kind: String, _ uid: String) -> JSON {
                [["apiVersion": "v1", "kind": .string(kind), "name": "s", "uid": .string(uid), "controller": true]]
            }
            func metadata(_ name: String, _ uid: String, owner: JSON = []) -> JSON {
                [
                    "name": .string(name), "namespace": "n", "uid": .string(uid), "labels": labels, "generation": 1,
                    "resourceVersion": "1", "ownerReferences": owner,
                ]
            }
            let count = JSON(pods.count)
            state.objects[Self.swarmPath] = [
                "apiVersion": "das.brashlabs.io/v1alpha1", "kind": "AgentSwarm", "metadata": metadata("s", "swarm"),
                "spec": [
                    "capabilities": ["echo"], "scaling": ["strategy": "External", "maxAgents": 10],
                    "replicas": JSON(asked),
                ],
            ]
            state.objects[Self.deploymentPath] = [
                "apiVersion": "apps/v1", "kind": "Deployment",
                "metadata": metadata("s-agents", "deployment", owner: owner("AgentSwarm", "swarm")),
                "spec": ["replicas": count, "selector": [:], "template": [:]],
                "status": ["observedGeneration": 1, "replicas": count, "updatedReplicas": count],
            ]
            state.objects[Self.replicaSetPath] = [
                "apiVersion": "apps/v1", "kind": "ReplicaSet",
                "metadata": metadata("s-agents-1", "set", owner: owner("Deployment", "deployment")),
                "spec": ["replicas": count, "selector": [:], "template": [:]],
                "status": ["observedGeneration": 1, "replicas": count, "readyReplicas": count],
            ]
            for pod in pods {
                state.objects[Self.podPath(pod)] = [
                    "apiVersion": "v1", "kind": "Pod",
                    "metadata": metadata(pod, "uid-\(pod)", owner: owner("ReplicaSet", "set")),
                    "spec": ["nodeName": "node", "containers": []],
                    "status": ["phase": "Running", "conditions": [["type": "Ready", "status": "True"]]],
                ]
            }
        }
    }

    // MARK: Looking

    var writes: Int { state.withLock { $0.writes } }
    var hasFailed: Bool { state.withLock { $0.hasFailed } }
    /// The numbers that the Deployment was set to.
    var replicas: [Int] { state.withLock { $0.replicas } }
    var version: String { state.withLock { String($0.version) } }

    func object(_ path: String) -> JSON? { state.withLock { $0.objects[path] } }

    var pods: [JSON] {
        state.withLock { state in
            state.objects.filter { $0.key.contains("/pods/") }.sorted { $0.key < $1.key }.map(\.value)
        }
    }

    // MARK: What happens

    func fail(write: Int, _ when: Fault) { state.withLock { $0.fault = (write, when) } }

    func ask(for count: Int) {
        state.withLock { $0.change(Self.swarmPath) { $0["spec"]?["replicas"] = JSON(count) } }
    }

    /// Somebody else sets the Deployment's number.
    func scale(to count: Int) {
        state.withLock { state in
            state.change(Self.deploymentPath) {
                $0["spec"]?["replicas"] = JSON(count)
                Self.raiseGeneration(&$0)
            }
        }
    }

    func setReady(_ pod: String, _ isReady: Bool) {
        state.withLock { state in
            state.change(Self.podPath(pod)) {
                $0["status"]?["conditions"] = [["type": "Ready", "status": .string(isReady ? "True" : "False")]]
            }
        }
    }

    /// The Deployment's and the ReplicaSet's controllers see everything and do their work.
    func controllersWork() {
        state.withLock { state in
            let wanted = state.objects[Self.deploymentPath]?["spec"]?["replicas"]?.intValue ?? 0
            var names = state.objects.keys.filter { $0.contains("/pods/") }
            func rank(_ path: String) -> (Int, String) {
                let pod = state.objects[path]
                let isReady = pod?["status"]?["conditions"]?[0]?["status"] == "True"
                let isMarked = pod?["metadata"]?["annotations"]?["controller.kubernetes.io/pod-deletion-cost"] != nil
                return ((isReady ? 2 : 0) + (isMarked ? 0 : 1), path)
            }
            names.sort { rank($0) < rank($1) }
            for name in names.prefix(max(names.count - wanted, 0)) { state.objects[name] = nil }
            let left = names.dropFirst(max(names.count - wanted, 0))
            let ready = left.count { rank($0).0 >= 2 }
            state.change(Self.replicaSetPath) {
                if $0["spec"]?["replicas"]?.intValue != wanted {
                    $0["spec"]?["replicas"] = JSON(wanted)
                    Self.raiseGeneration(&$0)
                }
                $0["status"] = [
                    "observedGeneration": $0["metadata"]?["generation"] ?? 1, "replicas": JSON(left.count),
                    "readyReplicas": JSON(ready),
                ]
            }
            state.change(Self.deploymentPath) {
                $0["status"] = [
                    "observedGeneration": $0["metadata"]?["generation"] ?? 1, "replicas": JSON(left.count),
                    "updatedReplicas": JSON(left.count), "readyReplicas": JSON(ready),
                ]
            }
        }
    }

    fileprivate static func raiseGeneration(_ object: inout JSON) {
        let generation = object["metadata"]?["generation"]?.intValue ?? 0
        object["metadata"]?["generation"] = JSON(generation + 1)
    }

    // MARK: The API

    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        let path = String(
            request.url.dropFirst("https://cluster".count).split(separator: "?")[0])
        guard request.method == .patch else { return HTTPResponse(status: 201, body: request.body ?? []) }
        let patch = try JSON.parse(request.body ?? [])
        return try state.withLock { state in
            state.writes += 1
            let fault = state.fault.flatMap { $0.write == state.writes ? $0.when : nil }
            if fault == .before { try state.end() }
            let answer = state.take(patch, path)
            if fault == .after { try state.end() }
            return answer
        }
    }

    func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse {
        throw HTTPTransportError(.badRequest, "nothing is watched")
    }
}

extension SmallCluster.State {
    mutating func end() throws {
        hasFailed = true
        throw HTTPTransportError(.connectionLost, "the operator ends here")
    }

    mutating func change(_ path: String, _ body: (inout JSON) -> Void) {
        guard var object = objects[path] else { return }
        let old = object
        body(&object)
        guard object != old else { return }
        version += 1
        object["metadata"]?["resourceVersion"] = .string(String(version))
        objects[path] = object
    }

    mutating func take(_ patch: JSON, _ path: String) -> HTTPResponse {
        let target = path.hasSuffix("/status") ? String(path.dropLast("/status".count)) : path
        guard let object = objects[target] else { return Self.refusal(404, "NotFound") }
        for field in ["uid", "resourceVersion"] {
            if let asked = patch["metadata"]?[field], asked != object["metadata"]?[field] {
                return Self.refusal(409, "Conflict")
            }
        }
        change(target) { object in
            if path != target {
                object["status"] = patch["status"]
            } else if let count = patch["spec"]?["replicas"] {
                if object["spec"]?["replicas"] != count { SmallCluster.raiseGeneration(&object) }
                object["spec"]?["replicas"] = count
            } else {
                var annotations = object["metadata"]?["annotations"] ?? [:]
                for (name, value) in patch["metadata"]?["annotations"]?.objectValue ?? [:] {
                    annotations[name] = value.isNull ? JSON?.none : value
                }
                object["metadata"]?["annotations"] = annotations
            }
        }
        if path == target, let count = patch["spec"]?["replicas"]?.intValue { replicas.append(count) }
        return HTTPResponse(status: 200, body: (objects[target] ?? .null).serialized())
    }

    private static func refusal(_ code: Int, _ reason: String) -> HTTPResponse {
        let status: JSON = [
            "kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": .string(reason), "code": JSON(code),
            "message": .string(reason),
        ]
        return HTTPResponse(status: code, body: status.serialized())
    }
}
