import HTTPTransport
import KubernetesModel
import StructuredData
import Testing

@testable import LocalAPIServer

@Suite("Protobuf request bodies", .timeLimit(.minutes(1)))
struct ProtobufTests {
    /// Writes messages as typed clients do.
    private struct Message {
        var bytes: [UInt8] = []

        mutating func varint(_ value: UInt64) {
            var rest = value
            while rest >= 0x80 {
                bytes.append(UInt8(rest & 0x7f) | 0x80)
                rest >>= 7
            }
            bytes.append(UInt8(rest))
        }

        func with(_ field: UInt64, _ content: [UInt8]) -> Message {
            var message = self
            message.varint(field << 3 | 2)
            message.varint(UInt64(content.count))
            message.bytes += content
            return message
        }

        func with(_ field: UInt64, _ text: String) -> Message { with(field, Array(text.utf8)) }
        func with(_ field: UInt64, _ message: Message) -> Message { with(field, message.bytes) }

        func with(_ field: UInt64, double: Double) -> Message {
            var message = self
            message.varint(field << 3 | 1)
            message.bytes += (0..<8).map { UInt8(truncatingIfNeeded: double.bitPattern >> ($0 * 8)) }
            return message
        }

        func with(_ field: UInt64, number: UInt64) -> Message {
            var message = self
            message.varint(field << 3)
            message.varint(number)
            return message
        }
    }

    private static func body(_ apiVersion: String, _ kind: String, _ raw: Message) -> [UInt8] {
        let type = Message().with(1, apiVersion).with(2, kind)
        return [0x6b, 0x38, 0x73, 0x00] + Message().with(1, type).with(2, raw).bytes
    }

    private static let type = "application/vnd.kubernetes.protobuf"

