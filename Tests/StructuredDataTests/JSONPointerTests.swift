import StructuredData
import Testing

@Suite("JSON Pointer")
struct JSONPointerTests {
    static let document: JSON = [
        "foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, "k\"l": 6, " ": 7, "m~n": 8,
    ]

    @Test(
        "the examples of RFC 6901 hold",
        arguments: [
            ("", document), ("/foo", ["bar", "baz"]), ("/foo/0", "bar"), ("/", 0), ("/a~1b", 1), ("/c%d", 2),
            ("/e^f", 3),
            ("/g|h", 4), ("/i\\j", 5), ("/k\"l", 6), ("/ ", 7), ("/m~0n", 8),
        ] as [(String, JSON)])
    func examples(text: String, expected: JSON) throws {
        let pointer = try JSONPointer(parsing: text)
        #expect(Self.document.value(at: pointer) == expected)
        #expect(pointer.description == text)
    }

    @Test(
        "places that do not exist have no value",
        arguments: [
            "/foo/2", "/foo/-", "/foo/00", "/foo/01", "/foo/+1", "/foo/x", "/foo/", "/bar", "/foo/0/x", "//0",
            "/foo/9999999999999999999",
        ])
    func absent(text: String) throws {
        #expect(Self.document.value(at: try JSONPointer(parsing: text)) == nil)
    }

    @Test("a text that is no pointer is refused", arguments: ["foo", "#/foo", "/~", "/a~2", "/~~0", " /a"])
    func malformed(text: String) throws {
        let error = try #require(throws: StructuredDataError.self) { try JSONPointer(parsing: text) }
        #expect(error.code == .invalidPointer)
    }

    @Test("tokens that combine with a slash stay tokens")
    func combiningCharacters() throws {
        let pointer = JSONPointer(tokens: ["\u{301}x", "~1", "é"])
        #expect(pointer.description == "/\u{301}x/~01/é")
        #expect(try JSONPointer(parsing: pointer.description) == pointer)
        #expect(JSONPointer.root.appending("a").appending(0).description == "/a/0")
    }

    @Test("setting replaces, adds and makes what is missing on the way")
    func setting() throws {
        var value: JSON = nil
        try value.set(1, at: JSONPointer(parsing: "/spec/list/-/name"))
        try value.set(2, at: JSONPointer(parsing: "/spec/list/0/name"))
        try value.set(3, at: JSONPointer(parsing: "/spec/list/1"))
        try value.set("x", at: JSONPointer(parsing: "/inputs/0/csv"))
        try value.set(4, at: JSONPointer(parsing: "/byName/7"))
        #expect(value == ["spec": ["list": [["name": 2], 3]], "inputs": [["csv": "x"]], "byName": ["7": 4]])
        try value.set(nil, at: .root)
        #expect(value == JSON.null)
    }

    @Test("what cannot be set is refused with its place, and nothing changes")
    func refusedSetting() throws {
        let before: JSON = ["a": ["text", [1]]]
        for (text, message) in [
            ("/a/0/b", #"/a/0: "text" has no member "b""#), ("/a/5", #"/a: an array of 2 has no element "5""#),
            ("/a/x", #"/a: an array of 2 has no element "x""#), ("/a/1/-/b/c", nil),
        ] {
            var value = before
            guard let message else {
                try value.set(2, at: JSONPointer(parsing: text))
                #expect(value == ["a": ["text", [1, ["b": ["c": 2]]]]])
                continue
            }
            let error = try #require(throws: StructuredDataError.self) {
                try value.set(2, at: JSONPointer(parsing: text))
            }
            #expect(error.message == message)
            #expect(error.code == .noSuchLocation)
            #expect(value == before)
        }
    }

    @Test("removing returns what was there")
    func removing() throws {
        var value: JSON = ["a": [1, 2, 3], "b": ["c": nil]]
        #expect(value.remove(at: try JSONPointer(parsing: "/a/1")) == 2)
        #expect(value.remove(at: try JSONPointer(parsing: "/b/c")) == JSON.null)
        #expect(value.remove(at: try JSONPointer(parsing: "/b/c")) == nil)
        #expect(value.remove(at: try JSONPointer(parsing: "/a/2")) == nil)
        #expect(value == ["a": [1, 3], "b": [:]])
        #expect(value.remove(at: .root) == ["a": [1, 3], "b": [:]])
        #expect(value == JSON.null)
    }

    @Test("a pointer is coded as its text")
    func coding() throws {
        let pointer = JSONPointer(tokens: ["a/b", "0"])
        #expect(try JSON(encoding: ["p": pointer]) == ["p": "/a~1b/0"])
        #expect(try (["p": "/a~1b/0"] as JSON).decode([String: JSONPointer].self) == ["p": pointer])
        let error = try #require(throws: StructuredDataError.self) {
            try (["p": "x"] as JSON).decode([String: JSONPointer].self)
        }
        #expect(error.message == #"p: "x" is no JSON pointer: it must start with '/'"#)
    }
}
