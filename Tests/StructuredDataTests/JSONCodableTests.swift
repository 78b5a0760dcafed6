import Foundation
import StructuredData
import Testing

@Suite("Codable over the JSON tree")
struct JSONCodableTests {
    struct Scaling: Codable, Equatable {
        var minAgents: Int32?
        var maxAgents: Int = 1
        var idleSeconds: Double?
    }

    enum Strategy: String, Codable {
        case demand = "Demand"
        case external = "External"
    }

    enum Shape: Codable, Equatable {
        case point
        case circle(radius: Double)
    }

    struct Swarm: Codable, Equatable {
        var name: String
        var labels: [String: String]?
        var scaling: Scaling?
        var capabilities: [String] = []
        var template: JSON?
        var free: JSONObject?
        var parts: [Scaling]?
        var extra: [String: JSON]?
        var strategy: Strategy?
        var flags: [Bool]?
        var shapes: [String: Shape]?
        var matrix: [[Float]]?
    }

    static let json: JSON = [
        "name": "argus", "labels": ["app": "x", "tier": "y"],
        "scaling": ["minAgents": 0, "maxAgents": 20, "idleSeconds": 1.5], "capabilities": ["a", "b"],
        "template": ["keep": [1, nil, ["this": 0.5]]], "free": ["b": 1, "a": nil], "parts": [["maxAgents": 3]],
        "extra": ["k": nil], "strategy": "External", "flags": [true, false],
        "shapes": ["s": ["circle": ["radius": 2]], "t": ["point": [:]]], "matrix": [[0.1, 2], []],
    ]

    @Test("values go into the tree and come back out")
    func roundTrip() throws {
        let swarm = try Self.json.decode(Swarm.self)
        #expect(swarm.scaling == Scaling(minAgents: 0, maxAgents: 20, idleSeconds: 1.5))
        #expect(swarm.template == Self.json["template"])
        #expect(swarm.shapes == ["s": .circle(radius: 2), "t": .point])
        #expect(swarm.matrix == [[0.1, 2], []])
        #expect(try JSON(encoding: swarm) == Self.json)
    }

    @Test("it agrees with Foundation's coders")
    func foundation() throws {
        let swarm = try Self.json.decode(Swarm.self)
        let data = try JSONEncoder().encode(swarm)
        #expect(try JSON.parse([UInt8](data)) == Self.json)
        #expect(try JSONDecoder().decode(Swarm.self, from: data) == swarm)
        #expect(try JSONDecoder().decode(JSON.self, from: Data(Self.json.serialized())) == Self.json)
        let whole = try JSON.parse([UInt8](try JSONEncoder().encode(Self.json)))
        #expect(whole == Self.json)
    }

    @Test("members that are nil are left out, null and absent members are nil")
    func optionals() throws {
        #expect(try JSON(encoding: Swarm(name: "x")) == ["name": "x", "capabilities": []])
        let swarm = try (["name": "x", "capabilities": [], "labels": nil, "scaling": nil] as JSON).decode(Swarm.self)
        #expect(swarm == Swarm(name: "x"))
    }

    @Test("a member of type JSON? keeps null as a value")
    func nullIsAValue() throws {
        let swarm = try (["name": "x", "capabilities": [], "template": nil] as JSON).decode(Swarm.self)
        #expect(swarm.template == JSON.null)
        #expect(try JSON(encoding: swarm)["template"] == JSON.null)
    }

    @Test("scalars, arrays and JSON itself are coded at the root")
    func roots() throws {
        #expect(try JSON(encoding: 5) == 5)
        #expect(try JSON(encoding: "a") == "a")
        #expect(try JSON(encoding: [1.5]) == [1.5])
        #expect(try JSON(encoding: Self.json) == Self.json)
        #expect(try JSON(encoding: Int?.none) == nil)
        #expect(try JSON(encoding: ["a": [nil, 1]] as [String: [Int?]]) == ["a": [nil, 1]])
        #expect(try Self.json.decode(JSON.self) == Self.json)
        #expect(try ([1, nil] as JSON).decode([Int?].self) == [1, nil])
        #expect(try (nil as JSON).decode(Int?.self) == nil)
        #expect(try ("x" as JSON).decode(String.self) == "x")
    }

    @Test("dictionaries of strings are encoded in the order of their keys")
    func dictionaryOrder() throws {
        let labels = Dictionary(uniqueKeysWithValues: (0..<50).map { ("key-\($0)", "v") })
        #expect(try JSON(encoding: labels).objectValue?.keys == labels.keys.sorted())
        #expect(try JSON(encoding: labels.mapValues { JSON.string($0) }).objectValue?.keys == labels.keys.sorted())
    }

