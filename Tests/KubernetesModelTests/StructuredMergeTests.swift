import KubernetesModel
import StructuredData
import Testing

@Suite("Server-side apply")
struct StructuredMergeTests {
    private let schema = MergeSchema.builtIn(Deployment.resource) ?? .untyped

    private func apply(
        _ content: JSON, to live: JSON?, by manager: String = "one", force: Bool = false, second: Int = 0
    ) throws -> JSON {
        var configuration = content
        configuration["apiVersion"] = "apps/v1"
        configuration["kind"] = "Deployment"
        var metadata = configuration["metadata"] ?? [:]
        metadata["name"] = "web"
        configuration["metadata"] = metadata
        return try StructuredMerge.apply(
            configuration, to: live, schema: schema, writer: writer(manager, second), force: force)
    }

    private func update(_ live: JSON, by manager: String, second: Int = 0, _ change: (inout JSON) -> Void) -> JSON {
        var new = live
        change(&new)
        return StructuredMerge.update(from: live, to: new, schema: schema, writer: writer(manager, second))
    }

    private func writer(_ manager: String, _ second: Int) -> StructuredMerge.Writer {
        .init(manager: manager, apiVersion: "apps/v1", time: Timestamp.text(seconds: 1_700_000_000 + Int64(second)))
    }

    private func entries(_ object: JSON) throws -> [String: ManagedFieldsEntry] {
        let list = try object["metadata"]?["managedFields"]?.decode([ManagedFieldsEntry].self) ?? []
        return Dictionary(uniqueKeysWithValues: list.map { ("\($0.operation) \($0.manager)", $0) })
    }

    private static func containers(_ containers: [JSON]) -> JSON {
        ["spec": ["template": ["spec": ["containers": .array(containers)]]]]
    }

    private func containers(of object: JSON) -> [JSON] {
        object["spec"]?["template"]?["spec"]?["containers"]?.arrayValue ?? []
    }

