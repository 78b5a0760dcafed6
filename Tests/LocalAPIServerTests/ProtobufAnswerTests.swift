import HTTPTransport
import KubernetesModel
import StructuredData
import TestSupport
import Testing

@testable import LocalAPIServer

@Suite("Protobuf answers", .timeLimit(.minutes(1)))
struct ProtobufAnswerTests {
    private static let type = "application/vnd.kubernetes.protobuf"

    /// What stands in the envelope of an object.
    private struct Content {
        var kind = ""
        var version = ""
        var raw: ArraySlice<UInt8> = []

        init(_ bytes: [UInt8]) throws {
            #expect(bytes.starts(with: [0x6b, 0x38, 0x73, 0x00]))
            for (field, value) in try ProtobufAnswerTests.fields(bytes.dropFirst(4)) {
                if field == 2 { raw = value }
                guard field == 1 else { continue }
                for (field, text) in try ProtobufAnswerTests.fields(value) {
                    if field == 1 { version = String(decoding: text, as: UTF8.self) }
                    if field == 2 { kind = String(decoding: text, as: UTF8.self) }
                }
            }
        }

        func decoded(as message: String) throws -> JSON? { try ProtobufMessages.table.decode(raw, as: message) }
    }

    /// The fields of a message that have bytes.
    private static func fields(_ bytes: ArraySlice<UInt8>) throws -> [(field: Int, bytes: ArraySlice<UInt8>)] {
        var reader = ProtobufReader(bytes)
        var fields: [(Int, ArraySlice<UInt8>)] = []
        while let (field, value) = try reader.next() {
            if case .bytes(let bytes) = value { fields.append((field, bytes)) }
        }
        return fields
    }

    @Test(
        "What is written is read as it was",
        arguments: [
            [
                "apiVersion": "v1", "kind": "Secret", "type": "Opaque", "data": ["k": "dgD/"],
                "metadata": [
                    "name": "s", "namespace": "default", "creationTimestamp": "2024-02-29T12:00:00Z",
                    "labels": ["a": "b", "c": ""], "finalizers": ["x/y", "z/w"],
                ],
            ],
            [
                "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": ["name": "l"],
                "spec": ["leaseTransitions": 0, "renewTime": "2024-02-29T12:00:00.123456Z"],
            ],
            [
                "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "p"],
                "spec": [
                    "priority": -5, "hostNetwork": true,
                    "containers": [
                        [
                            "name": "c", "image": "i", "ports": [["containerPort": 80, "protocol": "TCP"]],
                            "resources": ["requests": ["cpu": "250m"]],
                            "livenessProbe": ["httpGet": ["path": "/", "port": "web"]],
                            "readinessProbe": ["httpGet": ["path": "/", "port": 8080]],
                            "env": [["name": "V", "valueFrom": ["configMapKeyRef": ["name": "m", "key": "k"]]]],
                        ]
                    ], "volumes": [["name": "v", "configMap": ["name": "m", "optional": false]]],
                ],
            ],
            [
                "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
                "metadata": ["name": "ws.example.com"],
                "spec": [
                    "group": "example.com", "scope": "Namespaced", "names": ["plural": "ws", "kind": "W"],
                    "versions": [
                        [
                            "name": "v1", "served": true, "storage": true,
                            "schema": [
                                "openAPIV3Schema": [
                                    "type": "object", "minimum": 1.5,
                                    "properties": [
                                        "closed": ["type": "object", "additionalProperties": false],
                                        "map": ["type": "object", "additionalProperties": ["type": "string"]],
                                        "list": ["type": "array", "items": ["type": "string", "default": "d"]],
                                    ],
                                ]
                            ],
                        ]
                    ],
                ],
            ],
        ] as [JSON])
    func roundTrip(object: JSON) throws {
        let bytes = try ProtobufMessages.encode(object)
        #expect(try ProtobufDecoder.object(from: bytes) == object)
    }

    @Test("Who names protobuf first gets metadata in it, and whole objects in JSON")
    func metadata() async throws {
        try await APIServerFixture.withServer { server in
            let path = "/api/v1/namespaces/default/configmaps"
            _ = try await server.send(.post, path, ["metadata": ["name": "c"]])
            func forms(_ kind: String) -> String {
                [Self.type, "application/json"].map { "\($0);as=\(kind);g=meta.k8s.io;v=v1" }.joined(separator: ",")
            }
            let one = try Content(
                try await server.send(.get, path + "/c", accept: forms("PartialObjectMetadata")).bytes)
            #expect(one.kind == "PartialObjectMetadata" && one.version == "meta.k8s.io/v1")
            let metadata = try #require(try Self.fields(one.raw).first { $0.field == 1 })
            #expect(try ProtobufMessages.table.decode(metadata.bytes, as: "ObjectMeta")?["name"] == "c")
            let list = try Content(try await server.send(.get, path, accept: forms("PartialObjectMetadataList")).bytes)
            #expect(try Self.fields(list.raw).contains { $0.field == 2 && $0.bytes == one.raw })
            let whole = try await server.send(.get, path + "/c", accept: "\(Self.type),application/json")
            #expect(whole.headers["Content-Type"] == "application/json")
        }
    }

