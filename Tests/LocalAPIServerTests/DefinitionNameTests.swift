import HTTPTransport
import StructuredData
import Testing

@testable import LocalAPIServer

@Suite("Names of custom kinds", .timeLimit(.minutes(1)))
struct DefinitionNameTests {
    private static func definition(_ names: JSON, accepted: JSON? = nil, conditions: JSON? = nil) -> JSON {
        var definition: JSON = ["spec": ["group": "g.example.com", "names": names]]
        if let accepted { definition.set(accepted, at: ["status", "acceptedNames"]) }
        if let conditions { definition.set(conditions, at: ["status", "conditions"]) }
        return definition
    }

    private static func condition(_ type: String, in crd: JSON) -> JSON? {
        crd["status"]?["conditions"]?.arrayValue?.first { $0["type"]?.stringValue == type }
    }

    private static let noxu: JSON = [
        "plural": "noxus", "singular": "noxu", "kind": "Noxu", "listKind": "NoxuList", "shortNames": ["nx", "foo"],
    ]

    @Test func `names that nobody has are accepted, and the kind is established`() {
        var crd = Self.definition(Self.noxu)
        NameAcceptance(besides: []).settle(&crd, time: "t1")
        #expect(crd["status"]?["acceptedNames"] == Self.noxu)
        #expect(Self.condition("NamesAccepted", in: crd)?["reason"] == "NoConflicts")
        #expect(Self.condition("Established", in: crd)?["status"] == "True")
        // Looking again changes nothing.
        let before = crd
        NameAcceptance(besides: []).settle(&crd, time: "t2")
        #expect(crd == before)
    }

    @Test(arguments: [
        ("plural", "noxus", "PluralConflict"), ("plural", "nx", "PluralConflict"),
        ("singular", "noxu", "SingularConflict"), ("kind", "NoxuList", "KindConflict"),
        ("listKind", "Noxu", "ListKindConflict"),
    ])
    func `a name that another has is not accepted, but the others are`(field: String, name: String, reason: String) {
        var names: JSON = [
            "plural": "others", "singular": "other", "kind": "Other", "listKind": "OtherList", "shortNames": ["ot"],
        ]
        names[field] = .string(name)
        var crd = Self.definition(names)
        NameAcceptance(besides: [Self.definition(Self.noxu, accepted: Self.noxu)]).settle(&crd, time: "t")
        var accepted = names
        accepted[field] = nil
        #expect(crd["status"]?["acceptedNames"] == accepted)
        #expect(Self.condition("NamesAccepted", in: crd)?["reason"]?.stringValue == reason)
        #expect(Self.condition("NamesAccepted", in: crd)?["message"]?.stringValue == "\"\(name)\" is already in use")
        #expect(Self.condition("Established", in: crd)?["reason"] == "NotAccepted")
    }

    @Test func `short names are accepted together`() {
        var names = Self.noxu
        for (field, name) in [("plural", "os"), ("singular", "o"), ("kind", "O"), ("listKind", "OList")] {
            names[field] = .string(name)
        }
        var crd = Self.definition(names)
        NameAcceptance(besides: [Self.definition(Self.noxu, accepted: Self.noxu)]).settle(&crd, time: "t")
        #expect(crd["status"]?["acceptedNames"]?["shortNames"] == nil)
        #expect(Self.condition("NamesAccepted", in: crd)?["reason"] == "ShortNamesConflict")
        #expect(
            Self.condition("NamesAccepted", in: crd)?["message"]
                == "[\"nx\" is already in use, \"foo\" is already in use]")
    }

    @Test func `a kind that is established stays so when it asks for a name that is taken`() {
        var names = Self.noxu
        names["shortNames"] = ["nx", "taken"]
        let others = [Self.definition([:], accepted: ["plural": "taken"])]
        var crd = Self.definition(
            names, accepted: Self.noxu,
            conditions: [["type": "Established", "status": "True", "lastTransitionTime": "t0", "reason": "r"]])
        NameAcceptance(besides: others).settle(&crd, time: "t1")
        #expect(Self.condition("NamesAccepted", in: crd)?["status"] == "False")
        #expect(Self.condition("Established", in: crd)?["status"] == "True")
        #expect(crd["status"]?["acceptedNames"] == Self.noxu)
        #expect(CustomResource.isTrue("Established", in: crd))
    }

    @Test func `whoever waits for a name gets it when it becomes free`() async throws {
        try await APIServerFixture.withServer { server in
            let definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
            try await server.defineWidgets()
            var second = Samples.definition
            second.set("gadgets.rec.example.com", at: ["metadata", "name"])
            second.set(["plural": "gadgets", "kind": "Gadget", "shortNames": ["wd"]], at: ["spec", "names"])
            let created = try await server.send(.post, definitions, second)
            #expect(created.status == 201, "\(created.text)")
            let waiting = try await server.send(.get, definitions + "/gadgets.rec.example.com")
            #expect(Self.condition("NamesAccepted", in: waiting.json)?["reason"] == "ShortNamesConflict")
            let path = "/apis/rec.example.com/v1/gadgets"
            #expect(try await server.send(.get, path).status == 404)
            var watch = try await server.watch(
                "\(definitions)?watch=1&resourceVersion=\(waiting.version)&fieldSelector=metadata.name%3D"
                    + "gadgets.rec.example.com")
            _ = try await server.send(.delete, definitions + "/widgets.rec.example.com")
            let event = try #require(try await watch.next())
            #expect(Self.condition("Established", in: event.object)?["status"] == "True")
            #expect(try await server.send(.get, path).status == 200)
        }
    }
}
