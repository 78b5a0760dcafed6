import HTTPTransport
import StructuredData
import Testing

@testable import LocalAPIServer

/// What people read of built-in kinds, in `kubectl explain` above all.
@Suite("Descriptions of built-in kinds", .timeLimit(.minutes(1)))
struct DescriptionTests {
    private static let greatestLength = 200

    /// The documents of version 3, by path.
    private static func documents(_ server: APIServerFixture) async throws -> [String: JSON] {
        let index = try await server.send(.get, "/openapi/v3")
        var documents: [String: JSON] = [:]
        for (path, entry) in try #require(index.json["paths"]?.objectValue) {
            documents[path] = try await server.send(.get, try #require(entry["serverRelativeURL"]?.stringValue)).json
        }
        return documents
    }

    private static func schemas(of document: JSON) throws -> JSONObject {
        try #require((document["components"]?["schemas"] ?? document["definitions"])?.objectValue)
    }

    /// How many fields the schemas of a document have, all of which are described beside them, whatever they refer to.
    private static func describedFields(of document: JSON) throws -> Int {
        var fields = 0
        for (name, schema) in try schemas(of: document) {
            #expect(schema["description"]?.stringValue?.isEmpty == false, "\(name)")
            for (field, value) in schema["properties"]?.objectValue ?? [:] {
                fields += 1
                #expect(value["description"]?.stringValue?.isEmpty == false, "\(name).\(field)")
            }
        }
        return fields
    }

    @Test func `every kind and every field is described, in both versions and either form`() async throws {
        try await APIServerFixture.withServer { server in
            var fields = 0
            for (_, document) in try await Self.documents(server) { fields += try Self.describedFields(of: document) }
            #expect(fields > 3_000)
            let swagger = try await server.send(.get, "/openapi/v2").json
            #expect(try Self.describedFields(of: swagger) > 1_500)
            let container = swagger["definitions"]?["io.k8s.api.core.v1.Container"]
            let text = try #require(container?["properties"]?["name"]?["description"]?.stringValue)
            let binary = try await server.send(
                .get, "/openapi/v2", accept: "application/com.github.proto-openapi.spec.v2.v1.0+protobuf")
            #expect(binary.bytes.firstRange(of: Array(text.utf8)) != nil)
        }
    }

    @Test func `a description is a sentence or two`() async throws {
        try await APIServerFixture.withServer { server in
            for (path, document) in try await Self.documents(server) {
                for (name, schema) in try Self.schemas(of: document) {
                    let properties = schema["properties"]?.objectValue ?? [:]
                    for (field, value) in [("", schema)] + properties.map({ ($0.key, $0.value) }) {
                        guard let text = value["description"]?.stringValue else { continue }
                        #expect(text.hasSuffix("."), "\(path): \(name) \(field): \(text)")
                        #expect(text.count <= Self.greatestLength, "\(path): \(name) \(field): \(text)")
                        #expect(text.first?.isLowercase == false, "\(path): \(name) \(field): \(text)")
                        #expect(!text.contains("  "), "\(path): \(name) \(field): \(text)")
                    }
                }
            }
        }
    }

    @Test func `nothing is said of what is not there`() async throws {
        // What protobuf alone knows, and what other types are like.
        let others =
            ["JSONSchemaProps", "JSONSchemaPropsOrArray", "JSONSchemaPropsOrBool", "JSONSchemaPropsOrStringArray"]
            + ["ValidationRule", "ExternalDocumentation", "Object"]
        try await APIServerFixture.withServer { server in
            let schemas = try Self.schemas(of: try await server.send(.get, "/openapi/v2").json)
            let described = BuiltInResources.descriptions.types
            #expect(described.count > 300)
            for type in described where !others.contains(where: { type.hasSuffix(".\($0)") }) {
                #expect(schemas[type] != nil, "\(type)")
            }
            #expect(BuiltInResources.descriptions.strangers == [])
        }
    }

    @Test func `a field is described by its own words, those of the type that its own is like, or none`() {
        let descriptions = TypeDescriptions([
            """
            package org.example

            type Wheel
                What a cart
                rolls on.
            spokes int32 #1
                How many spokes it has.
            tyre string #2

            type FrontWheel as=Front like=Wheel
                The wheel that turns.
            angle number #3
                How far it turns.
            """
        ])
        #expect(descriptions.text(of: "org.example.Wheel") == "What a cart rolls on.")
        #expect(descriptions.text(ofField: "spokes", in: "org.example.Front") == "How many spokes it has.")
        #expect(descriptions.text(ofField: "angle", in: "org.example.Front") == "How far it turns.")
        #expect(descriptions.text(ofField: "angle", in: "org.example.Wheel") == nil)
        #expect(descriptions.text(ofField: "tyre", in: "org.example.Front") == nil)
        #expect(descriptions.text(of: "org.example.FrontWheel") == nil)
    }
}
