import KubernetesModel
import StructuredData
import Testing

@Suite("Server-side apply as a real API server does it")
struct StructuredMergeRecordedTests {
    private static let apiVersion = "rec.example.com/v1"

    @Test("A recorded series of applies, conflicts, takeovers and patches gives the same objects and owners")
    func replaysAppliesToACustomResource() throws {
        let schema = MergeSchema(openAPIV3Schema: try JSON.parse(RecordedApplies.schema))
        let exchanges = try #require(try JSON.parse(RecordedApplies.exchanges).arrayValue)
        var live: JSON?
        for (step, exchange) in exchanges.enumerated() {
            let answer = Result {
                try Self.write(exchange, to: live, schema: schema, time: "2026-01-01T00:00:00Z")
            }
            if let conflict = exchange["conflict"] {
                let status = try #require(throws: KubernetesStatus.self, "step \(step)") { try answer.get() }
                #expect(status.code == 409 && status.reason == .conflict, "step \(step)")
                #expect(try JSON(encoding: status)["details"]?["causes"] == conflict["causes"], "step \(step)")
                if let message = conflict["message"] { #expect(.string(status.message) == message, "step \(step)") }
                continue
            }
            var object = try answer.get()
            if live == nil { object = Self.defaulted(object) }
            #expect(object["spec"] == exchange["object"]?["spec"], "step \(step)")
            #expect(object["status"] == exchange["object"]?["status"], "step \(step)")
            #expect(Self.owners(object) == exchange["managedFields"]?.arrayValue, "step \(step)")
            live = object
        }
    }

    private static func write(_ exchange: JSON, to live: JSON?, schema: MergeSchema, time: String) throws -> JSON {
        let subresource = exchange["subresource"]?.stringValue
        let writer = StructuredMerge.Writer(
            manager: exchange["manager"]?.stringValue ?? "", apiVersion: apiVersion, subresource: subresource,
            time: time)
        let ignoring = FieldSet(fields: subresource == nil ? ["status"] : ["spec"])
        if let patch = exchange["mergePatch"], let live {
            return StructuredMerge.update(
                from: live, to: live.mergePatched(with: patch), schema: schema, writer: writer, ignoring: ignoring)
        }
        return try StructuredMerge.apply(
            exchange["apply"] ?? .null, to: live, schema: schema, writer: writer,
            force: exchange["force"]?.boolValue ?? false, ignoring: ignoring)
    }

    private static func defaulted(_ object: JSON) -> JSON {
        var object = object
        var spec = object["spec"] ?? [:]
        if spec["colour"] == nil { spec["colour"] = "green" }
        object["spec"] = spec
        return object
    }

    /// The managed fields without what the recording leaves out.
    private static func owners(_ object: JSON) -> [JSON]? {
        object["metadata"]?["managedFields"]?.arrayValue?.map { entry in
            var entry = entry
            for member in ["time", "apiVersion", "fieldsType"] { entry[member] = nil }
            return entry
        }
    }

    @Test("The creator of a built-in object owns the fields that a real server says it owns")
    func recordsTheFieldsOfCreatedObjects() throws {
        let exchanges = try #require(try JSON.parse(RecordedCreations.exchanges).arrayValue)
        #expect(exchanges.count == 8)
        for exchange in exchanges {
            let object = DynamicObject(try #require(exchange["object"]))
            let resource = ResourceType(
                group: object.group, version: object.version, kind: object.kind, plural: "", namespaced: true)
            let schema = try #require(MergeSchema.builtIn(resource))
            let stored = StructuredMerge.update(
                from: nil, to: object.json, schema: schema,
                writer: .init(manager: "m", apiVersion: object.apiVersion, time: "2026-01-01T00:00:00Z"),
                ignoring: FieldSet(fields: ["status"]))
            let entries = try #require(DynamicObject(stored).managedFields?.arrayValue)
            #expect(entries.count == 1)
            #expect(entries.first?["fieldsV1"] == exchange["fieldsV1"], "\(object.kind)")
        }
    }

    @Test("Applying replicas alone takes them from a Deployment's creator and leaves it the rest")
    func appliesOneFieldOfADeployment() throws {
        let exchange = try #require(try JSON.parse(RecordedCreations.exchanges)[0])
        let schema = try #require(MergeSchema.builtIn(Deployment.resource))
        let created = StructuredMerge.update(
            from: nil, to: try #require(exchange["object"]), schema: schema,
            writer: .init(manager: "creator", apiVersion: "apps/v1", time: "2026-01-01T00:00:00Z"))
        let configuration: JSON = [
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "web"], "spec": ["replicas": 4],
        ]
        let writer = StructuredMerge.Writer(manager: "op", apiVersion: "apps/v1", time: "2026-01-01T00:00:01Z")
        let status = try #require(throws: KubernetesStatus.self) {
            try StructuredMerge.apply(configuration, to: created, schema: schema, writer: writer, force: false)
        }
        #expect(
            status.message == "Apply failed with 1 conflict: conflict with \"creator\" using apps/v1: .spec.replicas")
        let applied = try StructuredMerge.apply(
            configuration, to: created, schema: schema, writer: writer, force: true)
        let entries = try #require(DynamicObject(applied).managedFields?.arrayValue)
        #expect(entries.map { $0["manager"] } == ["op", "creator"])
        #expect(entries[0]["fieldsV1"] == ["f:spec": ["f:replicas": [:]]])
        #expect(entries[1]["fieldsV1"]?["f:spec"]?["f:replicas"] == nil)
        #expect(entries[1]["fieldsV1"]?["f:spec"]?["f:selector"] != nil)
        #expect(applied["spec"]?["replicas"] == 4)
        #expect(applied["spec"]?["template"] == exchange["object"]?["spec"]?["template"])
    }
}
