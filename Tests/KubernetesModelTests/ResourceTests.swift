import KubernetesModel
import StructuredData
import Testing

@Suite("Typed and dynamic objects")
struct ResourceTests {
    @Test("Paths name group, namespace, object and subresource")
    func paths() {
        #expect(Pod.resource.path(namespace: "a") == "/api/v1/namespaces/a/pods")
        #expect(Pod.resource.path() == "/api/v1/pods")
        #expect(
            Deployment.resource.path(namespace: "a", name: "b", subresource: "scale")
                == "/apis/apps/v1/namespaces/a/deployments/b/scale")
        #expect(Node.resource.path(namespace: "a", name: "n") == "/api/v1/nodes/n")
        #expect(
            ConfigMap.resource.path(namespace: "a", name: "x/y ü") == "/api/v1/namespaces/a/configmaps/x%2Fy%20%C3%BC")
        #expect(Deployment.resource.qualifiedPlural == "deployments.apps")
        #expect(Pod.resource.qualifiedKind == "Pod")
    }

    @Test("A typed object writes its apiVersion and kind")
    func typeFieldsAreWritten() throws {
        let map = ConfigMap(metadata: ObjectMeta(name: "a", namespace: "b"), data: ["k": "v"])
        #expect(
            try map.json() == [
                "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "a", "namespace": "b"],
                "data": ["k": "v"],
            ])
        #expect(map.key == ObjectKey(namespace: "b", name: "a"))
    }

    @Test("Items of lists lack their type fields, and some objects their metadata")
    func missingTypeFieldsAreFilledIn() throws {
        let item: JSON = ["metadata": ["name": "a"], "data": ["k": "v"]]
        let map = try item.decode(ConfigMap.self)
        #expect(map == ConfigMap(metadata: ObjectMeta(name: "a"), data: ["k": "v"]))
        let review = try (["spec": ["token": "t"]] as JSON).decode(TokenReview.self)
        #expect(review.metadata == ObjectMeta())
    }

    @Test("An object of another kind is refused")
    func otherKindsAreRefused() {
        let secret: JSON = ["apiVersion": "v1", "kind": "Secret", "metadata": ["name": "a"]]
        #expect(throws: (any Error).self) { try secret.decode(ConfigMap.self) }
    }

    @Test("A pod with all that a node must know of it survives decoding and encoding")
    func podRoundTrip() throws {
        let pod: JSON = [
            "apiVersion": "v1", "kind": "Pod",
            "metadata": ["name": "p", "labels": ["a": "b"], "generation": 3],
            "spec": [
                "restartPolicy": "Always", "terminationGracePeriodSeconds": 30, "nodeName": "n",
                "securityContext": ["runAsUser": 1],
                "volumes": [
                    ["name": "tmp", "emptyDir": ["medium": "Memory", "sizeLimit": "64Mi"]],
                    ["name": "files", "configMap": ["name": "c", "items": [["key": "k", "path": "p"]]]],
                    ["name": "host", "hostPath": ["path": "/tmp", "type": "Directory"]],
                    ["name": "keys", "secret": ["secretName": "s", "defaultMode": 256]],
                    [
                        "name": "token",
                        "projected": [
                            "defaultMode": 420,
                            "sources": [
                                [
                                    "serviceAccountToken": [
                                        "audience": "das-gateway", "expirationSeconds": 600, "path": "token",
                                    ]
                                ],
                                ["configMap": ["name": "kube-root-ca.crt", "optional": true]],
                                [
                                    "downwardAPI": [
                                        "items": [["path": "ns", "fieldRef": ["fieldPath": "metadata.namespace"]]]
                                    ]
                                ],
                            ],
                        ],
                    ],
                ],
                "containers": [
                    [
                        "name": "agent", "image": "i", "command": ["run"], "args": ["--x"], "workingDir": "/w",
                        "env": [
                            ["name": "A", "value": "1"],
                            ["name": "B", "valueFrom": ["fieldRef": ["fieldPath": "metadata.name"]]],
                            ["name": "C", "valueFrom": ["configMapKeyRef": ["name": "c", "key": "k"]]],
                            [
                                "name": "D",
                                "valueFrom": ["secretKeyRef": ["name": "s", "key": "k", "optional": true]],
                            ],
                        ],
                        "envFrom": [["prefix": "P_", "configMapRef": ["name": "c"]], ["secretRef": ["name": "s"]]],
                        "ports": [["containerPort": 80, "name": "web", "protocol": "TCP"]],
                        "resources": ["limits": ["cpu": "500m", "memory": "64Mi"]],
                        "volumeMounts": [["name": "tmp", "mountPath": "/tmp", "readOnly": true, "subPath": "x"]],
                        "readinessProbe": ["exec": ["command": ["ready"]], "periodSeconds": 1],
                        "livenessProbe": ["httpGet": ["path": "/healthz", "port": "web", "scheme": "HTTP"]],
                        "startupProbe": ["tcpSocket": ["port": 80], "failureThreshold": 9],
                    ]
                ],
            ],
            "status": [
                "phase": "Running", "conditions": [["type": "Ready", "status": "True"]],
                "containerStatuses": [
                    [
                        "name": "agent", "ready": true, "restartCount": 1, "image": "i", "imageID": "",
                        "state": ["running": ["startedAt": "2026-01-01T00:00:00Z"]],
                        "lastState": ["terminated": ["exitCode": 137, "signal": 9, "reason": "Error"]],
                    ]
                ],
            ],
        ]
        let decoded = try pod.decode(Pod.self)
        #expect(try decoded.json() == pod)
        #expect(decoded.spec.containers[0].livenessProbe?.httpGet?.port == "web")
        #expect(decoded.spec.containers[0].startupProbe?.tcpSocket?.port == 80)
        #expect(decoded.metadata.generation == 3)
    }

    @Test("A node's kubelet port is upper-case on the wire")
    func daemonEndpoint() throws {
        let status = NodeStatus(daemonEndpoints: .init(kubeletEndpoint: DaemonEndpoint(port: 10250)))
        #expect(try JSON(encoding: status) == ["daemonEndpoints": ["kubeletEndpoint": ["Port": 10250]]])
    }

    @Test("Percentages of a number round as asked")
    func scaledPercentages() {
        #expect(IntOrString.string("25%").scaled(of: 3, roundUp: true) == 1)
        #expect(IntOrString.string("25%").scaled(of: 3, roundUp: false) == 0)
        #expect(IntOrString.string("100%").scaled(of: 7, roundUp: true) == 7)
        #expect(IntOrString.int(2).scaled(of: 7, roundUp: true) == 2)
        #expect(IntOrString.string("many").scaled(of: 7, roundUp: true) == nil)
    }

    @Test("A dynamic object reads and writes metadata, and keeps the rest")
    func dynamicObjects() throws {
        var object = DynamicObject(["apiVersion": "a.io/v1", "kind": "K", "other": 1])
        #expect(object.group == "a.io" && object.version == "v1" && object.name == nil)
        object.name = "n"
        object.namespace = "ns"
        object.labels = ["l": "v"]
        object.finalizers = ["f"]
        object.generation = 2
        #expect(object.key == ObjectKey(namespace: "ns", name: "n"))
        #expect(
            object.json == [
                "apiVersion": "a.io/v1", "kind": "K", "other": 1,
                "metadata": [
                    "name": "n", "namespace": "ns", "labels": ["l": "v"], "finalizers": ["f"], "generation": 2,
                ],
            ])
        object.labels = [:]
        object.finalizers = []
        #expect(object.metadata["labels"] == nil && object.finalizers.isEmpty)
    }

    @Test("An owner reference needs a stored owner")
    func ownerReferences() throws {
        let owner = ConfigMap(metadata: ObjectMeta(name: "a", uid: "u"))
        let reference = try #require(owner.ownerReference())
        #expect(
            reference
                == OwnerReference(
                    apiVersion: "v1", kind: "ConfigMap", name: "a", uid: "u", controller: true,
                    blockOwnerDeletion: true))
        #expect(ConfigMap(metadata: ObjectMeta(name: "a")).ownerReference() == nil)
        let dependent = DynamicObject(["metadata": ["ownerReferences": .array([try JSON(encoding: reference)])]])
        #expect(dependent.ownerReferences == [reference])
    }

    @Test("A condition keeps its transition time while its status stays")
    func conditions() {
        var conditions: [Condition] = []
        var changes: [Bool] = []
        for (status, time, reason) in [("False", "1", "A"), ("False", "2", "A"), ("False", "3", "B")] {
            changes.append(
                conditions.set(Condition(type: "Ready", status: status, lastTransitionTime: time, reason: reason)))
        }
        #expect(changes == [true, false, true])
        #expect(conditions["Ready"]?.lastTransitionTime == "1")
        conditions.set(Condition(type: "Ready", status: "True", lastTransitionTime: "4"))
        #expect(conditions["Ready"]?.isTrue == true && conditions["Ready"]?.lastTransitionTime == "4")
    }

    @Test("Secrets and config maps give bytes")
    func bytes() {
        let secret = Secret(metadata: ObjectMeta(), data: ["k": Secret.encode([1, 2, 255]), "bad": "%"])
        #expect(secret.bytes("k") == [1, 2, 255] && secret.bytes("bad") == nil && secret.bytes("none") == nil)
        let map = ConfigMap(metadata: ObjectMeta(), data: ["t": "x"], binaryData: ["b": "AAE="])
        #expect(map.bytes("t") == [120] && map.bytes("b") == [0, 1])
    }
}