    @Test("A Secret in protobuf is the Secret that its JSON would be")
    func secret() throws {
        // Fields that are not set are written empty.
        let metadata = Message().with(1, "s").with(2, "").with(3, "default").with(8, Message())
            .with(11, Message().with(1, "owner").with(2, "helm"))
        let secret = Message().with(1, metadata)
            .with(2, Message().with(1, "k").with(2, [0x76, 0x00, 0xff])).with(3, "Opaque")
        #expect(
            try ProtobufDecoder.object(from: Self.body("v1", "Secret", secret)) == [
                "apiVersion": "v1", "kind": "Secret",
                "metadata": ["name": "s", "namespace": "default", "labels": ["owner": "helm"]],
                "data": ["k": "dgD/"], "type": "Opaque",
            ])
    }

    @Test("A pointer to zero is kept, a plain zero is not; numbers may be negative")
    func zeroes() throws {
        let options = Message().with(1, number: 0).with(4, "Background")
        #expect(
            try ProtobufDecoder.object(from: Self.body("v1", "DeleteOptions", options)) == [
                "apiVersion": "v1", "kind": "DeleteOptions", "gracePeriodSeconds": 0,
                "propagationPolicy": "Background",
            ])
        let container = Message().with(1, "c").with(2, "i")
            .with(6, Message().with(3, number: 80).with(2, number: 0).with(4, "TCP"))
        let template = Message().with(2, Message().with(2, container).with(25, number: UInt64(bitPattern: -5)))
        let deployment = Message().with(2, Message().with(1, number: 0).with(3, template))
        let decoded = try ProtobufDecoder.object(from: Self.body("apps/v1", "Deployment", deployment))
        #expect(decoded["spec"]?["replicas"] == 0)
        #expect(decoded["spec"]?["template"]?["spec"]?["priority"] == -5)
        #expect(
            decoded["spec"]?["template"]?["spec"]?["containers"]?[0]?["ports"]
                == [["containerPort": 80, "protocol": "TCP"]])
    }

    @Test("A field that the table does not have is refused where it is set, never dropped")
    func unknownFields() throws {
        func deployment(_ container: Message) -> [UInt8] {
            Self.body(
                "apps/v1", "Deployment",
                Message().with(2, Message().with(3, Message().with(2, Message().with(2, container)))))
        }
        let error = #expect(throws: KubernetesStatus.self) {
            try ProtobufDecoder.object(from: deployment(Message().with(1, "c").with(99, Message().with(2, number: 5))))
        }
        #expect(error?.code == 415)
        #expect(error?.message.contains("field 99 of Container") == true)
        // What clients write for a field that they did not set is no field.
        let unset = Message().with(1, "c").with(99, Message().with(2, number: 0).with(3, Message()))
        let decoded = try ProtobufDecoder.object(from: deployment(unset))
        #expect(decoded["spec"]?["template"]?["spec"]?["containers"] == [["name": "c"]])
    }

    @Test("A reference that JSON writes inline is inline")
    func inlined() throws {
        let selector = Message().with(1, Message().with(1, "map")).with(2, "key")
        let variable = Message().with(1, "V").with(3, Message().with(3, selector))
        let pod = Message().with(2, Message().with(2, Message().with(1, "c").with(7, variable)))
        let decoded = try ProtobufDecoder.object(from: Self.body("v1", "Pod", pod))
        #expect(
            decoded["spec"]?["containers"]?[0]?["env"]
                == [["name": "V", "valueFrom": ["configMapKeyRef": ["name": "map", "key": "key"]]]])
    }

    @Test("Messages whose fields JSON writes inline are read through: probes, volumes, webhook rules")
    func inlinedMessages() throws {
        let request = Message().with(1, "/ready").with(2, Message().with(1, number: 0).with(2, number: 8080))
        let probe = Message().with(1, Message().with(2, request)).with(3, number: 5)
        let volume = Message().with(1, "v").with(2, Message().with(2, Message()))
        let pod = Message().with(
            2, Message().with(1, volume).with(2, Message().with(1, "c").with(11, probe)))
        let decoded = try ProtobufDecoder.object(from: Self.body("v1", "Pod", pod))
        #expect(decoded["spec"]?["volumes"] == [["name": "v", "emptyDir": [:]]])
        #expect(
            decoded["spec"]?["containers"]?[0]?["readinessProbe"]
                == ["httpGet": ["path": "/ready", "port": 8080], "timeoutSeconds": 5])
    }

    /// A property of a schema, as an entry of field 29.
    private static func property(_ name: String, _ schema: Message) -> Message {
        Message().with(1, name).with(2, schema)
    }

    @Test("A CustomResourceDefinition comes with its whole schema, which contains itself")
    func schemas() async throws {
        let item = Message().with(5, "object").with(23, "name").with(
            29, Self.property("name", Message().with(5, "string")))
        let rule = Message().with(1, "self.size() < 4").with(2, "too many").with(3, "")
        let spec = Message().with(4, "What is wanted").with(5, "object")
            .with(
                29,
                Self.property(
                    "parts",
                    Message().with(5, "array").with(16, number: 4).with(24, Message().with(1, item))
                        .with(42, "atomic").with(44, rule))
            )
            .with(
                29,
                Self.property(
                    "size",
                    Message().with(5, "integer").with(8, Message().with(1, "3")).with(9, double: 9)
                        .with(11, double: 1.5).with(20, Message().with(1, "3")).with(20, Message().with(1, "4")))
            )
            .with(
                29,
                Self.property(
                    "labels",
                    Message().with(5, "object")
                        .with(30, Message().with(1, number: 0).with(2, Message().with(5, "string"))))
            )
            .with(29, Self.property("open", Message().with(5, "object").with(38, number: 1)))
            .with(
                29,
                Self.property("any", Message().with(5, "object").with(30, Message().with(1, number: 1))))
        let root = Message().with(5, "object").with(29, Self.property("spec", spec))
        let version = Message().with(1, "v1").with(2, number: 1).with(3, number: 1).with(4, Message().with(1, root))
            .with(5, Message().with(1, Message())).with(7, number: 0)
        let names = Message().with(1, "gadgets").with(2, "").with(4, "Gadget").with(5, "")
        let definition = Message().with(1, Message().with(1, "gadgets.rec.example.com"))
            .with(2, Message().with(1, "rec.example.com").with(3, names).with(4, "Namespaced").with(7, version))
            .with(3, Message().with(2, Message().with(1, "").with(4, "")))
        let body = Self.body("apiextensions.k8s.io/v1", "CustomResourceDefinition", definition)
        let expected: JSON = [
            "type": "object",
            "properties": [
                "spec": [
                    "description": "What is wanted", "type": "object",
                    "properties": [
                        "parts": [
                            "type": "array", "maxItems": 4, "x-kubernetes-list-type": "atomic",
                            "items": [
                                "type": "object", "required": ["name"], "properties": ["name": ["type": "string"]],
                            ],
                            "x-kubernetes-validations": [["rule": "self.size() < 4", "message": "too many"]],
                        ],
                        "size": ["type": "integer", "default": 3, "maximum": 9, "minimum": 1.5, "enum": [3, 4]],
                        "labels": ["type": "object", "additionalProperties": ["type": "string"]],
                        "open": ["type": "object", "x-kubernetes-preserve-unknown-fields": true],
                        "any": ["type": "object", "additionalProperties": true],
                    ],
                ]
            ],
        ]
        try await APIServerFixture.withServer { server in
            let created = try await server.send(
                .post, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", bytes: body, type: Self.type)
            #expect(created.status == 201, "\(created.text)")
            #expect(created.json["spec"]?["versions"]?[0]?["schema"]?["openAPIV3Schema"] == expected)
            #expect(created.json["spec"]?["versions"]?[0]?["subresources"] == ["status": [:]])
            let stored = try await server.send(
                .post, "/apis/rec.example.com/v1/namespaces/default/gadgets",
                ["apiVersion": "rec.example.com/v1", "kind": "Gadget", "metadata": ["name": "g"], "spec": [:]])
            #expect(stored.status == 201, "\(stored.text)")
            #expect(stored.json["spec"]?["size"] == 3)
        }
    }

    @Test("Every field of the built-in types has its number, so that no typed client is refused")
    func everyField() {
        let table = BuiltInResources.types
        let unsent: Set = ["ListMeta", "Status", "StatusDetails", "StatusCause"]
        for name in table.names where !unsent.contains(name) {
            #expect(table.fieldNames(of: name) == table.wireFields(of: name).map(\.name), "\(name)")
        }
    }

    @Test("An object goes back as a typed client read it: with its status and its managed fields")
    func wholeObjects() async throws {
        try await APIServerFixture.withServer { server in
            let path = "/apis/apps/v1/namespaces/default/deployments"
            _ = try await server.send(.post, path, Samples.deployment("d"))
            _ = try await server.send(
                .patch, "\(path)/d/status",
                ["status": ["replicas": 1, "conditions": [["type": "Available", "status": "True"]]]],
                type: "application/merge-patch+json")
            let managed = Message().with(1, "tests").with(2, "Update").with(3, "apps/v1").with(6, "FieldsV1")
                .with(7, Message().with(1, #"{"f:spec":{"f:replicas":{}}}"#))
            let container = Message().with(1, "c").with(2, "example.com/web:1")
            let template = Message().with(1, Message().with(11, Message().with(1, "app").with(2, "d")))
                .with(2, Message().with(2, container))
            let selector = Message().with(1, Message().with(1, "app").with(2, "d"))
            let condition = Message().with(1, "Available").with(2, "True").with(4, "").with(5, "")
            let deployment = Message().with(1, Message().with(1, "d").with(17, managed))
                .with(2, Message().with(1, number: 3).with(2, selector).with(3, template))
                .with(3, Message().with(2, number: 1).with(6, condition))
            let answer = try await server.send(
                .put, "\(path)/d", bytes: Self.body("apps/v1", "Deployment", deployment), type: Self.type)
            #expect(answer.status == 200, "\(answer.text)")
            #expect(answer.json["spec"]?["replicas"] == 3)
            #expect(answer.json["status"]?["replicas"] == 1)
        }
    }

    @Test("Every built-in kind that can be stored can be sent")
    func everyKind() {
        for definition in BuiltInResources.all() {
            #expect(
                ProtobufMessages.message(apiVersion: definition.type.apiVersion, kind: definition.type.kind) != nil,
                "\(definition.type.apiVersion) \(definition.type.kind)")
        }
        #expect(ProtobufMessages.message(apiVersion: "v1", kind: "PodSpec") == nil)
    }

    @Test("Bytes that are cut off are a bad request, whatever is cut")
    func truncated() {
        let whole = Self.body("v1", "ConfigMap", Message().with(1, Message().with(1, "c")))
        for count in 5..<whole.count {
            let result = Result { try ProtobufDecoder.object(from: Array(whole[..<count])) }
            // What remains is either refused or still a message; it is never a crash.
            if case .success(let object) = result { #expect(object["metadata"] == nil) }
        }
        #expect(throws: (any Error).self) { try ProtobufDecoder.object(from: Array("{}".utf8)) }
    }

    @Test("The server takes protobuf and answers JSON")
    func overHTTPS() async throws {
        try await APIServerFixture.withServer { server in
            let map = Message().with(1, Message().with(1, "c")).with(2, Message().with(1, "a").with(2, "b"))
            let created = try await server.send(
                .post, "/api/v1/namespaces/default/configmaps", bytes: Self.body("v1", "ConfigMap", map),
                type: Self.type, accept: "application/vnd.kubernetes.protobuf,application/json")
            #expect(created.status == 201)
            #expect(created.json["data"] == ["a": "b"])
            let options = Message().with(2, Message().with(1, "another-uid"))
            let refused = try await server.send(
                .delete, "/api/v1/namespaces/default/configmaps/c", bytes: Self.body("v1", "DeleteOptions", options),
                type: Self.type)
            #expect(refused.status == 409)
        }
    }
}
