import KubernetesModel
import StructuredData
import Testing

@Suite("Strategic merge patch")
struct StrategicMergePatchTests {
    private func patch(_ patch: JSON, _ object: JSON, _ resource: ResourceType = Pod.resource) throws -> JSON {
        try StrategicMergePatch.apply(patch, to: object, resource: resource)
    }

    private let pod: JSON = [
        "metadata": ["finalizers": ["a", "b"]],
        "spec": [
            "containers": [
                ["name": "x", "image": "x:1", "args": ["1", "2"], "env": [["name": "A", "value": "1"]]],
                ["name": "y", "image": "y:1"],
            ],
            "tolerations": [["key": "t"]],
            "nodeSelector": ["disk": "ssd", "zone": "1"],
        ],
    ]

    private func containers(_ object: JSON) -> [JSON] { object["spec"]?["containers"]?.arrayValue ?? [] }

    @Test("Objects merge member by member, null removes, other lists are replaced")
    func objectsMerge() throws {
        let result = try patch(
            ["spec": ["nodeSelector": ["zone": nil, "gpu": "1"], "tolerations": [["key": "u"]]]], pod)
        #expect(result["spec"]?["nodeSelector"] == ["disk": "ssd", "gpu": "1"])
        #expect(result["spec"]?["tolerations"] == [["key": "u"]])
        #expect(containers(result) == containers(pod))
    }

    @Test("Containers merge by name, environment variables by name within them, new items go in front")
    func listsMergeByKey() throws {
        let result = try patch(
            ["spec": ["containers": [["name": "x", "args": ["3"], "env": [["name": "B", "value": "2"]]]]]], pod)
        #expect(containers(result).count == 2)
        #expect(containers(result)[0]["image"] == "x:1")
        #expect(containers(result)[0]["args"] == ["3"])
        #expect(containers(result)[0]["env"] == [["name": "B", "value": "2"], ["name": "A", "value": "1"]])
    }

    @Test("Finalizers are a set: a patch adds, $deleteFromPrimitiveList takes away")
    func primitiveLists() throws {
        let added = try patch(["metadata": ["finalizers": ["c", "a"]]], pod)
        #expect(Set(added["metadata"]?["finalizers"]?.arrayValue ?? []) == ["a", "b", "c"])
        let removed = try patch(["metadata": ["$deleteFromPrimitiveList/finalizers": ["a"]]], pod)
        #expect(removed["metadata"]?["finalizers"] == ["b"])
    }

    @Test("$patch: delete removes a list item by its key")
    func deletesItems() throws {
        let result = try patch(["spec": ["containers": [["$patch": "delete", "name": "x"]]]], pod)
        #expect(containers(result).map { $0["name"] } == ["y"])
    }

    @Test("$patch: replace replaces a list, or an object")
    func replacesWholes() throws {
        let list = try patch(["spec": ["containers": [["name": "z"], ["$patch": "replace"]]]], pod)
        #expect(containers(list) == [["name": "z"]])
        let object = try patch(["spec": ["nodeSelector": ["$patch": "replace", "gpu": "1"]]], pod)
        #expect(object["spec"]?["nodeSelector"] == ["gpu": "1"])
    }

    @Test("$setElementOrder says in which order the items stand")
    func ordersItems() throws {
        let result = try patch(
            [
                "spec": [
                    "$setElementOrder/containers": [["name": "z"], ["name": "y"], ["name": "x"]],
                    "containers": [["name": "z", "image": "z:1"]],
                ]
            ], pod)
        #expect(containers(result).map { $0["name"] } == ["z", "y", "x"])
        let primitive = try patch(
            ["metadata": ["$setElementOrder/finalizers": ["b", "c"], "finalizers": ["c"]]], pod)
        #expect(primitive["metadata"]?["finalizers"] == ["a", "b", "c"])
    }

    @Test("$retainKeys drops the members that it does not name")
    func retainsKeys() throws {
        let live: JSON = [
            "spec": ["strategy": ["type": "RollingUpdate", "rollingUpdate": ["maxSurge": 1]], "replicas": 1]
        ]
        let result = try patch(
            ["spec": ["strategy": ["$retainKeys": ["type"], "type": "Recreate"]]], live, Deployment.resource)
        #expect(result["spec"] == ["strategy": ["type": "Recreate"], "replicas": 1])
        #expect(throws: KubernetesStatus.self) {
            try patch(["spec": ["strategy": ["$retainKeys": [], "type": "Recreate"]]], live, Deployment.resource)
        }
    }

    @Test("Volumes of a template merge by name, and directives are not stored where nothing was")
    func newListsHoldNoDirectives() throws {
        let template: JSON = ["spec": ["containers": [["name": "a"]]]]
        let result = try StrategicMergePatch.podTemplate(
            merging: [
                "spec": [
                    "volumes": [["name": "v", "emptyDir": [:]], ["name": "w", "$patch": "delete"]],
                    "containers": [["name": "a", "resources": ["limits": ["cpu": "1"], "requests": nil]]],
                ]
            ], into: template)
        #expect(result["spec"]?["volumes"] == [["name": "v", "emptyDir": [:]]])
        #expect(result["spec"]?["containers"] == [["name": "a", "resources": ["limits": ["cpu": "1"]]]])
    }

    @Test("Items without their key and unknown directives are refused, and so are custom resources")
    func malformedPatchesAreRefused() throws {
        let keyless = try #require(throws: KubernetesStatus.self) {
            try patch(["spec": ["containers": [["image": "x"]]]], pod)
        }
        #expect(keyless.code == 400 && keyless.message.contains("merge key: name"))
        #expect(throws: KubernetesStatus.self) { try patch(["spec": ["$patch": "explode"]], pod) }
        #expect(throws: KubernetesStatus.self) { try patch([1], pod) }
        let custom = ResourceType(group: "x.io", version: "v1", kind: "X", plural: "xs", namespaced: true)
        let refused = try #require(throws: KubernetesStatus.self) { try patch([:], pod, custom) }
        #expect(refused.code == 415)
    }
}
