import KubernetesModel
import StructuredData
import Testing

@Suite("Field sets and fieldsV1")
struct FieldSetTests {
    private static let texts = [
        #"{"f:metadata":{"f:labels":{".":{},"f:app.kubernetes.io/name":{}}},"f:spec":{"f:replicas":{}}}"#,
        #"{"f:spec":{"f:ports":{"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{}}}}}"#,
        #"{"f:metadata":{"f:finalizers":{"v:\"a/b\"":{}},"f:ownerReferences":{"k:{\"uid\":\"1\"}":{}}}}"#,
        #"{"f:spec":{"f:list":{"i:0":{},"i:12":{"f:x":{}},"v:1":{},"v:true":{}}}}"#,
        "{}",
    ]

    @Test("Reading fieldsV1 and writing it again gives the same", arguments: texts)
    func roundTrips(_ text: String) throws {
        let json = try JSON.parse(text)
        #expect(FieldSet(fieldsV1: json).fieldsV1 == json)
    }

    @Test("A dot says that a field is owned beside some of its children")
    func dotMeansMembership() throws {
        let set = FieldSet(fieldsV1: try JSON.parse(#"{"f:a":{".":{},"f:b":{}},"f:c":{"f:d":{}}}"#))
        #expect(set.contains([.field("a")]))
        #expect(set.contains([.field("a"), .field("b")]))
        #expect(!set.contains([.field("c")]))
        #expect(set.contains([.field("c"), .field("d")]))
        #expect(set.paths.count == 3)
    }

    @Test("Names of an unknown form are left out")
    func unknownNamesAreIgnored() throws {
        let set = FieldSet(fieldsV1: try JSON.parse(#"{"x:a":{},"k:{}":{},"k:nonsense":{},"i:x":{},"f:b":{}}"#))
        #expect(set.paths == [[.field("b")]])
    }

    @Test("Keys are the same set member in any order of their parts")
    func keyOrderDoesNotMatter() throws {
        let one = FieldSet(fieldsV1: try JSON.parse(#"{"k:{\"a\":1,\"b\":2}":{}}"#))
        let other = FieldSet(fieldsV1: try JSON.parse(#"{"k:{\"b\":2,\"a\":1}":{}}"#))
        #expect(one == other)
    }

    @Test("Set operations work path by path")
    func setOperations() {
        let left = FieldSet(fields: ["a", "a.b", "a.c", "d.e"])
        let right = FieldSet(fields: ["a", "a.c", "d"])
        #expect(left.union(right) == FieldSet(fields: ["a", "a.b", "a.c", "d", "d.e"]))
        #expect(left.intersection(right) == FieldSet(fields: ["a", "a.c"]))
        #expect(left.subtracting(right) == FieldSet(fields: ["a.b", "d.e"]))
        #expect(left.subtractingTrees(FieldSet(fields: ["a"])) == FieldSet(fields: ["d.e"]))
        #expect(left.subtracting(left).isEmpty)
    }
}