    @Test("Bytes are those of the message, field by field")
    func bytes() throws {
        let map: JSON = ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "c"], "data": ["a": "b"]]
        #expect(
            try ProtobufMessages.encode(map)
                == Array("k8s\0".utf8) + [0x0a, 15, 0x0a, 2] + Array("v1".utf8) + [0x12, 9] + Array("ConfigMap".utf8)
                + [0x12, 13, 0x0a, 3, 0x0a, 1] + Array("c".utf8) + [0x12, 6, 0x0a, 1] + Array("a".utf8) + [0x12, 1]
                + Array("b".utf8))
    }

    @Test("Who takes nothing else gets built-in kinds, their lists and errors in protobuf; who takes JSON gets that")
    func builtIn() async throws {
        try await APIServerFixture.withServer { server in
            let path = "/api/v1/namespaces/default/configmaps"
            let created = try await server.send(
                .post, path, ["metadata": ["name": "c"], "data": ["a": "b"]], accept: Self.type)
            #expect(created.status == 201)
            #expect(created.headers["Content-Type"] == Self.type)
            #expect(try ProtobufDecoder.object(from: created.bytes)["data"] == ["a": "b"])

            let list = try Content(try await server.send(.get, path, accept: Self.type).bytes)
            #expect(list.kind == "ConfigMapList")
            let items = try Self.fields(list.raw).filter { $0.field == 2 }
                .map { try ProtobufMessages.table.decode($0.bytes, as: "ConfigMap") ?? [:] }
            #expect(items.contains { $0["metadata"]?["name"] == "c" })
            let metadata = try #require(try Self.fields(list.raw).first { $0.field == 1 })
            let version = try await server.send(.get, path).version
            #expect(
                try ProtobufMessages.table.decode(metadata.bytes, as: "ListMeta")?["resourceVersion"]
                    == .string(version))

            let missing = try await server.send(.get, "\(path)/none", accept: Self.type)
            #expect(missing.status == 404)
            let status = try Content(missing.bytes)
            #expect(status.kind == "Status")
            #expect(try status.decoded(as: "Status")?["reason"] == "NotFound")

            let both = try await server.send(.get, "\(path)/c", accept: "\(Self.type),application/json")
            #expect(both.json["kind"] == "ConfigMap")
        }
    }

    @Test("A custom resource has no message: 406, also where it was written; its metadata has one")
    func custom() async throws {
        try await APIServerFixture.withServer { server in
            try await server.defineWidgets()
            let made = try await server.send(.post, Samples.widgets, Samples.widget("a"), accept: Self.type)
            #expect(made.status == 406)
            #expect(
                try Content(made.bytes).decoded(as: "Status")?["message"]
                    == .string(
                        "object *unstructured.Unstructured does not implement the protobuf marshalling interface and "
                            + "cannot be encoded to a protobuf message"))
            #expect(try await server.send(.get, "\(Samples.widgets)/a").status == 200)
            let list = try await server.send(.get, Samples.widgets, accept: Self.type)
            #expect(list.status == 406)
            #expect(list.text.contains("*unstructured.UnstructuredList"))

            let meta = ";as=PartialObjectMetadata;v=v1;g=meta.k8s.io"
            let partial = try Content(
                try await server.send(.get, "\(Samples.widgets)/a", accept: Self.type + meta).bytes)
            #expect(partial.kind == "PartialObjectMetadata")
            let metadata = try #require(try Self.fields(partial.raw).first { $0.field == 1 })
            #expect(try ProtobufMessages.table.decode(metadata.bytes, as: "ObjectMeta")?["name"] == "a")
            let table = try await server.send(
                .get, Samples.widgets, accept: "\(Self.type);as=Table;v=v1;g=meta.k8s.io")
            #expect(table.status == 406)
            #expect(table.text.contains("object *v1.Table does not implement"))
        }
    }

    @Test("A watch in protobuf tells the length of each event before it")
    func watch() async throws {
        try await APIServerFixture.withServer { server in
            let path = "/api/v1/namespaces/default/secrets"
            let stream = try await server.stream("\(path)?watch=1", accept: "\(Self.type);stream=watch")
            #expect(stream.headers["Content-Type"] == "\(Self.type);stream=watch")
            _ = try await server.send(.post, path, ["metadata": ["name": "s"], "data": ["k": "dgD/"]])
            var buffer: [UInt8] = []
            var seen: [(type: String, object: JSON)] = []
            for try await chunk in stream.body {
                buffer += chunk
                while let count = Self.frameLength(buffer), buffer.count >= 4 + count {
                    seen.append(try Self.event(buffer[4..<4 + count]))
                    buffer.removeSubrange(..<(4 + count))
                }
                if seen.contains(where: { $0.object["metadata"]?["name"] == "s" }) { break }
            }
            let event = try #require(seen.last)
            #expect(event.type == "ADDED")
            #expect(event.object["kind"] == "Secret")
            #expect(event.object["data"] == ["k": "dgD/"])
        }
    }

    private static func frameLength(_ buffer: [UInt8]) -> Int? {
        buffer.count < 4 ? nil : buffer.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    }

    private static func event(_ bytes: ArraySlice<UInt8>) throws -> (type: String, object: JSON) {
        let fields = try fields(bytes)
        let type = try #require(fields.first { $0.field == 1 }).bytes
        let extensions = try Self.fields(try #require(fields.first { $0.field == 2 }).bytes)
        let object = try #require(extensions.first { $0.field == 1 }).bytes
        return (String(decoding: type, as: UTF8.self), try ProtobufDecoder.object(from: Array(object)))
    }
}
