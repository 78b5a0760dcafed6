import StructuredData
import Testing

@Suite("JSON Patch")
struct JSONPatchTests {
    /// An example as its texts: document, patch, and the result or a part of the error.
    struct Example: Sendable, CustomTestStringConvertible {
        var name: String
        var document: String
        var patch: String
        var result: String?
        var error: String?
        var testDescription: String { name }

        init(_ name: String, _ document: String, _ patch: String, _ result: String) {
            (self.name, self.document, self.patch, self.result) = (name, document, patch, result)
        }

        init(_ name: String, _ document: String, _ patch: String, error: String) {
            (self.name, self.document, self.patch, self.error) = (name, document, patch, error)
        }
    }

    static let rfc6902: [Example] = [
        Example(
            "A.1", #"{"foo":"bar"}"#, #"[{"op":"add","path":"/baz","value":"qux"}]"#, #"{"baz":"qux","foo":"bar"}"#),
        Example(
            "A.2", #"{"foo":["bar","baz"]}"#, #"[{"op":"add","path":"/foo/1","value":"qux"}]"#,
            #"{"foo":["bar","qux","baz"]}"#),
        Example("A.3", #"{"baz":"qux","foo":"bar"}"#, #"[{"op":"remove","path":"/baz"}]"#, #"{"foo":"bar"}"#),
        Example(
            "A.4", #"{"foo":["bar","qux","baz"]}"#, #"[{"op":"remove","path":"/foo/1"}]"#, #"{"foo":["bar","baz"]}"#),
        Example(
            "A.5", #"{"baz":"qux","foo":"bar"}"#, #"[{"op":"replace","path":"/baz","value":"boo"}]"#,
            #"{"baz":"boo","foo":"bar"}"#),
        Example(
            "A.6", #"{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}"#,
            #"[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]"#,
            #"{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}"#),
        Example(
            "A.7", #"{"foo":["all","grass","cows","eat"]}"#, #"[{"op":"move","from":"/foo/1","path":"/foo/3"}]"#,
            #"{"foo":["all","cows","eat","grass"]}"#),
        Example(
            "A.8", #"{"baz":"qux","foo":["a",2,"c"]}"#,
            #"[{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}]"#,
            #"{"baz":"qux","foo":["a",2,"c"]}"#),
        Example(
            "A.9", #"{"baz":"qux"}"#, #"[{"op":"test","path":"/baz","value":"bar"}]"#,
            error: #"operation 0 (test /baz): expected "bar", found "qux""#),
        Example(
            "A.10", #"{"foo":"bar"}"#, #"[{"op":"add","path":"/child","value":{"grandchild":{}}}]"#,
            #"{"foo":"bar","child":{"grandchild":{}}}"#),
        Example(
            "A.11", #"{"foo":"bar"}"#, #"[{"op":"add","path":"/baz","value":"qux","xyz":123}]"#,
            #"{"foo":"bar","baz":"qux"}"#),
        Example(
            "A.12", #"{"foo":"bar"}"#, #"[{"op":"add","path":"/baz/bat","value":"qux"}]"#,
            error: #"operation 0 (add /baz/bat): there is no member "baz""#),
        Example(
            "A.14", #"{"/":9,"~1":10}"#, #"[{"op":"test","path":"/~01","value":10}]"#, #"{"/":9,"~1":10}"#),
        Example(
            "A.15", #"{"/":9,"~1":10}"#, #"[{"op":"test","path":"/~01","value":"10"}]"#,
            error: #"expected "10", found 10"#),
        Example(
            "A.16", #"{"foo":["bar"]}"#, #"[{"op":"add","path":"/foo/-","value":["abc","def"]}]"#,
            #"{"foo":["bar",["abc","def"]]}"#),
    ]

    static let further: [Example] = [
        Example("nothing to do", #"{"a":1}"#, "[]", #"{"a":1}"#),
        Example("the root is replaced by add", #"{"a":1}"#, #"[{"op":"add","path":"","value":[1]}]"#, "[1]"),
        Example("the root is replaced", #"{"a":1}"#, #"[{"op":"replace","path":"","value":2}]"#, "2"),
        Example("add replaces a member", #"{"a":1}"#, #"[{"op":"add","path":"/a","value":null}]"#, #"{"a":null}"#),
        Example("add at the end", "[1,2]", #"[{"op":"add","path":"/2","value":3}]"#, "[1,2,3]"),
        Example("copy of a member", #"{"a":[1]}"#, #"[{"op":"copy","from":"/a","path":"/b"}]"#, #"{"a":[1],"b":[1]}"#),
        Example(
            "copy into itself", #"{"a":[1]}"#, #"[{"op":"copy","from":"","path":"/a/0"}]"#, #"{"a":[{"a":[1]},1]}"#),
        Example("move onto itself", #"{"a":1}"#, #"[{"op":"move","from":"/a","path":"/a"}]"#, #"{"a":1}"#),
        Example("test of numbers by value", #"{"a":1}"#, #"[{"op":"test","path":"/a","value":1.0}]"#, #"{"a":1}"#),
        Example("test of null", #"{"a":null}"#, #"[{"op":"test","path":"/a","value":null}]"#, #"{"a":null}"#),
        Example(
            "test whatever the members' order", #"{"a":{"x":1,"y":2}}"#,
            #"[{"op":"test","path":"/a","value":{"y":2,"x":1}}]"#, #"{"a":{"x":1,"y":2}}"#),
        Example(
            "beyond the end", "[1]", #"[{"op":"add","path":"/2","value":3}]"#,
            error: "operation 0 (add /2): an array of 1 has no element \"2\""),
        Example(
            "remove what is not there", #"{"a":1}"#,
            #"[{"op":"test","path":"/a","value":1},{"op":"remove","path":"/b"}]"#,
            error: "operation 1 (remove /b): there is nothing at /b"),
        Example("remove the end", "[1]", #"[{"op":"remove","path":"/-"}]"#, error: "there is nothing at /-"),
        Example("remove the root", "[1]", #"[{"op":"remove","path":""}]"#, error: "cannot be removed"),
        Example(
            "replace what is not there", #"{"a":1}"#, #"[{"op":"replace","path":"/b","value":1}]"#,
            error: #"operation 0 (replace /b): there is no member "b""#),
        Example(
            "test what is not there", #"{"a":1}"#, #"[{"op":"test","path":"/b","value":null}]"#,
            error: "there is nothing at /b"),
        Example(
            "below a scalar", #"{"a":1}"#, #"[{"op":"add","path":"/a/b","value":1}]"#,
            error: #"operation 0 (add /a/b): /a: 1 has no member "b""#),
        Example("leading zero", "[1,2]", #"[{"op":"replace","path":"/01","value":1}]"#, error: "no element \"01\""),
    ]

    @Test("the examples of RFC 6902, appendix A, hold", arguments: rfc6902)
    func examples(example: Example) throws { try check(example) }

    @Test("corners of RFC 6902", arguments: further)
    func corners(example: Example) throws { try check(example) }

    private func check(_ example: Example) throws {
        let document = try JSON.parse(example.document)
        let patch = try JSONPatch(JSON.parse(example.patch))
        if let result = example.result {
            #expect(try patch.applied(to: document) == JSON.parse(result))
        } else {
            let error = try #require(throws: StructuredDataError.self) { try patch.applied(to: document) }
            #expect(error.message.contains(example.error ?? ""), "\(error)")
        }
    }

    @Test("a failed test is told apart from other errors")
    func codes() throws {
        let test = try JSONPatch([["op": "test", "path": "/a", "value": 2]])
        #expect(throws: StructuredDataError(.testFailed, at: "operation 0 (test /a)", "expected 2, found 1")) {
            try test.applied(to: ["a": 1])
        }
        let missing = try #require(throws: StructuredDataError.self) { try test.applied(to: [:]) }
        #expect(missing.code == .noSuchLocation)
    }

    @Test(
        "what is no patch is refused, naming the operation",
        arguments: [
            (["op": "add"], "a JSON Patch is an array of operations, found an object"),
            ([1], "operation 0: expected an object, found 1"),
            ([["op": "add", "path": "/a"]], #"operation 0: "value" is missing"#),
            ([["op": "remove", "path": "/a"], ["op": "spam", "path": "/a"]], #"operation 1: "op" must be one of"#),
            ([["path": "/a"]], "found none"),
            ([["op": "remove"]], #"operation 0: "path" must be a JSON pointer"#),
            ([["op": "copy", "path": "/a"]], #"operation 0: "from" must be a JSON pointer"#),
            ([["op": "remove", "path": "a"]], #"operation 0: "path": "a" is no JSON pointer"#),
            ([["op": "move", "from": "/a", "path": "/a/b"]], "operation 0: /a cannot be moved into itself (/a/b)"),
        ] as [(JSON, String)])
    func malformed(json: JSON, message: String) throws {
        let error = try #require(throws: StructuredDataError.self) { try JSONPatch(json) }
        #expect(error.code == .invalidPatch)
        #expect(error.message.contains(message), "\(error)")
    }

    @Test("copies cannot grow a document without bound")
    func copyBound() throws {
        let doubling = JSON.array(Array(repeating: ["op": "copy", "from": "", "path": "/a/-"], count: 64))
        let error = try #require(throws: StructuredDataError.self) {
            try JSONPatch(doubling).applied(to: ["a": ["some text"]])
        }
        #expect(error.code == .tooLarge)
    }
}

@Suite("JSON merge patch")
struct JSONMergePatchTests {
    @Test(
        "the examples of RFC 7396, appendix A, hold",
        arguments: [
            (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
            (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
            (#"{"a":"b"}"#, #"{"a":null}"#, "{}"),
            (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#),
            (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
            (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#),
            (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#),
            (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#),
            (#"["a","b"]"#, #"["c","d"]"#, #"["c","d"]"#),
            (#"{"a":"b"}"#, #"["c"]"#, #"["c"]"#),
            (#"{"a":"foo"}"#, "null", "null"),
            (#"{"a":"foo"}"#, #""bar""#, #""bar""#),
            (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#),
            ("[1,2]", #"{"a":"b","c":null}"#, #"{"a":"b"}"#),
            ("{}", #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
        ])
    func examples(document: String, patch: String, result: String) throws {
        #expect(try JSON.parse(document).mergePatched(with: JSON.parse(patch)) == JSON.parse(result))
    }

    @Test("the patch between two values holds what differs and nothing else")
    func difference() {
        let old: JSON = ["same": 1, "gone": 2, "deep": ["a": 1, "b": 2], "list": [1, 2], "kind": ["x": 1]]
        let new: JSON = ["same": 1, "deep": ["a": 1, "b": 3], "list": [1], "kind": "text", "new": ["y": 1]]
        let patch: JSON = ["deep": ["b": 3], "list": [1], "kind": "text", "new": ["y": 1], "gone": nil]
        #expect(JSON.mergePatch(from: old, to: new) == patch)
        #expect(JSON.mergePatch(from: new, to: new) == [:])
        #expect(JSON.mergePatch(from: 1, to: [2]) == [2])
    }

    @Test("applying the patch between two values makes one of the other", arguments: SeededGenerator.freshSeeds)
    func roundTrip(seed: UInt64) {
        print("seed of the merge patches: \(seed)")
        var generator = RandomJSON(seed: seed)
        for _ in 0..<300 {
            let (old, new) = (generator.value(), withoutNullMembers(generator.value()))
            #expect(old.mergePatched(with: JSON.mergePatch(from: old, to: new)) == new)
        }
    }

    /// A merge patch cannot express members that are null.
    private func withoutNullMembers(_ value: JSON) -> JSON {
        guard case .object(let members) = value else { return value }
        return .object(JSONObject(members.filter { !$0.value.isNull }.map { ($0.key, withoutNullMembers($0.value)) }))
    }
}