    @Test("times are RFC 3339 text, data is base64, a URL its text")
    func foundationTypes() throws {
        struct Record: Codable, Equatable {
            var time: Date
            var data: Data
            var url: URL
        }
        let record = Record(
            time: Date(timeIntervalSince1970: 1_700_000_000), data: Data([1, 2, 255]),
            url: try #require(URL(string: "https://example.com/a?b=c")))
        let json: JSON = ["time": "2023-11-14T22:13:20Z", "data": "AQL/", "url": "https://example.com/a?b=c"]
        #expect(try JSON(encoding: record) == json)
        #expect(try json.decode(Record.self) == record)
        #expect(
            message { _ = try (["time": "yesterday"] as JSON).decode([String: Date].self) }
                == #"time: expected a time such as 2006-01-02T15:04:05Z, found "yesterday""#)
        #expect(message { _ = try ("§" as JSON).decode(Data.self) } == #"expected base64 text, found "§""#)
    }

    @Test("integers of every width are kept within their range")
    func integers() throws {
        #expect(try JSON(encoding: [UInt64.max]) == [.number(18_446_744_073_709_551_616)])
        #expect(try JSON(encoding: [Int8.min, Int8.max]) == [-128, 127])
        #expect(try (7.0 as JSON).decode(UInt8.self) == 7)
        #expect(try (-1 as JSON).decode(Int64.self) == -1)
        #expect(try JSON.number(9_223_372_036_854_775_808).decode(UInt64.self) == 1 << 63)
        #expect(
            message { _ = try (300 as JSON).decode(Int8.self) } == "expected an integer from -128 to 127, found 300")
        #expect(message { _ = try (-1 as JSON).decode(UInt.self) }?.hasPrefix("expected an integer from 0 to ") == true)
        #expect(message { _ = try (1.5 as JSON).decode(Int.self) } == "expected an integer, found 1.5")
        #expect(try JSON(encoding: Float(0.1)).text() == "0.1")
    }

    @Test("errors name the dotted path and what was found")
    func errors() throws {
        func change(_ pointer: String, _ value: JSON) throws -> JSON {
            var json = Self.json
            try json.set(value, at: JSONPointer(parsing: pointer))
            return json
        }
        #expect(
            message { _ = try change("/scaling/maxAgents", "x").decode(Swarm.self) }
                == #"scaling.maxAgents: expected an integer, found "x""#)
        #expect(
            message { _ = try change("/parts/0/idleSeconds", true).decode(Swarm.self) }
                == "parts[0].idleSeconds: expected a number, found true")
        #expect(
            message { _ = try change("/capabilities/1", [1]).decode(Swarm.self) }
                == "capabilities[1]: expected a string, found an array")
        #expect(
            message { _ = try change("/labels/app.kubernetes.io~1name", 1).decode(Swarm.self) }
                == "labels[app.kubernetes.io/name]: expected a string, found 1")
        #expect(
            message { _ = try change("/matrix/0/1", [:]).decode(Swarm.self) }
                == "matrix[0][1]: expected a number, found an empty object")
        #expect(
            message { _ = try change("/scaling", [1]).decode(Swarm.self) }
                == "scaling: expected an object, found an array")
        #expect(
            message { _ = try change("/parts", [:]).decode(Swarm.self) }
                == "parts: expected an array, found an empty object")
        #expect(
            message { _ = try change("/flags", [nil]).decode(Swarm.self) }
                == "flags[0]: expected true or false, found null")
        #expect(message { _ = try change("/name", nil).decode(Swarm.self) } == "name: expected a string, found null")
        #expect(message { _ = try change("/strategy", "Never").decode(Swarm.self) }?.hasPrefix("strategy: ") == true)
        #expect(message { _ = try ([:] as JSON).decode(Swarm.self) } == "name: is required, but missing")
        #expect(message { _ = try ("x" as JSON).decode(Swarm.self) } == #"expected an object, found "x""#)
        let error = try #require(throws: StructuredDataError.self) { try change("/parts/0", [:]).decode(Swarm.self) }
        #expect(error.code == .missingMember && error.path == "parts[0].maxAgents")
    }

    @Test("nested containers, super coders and inheritance are supported")
    func containers() throws {
        class Base: Codable {
            var id = 1
        }
        final class Derived: Base {
            var name = "n"
            enum Keys: CodingKey { case name, pair, rows }
            enum Inner: CodingKey { case left }
            init(name: String) {
                super.init()
                self.name = name
            }
            required init(from decoder: any Decoder) throws {
                let container = try decoder.container(keyedBy: Keys.self)
                try super.init(from: try container.superDecoder())
                name = try container.decode(String.self, forKey: .name)
                let left = try container.nestedContainer(keyedBy: Inner.self, forKey: .pair)
                #expect(try left.decode(Int.self, forKey: .left) == 7)
                var rows = try container.nestedUnkeyedContainer(forKey: .rows)
                #expect(rows.count == 3)
                #expect(try rows.decode(Int.self) == 8)
                #expect(try rows.decodeNil())
                var last = try rows.nestedUnkeyedContainer()
                #expect(try last.decode(String.self) == "end")
                #expect(last.isAtEnd && rows.isAtEnd)
                #expect(throws: DecodingError.self) { try rows.decode(Int.self) }
            }
            override func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: Keys.self)
                var left = container.nestedContainer(keyedBy: Inner.self, forKey: .pair)
                var rows = container.nestedUnkeyedContainer(forKey: .rows)
                try container.encode(name, forKey: .name)
                try super.encode(to: container.superEncoder())
                try left.encode(7, forKey: .left)
                try rows.encode(8)
                try rows.encodeNil()
                var last = rows.nestedUnkeyedContainer()
                try last.encode("end")
            }
        }
        let json: JSON = ["name": "d", "super": ["id": 1], "pair": ["left": 7], "rows": [8, nil, ["end"]]]
        #expect(try JSON(encoding: Derived(name: "d")) == json)
        #expect(try json.decode(Derived.self).name == "d")
    }

    @Test("a type's own errors pass through")
    func foreignErrors() {
        struct Odd: Error {}
        struct Picky: Codable {
            init() {}
            init(from decoder: any Decoder) throws { throw Odd() }
            func encode(to encoder: any Encoder) throws { throw Odd() }
        }
        #expect(throws: Odd.self) { try (1 as JSON).decode(Picky.self) }
        #expect(throws: Odd.self) { try JSON(encoding: [Picky()]) }
    }

    private func message(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch {
            return "\(error)"
        }
    }
}