    @Test("An object that is created by apply belongs to its applier, but for its identity")
    func createsByApply() throws {
        let object = try apply(
            ["metadata": ["labels": ["a": "1"], "finalizers": ["f"]], "spec": ["replicas": 1]], to: nil)
        #expect(object["metadata"]?["name"] == "web")
        let entry = try #require(try entries(object)["Apply one"])
        #expect(
            entry.fields.description.split(separator: "\n") == [
                ".metadata.finalizers[=\"f\"]", ".metadata.labels.a", ".spec.replicas",
            ])
        #expect(entry.time == "2023-11-14T22:13:20Z")
    }

    @Test("The same apply again changes nothing, its time included")
    func repeatedApplyChangesNothing() throws {
        let content: JSON = ["metadata": ["labels": ["a": "1"]], "spec": ["replicas": 1]]
        let first = try apply(content, to: nil, second: 0)
        let again = try apply(content, to: first, second: 9)
        #expect(again.text() == first.text())
    }

    @Test("A second applier of the same value shares the field, and the first can then give it up")
    func sharedOwnership() throws {
        var object = try apply(["spec": ["replicas": 1, "paused": true]], to: nil, by: "one")
        object = try apply(["spec": ["replicas": 1]], to: object, by: "two", second: 1)
        #expect(try entries(object)["Apply one"]?.fields.contains([.field("spec"), .field("replicas")]) == true)
        #expect(try entries(object)["Apply two"]?.fields.contains([.field("spec"), .field("replicas")]) == true)

        object = try apply(["spec": ["minReadySeconds": 3]], to: object, by: "one", second: 2)
        #expect(object["spec"] == ["replicas": 1, "minReadySeconds": 3])
        object = try apply(["metadata": ["labels": ["x": "y"]]], to: object, by: "two", second: 3)
        #expect(object["spec"] == ["minReadySeconds": 3])
    }

    @Test("Shared owners both stand in the way of a third one's change")
    func conflictNamesEveryOwner() throws {
        var object = try apply(["spec": ["replicas": 1]], to: nil, by: "one")
        object = try apply(["spec": ["replicas": 1]], to: object, by: "two")
        let status = try #require(throws: KubernetesStatus.self) {
            try apply(["spec": ["replicas": 2]], to: object, by: "three")
        }
        #expect(status.details?.causes?.map(\.message) == ["conflict with \"one\"", "conflict with \"two\""])
        #expect(
            status.message == """
                Apply failed with 2 conflicts: conflicts with "one":
                - .spec.replicas
                conflicts with "two":
                - .spec.replicas
                """)
    }

    @Test("A forced apply takes the field from all its owners")
    func forceTakesFields() throws {
        var object = try apply(["spec": ["replicas": 1, "paused": true]], to: nil, by: "one")
        object = try apply(["spec": ["replicas": 1]], to: object, by: "two")
        object = try apply(["spec": ["replicas": 2]], to: object, by: "three", force: true)
        #expect(object["spec"] == ["replicas": 2, "paused": true])
        let entries = try entries(object)
        #expect(entries.keys.sorted() == ["Apply one", "Apply three"])
        #expect(entries["Apply one"]?.fields.description == ".spec.paused")
    }

    @Test("List items merge by key: each applier has its own, and takes only its own away")
    func listItemsMergeByKey() throws {
        var object = try apply(
            Self.containers([["name": "a", "image": "a:1", "env": [["name": "X", "value": "1"]]]]), to: nil, by: "one")
        object = try apply(
            Self.containers([["name": "b", "image": "b:1"], ["name": "a", "env": [["name": "Y", "value": "2"]]]]),
            to: object, by: "two")
        #expect(containers(of: object).map { $0["name"] } == ["b", "a"])
        #expect(
            containers(of: object)[1]["env"] == [["name": "X", "value": "1"], ["name": "Y", "value": "2"]])

        object = try apply(Self.containers([["name": "a", "image": "a:2"]]), to: object, by: "one")
        #expect(containers(of: object)[1] == ["name": "a", "image": "a:2", "env": [["name": "Y", "value": "2"]]])

        object = try apply(["spec": ["paused": false]], to: object, by: "two")
        #expect(containers(of: object) == [["name": "a", "image": "a:2"]])
    }

    @Test("Ports without a protocol are the same items as ports with the default one")
    func keysHaveDefaults() throws {
        let live = try apply(
            Self.containers([["name": "a", "ports": [["containerPort": 80, "protocol": "TCP", "name": "web"]]]]),
            to: nil, by: "one")
        let object = try apply(
            Self.containers([["name": "a", "ports": [["containerPort": 80, "hostPort": 8080]]]]), to: live, by: "two")
        #expect(containers(of: object)[0]["ports"]?.arrayValue?.count == 1)
        #expect(containers(of: object)[0]["ports"]?[0]?["hostPort"] == 8080)
        let fields = try #require(try entries(object)["Apply two"]?.fields.description)
        #expect(fields.contains("[containerPort=80,protocol=\"TCP\"].hostPort"))
    }

    @Test("A list or object of which nothing is left goes itself, also where the other owner's part stays elsewhere")
    func emptiedPartsGo() throws {
        var object = try apply(
            ["metadata": ["labels": ["a": "1"], "finalizers": ["f"]], "spec": ["replicas": 1]], to: nil, by: "one")
        object = try apply(["metadata": ["annotations": ["b": "1"]]], to: object, by: "two")
        object = try apply(["spec": ["replicas": 1]], to: object, by: "one")
        #expect(Set(object["metadata"]?.objectValue?.keys ?? []) == ["name", "annotations", "managedFields"])
    }

    @Test("Owner references merge by UID, finalizers as a set")
    func metadataListsMerge() throws {
        let reference: (String) -> JSON = { ["apiVersion": "v1", "kind": "K", "name": "n", "uid": .string($0)] }
        var object = try apply(
            ["metadata": ["ownerReferences": [reference("1")], "finalizers": ["a", "b"]]], to: nil, by: "one")
        object = try apply(
            ["metadata": ["ownerReferences": [reference("2")], "finalizers": ["b", "c"]]], to: object, by: "two")
        #expect(object["metadata"]?["ownerReferences"] == [reference("1"), reference("2")])
        #expect(object["metadata"]?["finalizers"] == ["a", "b", "c"])
        object = try apply(["spec": ["replicas": 1]], to: object, by: "one")
        #expect(object["metadata"]?["ownerReferences"] == [reference("2")])
        #expect(object["metadata"]?["finalizers"] == ["b", "c"])
    }

    @Test("An atomic list belongs to one manager as a whole")
    func atomicListsAreReplaced() throws {
        let live = try apply(Self.containers([["name": "a", "command": ["x", "y"]]]), to: nil, by: "one")
        let status = try #require(throws: KubernetesStatus.self) {
            try apply(Self.containers([["name": "a", "command": ["x"]]]), to: live, by: "two")
        }
        #expect(
            status.details?.causes?.map(\.field) == [".spec.template.spec.containers[name=\"a\"].command"])
        let object = try apply(Self.containers([["name": "a", "command": ["x"]]]), to: live, by: "two", force: true)
        #expect(containers(of: object)[0]["command"] == ["x"])
    }

    @Test("An update takes over what it changes, and an applier that then leaves the field out does not remove it")
    func updateThenApply() throws {
        let created = try apply(["spec": ["replicas": 1, "paused": true]], to: nil, by: "one")
        let scaled = update(created, by: "scaler", second: 5) { object in
            object["spec"] = ["replicas": 3, "paused": true]
        }
        #expect(try entries(scaled)["Apply one"]?.fields.description == ".spec.paused")
        #expect(try entries(scaled)["Update scaler"]?.fields.description == ".spec.replicas")
        #expect(try entries(scaled)["Update scaler"]?.time == "2023-11-14T22:13:25Z")

        let status = try #require(throws: KubernetesStatus.self) {
            try apply(["spec": ["replicas": 1, "paused": true]], to: scaled, by: "one")
        }
        #expect(status.details?.causes?.first?.message == "conflict with \"scaler\" using apps/v1")
        let given = try apply(["spec": ["paused": true]], to: scaled, by: "one", second: 7)
        #expect(given["spec"] == ["replicas": 3, "paused": true])
        #expect(given == scaled)
    }

    @Test("An update that writes the same values claims nothing and moves no time")
    func equalUpdateClaimsNothing() throws {
        let created = try apply(["spec": ["replicas": 1]], to: nil, by: "one")
        #expect(update(created, by: "other", second: 5) { _ in }.text() == created.text())
        let bumped = update(created, by: "other", second: 5) { object in
            object.setMember("metadata", "resourceVersion", "7")
            object.setMember("metadata", "generation", 2)
        }
        #expect(try entries(bumped).keys.sorted() == ["Apply one"])
    }

    @Test("What an update removes belongs to nobody any more")
    func updateReleasesRemovedFields() throws {
        let created = try apply(["spec": ["replicas": 1, "paused": true]], to: nil, by: "one")
        let without = update(created, by: "other") { $0["spec"] = ["replicas": 1] }
        #expect(try entries(without)["Apply one"]?.fields.description == ".spec.replicas")
        #expect(try entries(without)["Update other"] == nil)
    }

    @Test("Writers of a subresource have entries of their own")
    func subresourcesHaveTheirOwnEntries() throws {
        let created = try apply(["spec": ["replicas": 1]], to: nil, by: "one")
        var new = created
        new["status"] = ["readyReplicas": 1]
        let object = StructuredMerge.update(
            from: created, to: new, schema: schema,
            writer: .init(
                manager: "one", apiVersion: "apps/v1", subresource: "status", time: "2026-01-01T00:00:00Z"),
            ignoring: FieldSet(fields: ["spec"]))
        let entry = try #require(try entries(object)["Update one"])
        #expect(entry.subresource == "status")
        #expect(entry.fields.description == ".status\n.status.readyReplicas")
    }

    @Test("The first apply to an object that nobody tracked leaves the object's fields to before-first-apply")
    func firstApplyToAnUntrackedObject() throws {
        let live: JSON = [
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "web", "uid": "u"],
            "spec": ["replicas": 1, "paused": true],
        ]
        let object = try apply(["spec": ["replicas": 1]], to: live, by: "one")
        let entries = try entries(object)
        #expect(entries["Update before-first-apply"]?.fields.description == ".spec.paused\n.spec.replicas")
        #expect(entries["Apply one"]?.fields.description == ".spec.replicas")
    }

    @Test("An empty entry in managedFields resets ownership; other edits of it are honoured")
    func managedFieldsCanBeReset() throws {
        let created = try apply(["spec": ["replicas": 1]], to: nil, by: "one")
        let reset = update(created, by: "x") { $0.setMember("metadata", "managedFields", [[:]]) }
        #expect(reset["metadata"]?["managedFields"] == nil)
        let renamed = update(created, by: "x") { object in
            var entry = object["metadata"]?["managedFields"]?[0] ?? .null
            entry["manager"] = "renamed"
            object.setMember("metadata", "managedFields", .array([entry]))
        }
        #expect(try entries(renamed).keys.sorted() == ["Apply renamed"])
    }

    @Test("A write without managedFields keeps those that are stored")
    func absentManagedFieldsAreKept() throws {
        let created = try apply(["spec": ["replicas": 1]], to: nil, by: "one")
        let object = update(created, by: "x") { $0.setMember("metadata", "managedFields", nil) }
        #expect(object == created)
    }

    @Test("What is no apply configuration for the object is refused")
    func malformedConfigurationsAreRefused() throws {
        let live = try apply(["spec": ["replicas": 1]], to: nil, by: "one")
        let otherVersion = try #require(throws: KubernetesStatus.self) {
            try StructuredMerge.apply(
                ["apiVersion": "apps/v2", "kind": "Deployment"], to: live, schema: schema, writer: writer("one", 0),
                force: true)
        }
        #expect(otherVersion.code == 400)
        let managed = try #require(throws: KubernetesStatus.self) {
            try apply(["metadata": ["managedFields": []]], to: live)
        }
        #expect(managed.message == "metadata.managedFields must be nil")
        let twice = try #require(throws: KubernetesStatus.self) {
            try apply(Self.containers([["name": "a"], ["name": "a"]]), to: live)
        }
        #expect(twice.message.contains(".spec.template.spec.containers: duplicate entries for key [name=\"a\"]"))
        let keyless = try #require(throws: KubernetesStatus.self) {
            try apply(Self.containers([["image": "a"]]), to: live)
        }
        #expect(keyless.message.contains("element 0: associative list with keys"))
    }

    @Test("More than ten updaters are merged into one entry, the oldest first")
    func updatersAreBounded() throws {
        var object = try apply(["spec": ["replicas": 1]], to: nil, by: "one")
        for index in 0..<15 {
            object = update(object, by: "updater-\(index)", second: index) { object in
                object["status"] = (object["status"] ?? [:]).with("field\(index)", 1)
            }
        }
        let entries = try entries(object)
        #expect(entries.keys.filter { $0.hasPrefix("Update") }.count == 10)
        let ancient = try #require(entries["Update ancient-changes"]?.fields)
        #expect(ancient.contains([.field("status"), .field("field0")]))
        #expect(ancient.contains([.field("status"), .field("field5")]))
        #expect(entries["Update updater-14"] != nil)
    }
}

extension JSON {
    fileprivate mutating func setMember(_ parent: String, _ name: String, _ value: JSON?) {
        var content = self[parent] ?? [:]
        content[name] = value
        self[parent] = content
    }

    fileprivate func with(_ name: String, _ value: JSON) -> JSON {
        var copy = self
        copy[name] = value
        return copy
    }
}
