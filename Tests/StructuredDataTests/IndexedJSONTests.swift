import Foundation
import Testing

@testable import StructuredData

@Suite("JSON that is decoded straight from its bytes")
struct IndexedJSONTests {
    private func indexed(_ text: String) throws -> IndexedJSON.Value { try IndexedJSON([UInt8](text.utf8)).root }

    @Test(arguments: SeededGenerator.freshSeeds)
    func `any value comes out as the parser has it, and so does each member and element`(seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        for round in 0..<300 {
            let value = random.value()
            let root = try IndexedJSON(value.serialized()).root
            #expect(try root.json() == value, "seed \(seed), round \(round)")
            for (key, member) in value.objectValue ?? JSONObject() {
                #expect(try root[key]?.json() == member, "seed \(seed), round \(round), \(key)")
            }
            var elements: [JSON] = []
            try root.forEachElement { elements.append(try $0.json()) }
            #expect(elements == value.arrayValue ?? [], "seed \(seed), round \(round)")
        }
    }

    @Test(arguments: SeededGenerator.freshSeeds)
    func `what the parser refuses is refused here, at once or when it is read`(seed: UInt64) {
        var random = RandomJSON(seed: seed)
        for round in 0..<500 {
            var bytes = random.value().serialized()
            let place = Int.random(in: 0..<bytes.count, using: &random.random)
            switch Int.random(in: 0..<3, using: &random.random) {
            case 0: bytes.remove(at: place)
            case 1: bytes[place] = UInt8.random(in: 0...255, using: &random.random)
            default: bytes.insert(UInt8.random(in: 0...255, using: &random.random), at: place)
            }
            let parsed = try? JSON.parse(bytes)
            let read = try? IndexedJSON(bytes).root.json()
            #expect(parsed == read, "seed \(seed), round \(round)")
        }
    }

    @Test func `a typed value is the one that the tree's decoder makes`() throws {
        typealias Swarm = JSONCodableTests.Swarm
        let tree = JSONCodableTests.json
        for style in [[], .pretty] as [JSON.SerializationOptions] {
            let root = try indexed(tree.text(style))
            #expect(try root.decode(Swarm.self) == tree.decode(Swarm.self))
        }
    }

    struct Everything: Codable, Equatable {
        var date: Date?
        var data: Data?
        var url: URL?
        var int8: Int8?
        var unsigned: UInt64?
        var float: Float?
        var whole: Int?
        var negative: Int64?
        var kept: JSON?
        var list: [JSON]?
        var nested: [[String: Int]]?
    }

    @Test func `dates, data, numbers of all widths and null are as in a tree`() throws {
        let text = """
            {"date": "2024-01-02T03:04:05Z", "data": "aGk=", "url": "https://a/b", "int8": -128, "unsigned": 18446744073709,
             "float": 1.5e3, "whole": 2.0, "negative": -9223372036854775808, "kept": null, "list": [null, {"a": []}],
             "nested": [{"x": 1}, {}], "unknown": {"deep": [[["\\u00e9"]]]}}
            """
        let typed = try indexed(text).decode(Everything.self)
        #expect(try typed == JSON.parse(text).decode(Everything.self))
        #expect(typed.kept == .null && typed.whole == 2)
    }

    @Test(arguments: [
        #"{"name": 1}"#, #"{}"#, #"{"name": "a", "scaling": {"maxAgents": "x"}}"#,
        #"{"name": "a", "flags": [true, 1]}"#, #"{"name": "a", "parts": [{"maxAgents": 1}, {"maxAgents": 1.5}]}"#,
        #"{"name": "a", "labels": {"k": 1}}"#, #"{"name": "a", "strategy": "Odd"}"#, #"[]"#,
        #"{"name": "a", "scaling": {"minAgents": 3000000000}}"#,
    ])
    func `what does not fit is told in the same words, with the same path`(text: String) throws {
        let tree = try JSON.parse(text)
        let expected = #expect(throws: StructuredDataError.self) { try tree.decode(JSONCodableTests.Swarm.self) }
        let found = #expect(throws: StructuredDataError.self) {
            try indexed(text).decode(JSONCodableTests.Swarm.self)
        }
        #expect(found?.description == expected?.description)
    }

    @Test func `a member that is omitted is taken for absent, and costs nothing that is wrong with it`() throws {
        let root = try indexed(#"{"name": "a", "capabilities": [], "template": {"bad": "\ud800"}, "free": {}}"#)
        #expect(throws: (any Error).self) { try root.decode(JSONCodableTests.Swarm.self) }
        let swarm = try root.decode(JSONCodableTests.Swarm.self, omitting: root["template"])
        #expect(swarm.template == nil && swarm.free == [:])
    }

    @Test func `of two members of one name the later counts, however the name is written`() throws {
        let root = try indexed(#"{"name": "a", "n\u0061me": "b", "é": 1, "e\u0301": 2}"#)
        #expect(root["name"]?.stringValue == "b")
        #expect(try root["é"]?.json() == 2)
    }

    @Test func `a text keeps the members that it is asked for, as they stand`() throws {
        let text = try JSONText(JSON.parse(#"{"a": 1, "b": {"c": "é"}, "d": []}"#))
        let kept = try text.members { $0 != "a" }
        #expect(String(decoding: kept.bytes, as: UTF8.self) == #"{"b":{"c":"é"},"d":[]}"#)
        #expect(try text.members { _ in false }.json() == [:])
        struct Holder: Codable, Equatable { var part: JSONText }
        let holder = Holder(part: kept)
        #expect(try JSON(encoding: holder).decode(Holder.self) == holder)
        #expect(try indexed(JSON(encoding: holder).text()).decode(Holder.self) == holder)
    }

    @Test func `deep nesting is refused, not followed`() {
        let text = String(repeating: "[", count: 100_000)
        #expect(throws: JSONParseError.self) { try indexed(text) }
    }
}
