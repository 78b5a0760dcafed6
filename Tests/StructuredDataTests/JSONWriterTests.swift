import StructuredData
import Testing

@Suite("Writing JSON")
struct JSONWriterTests {
    @Test(
        "numbers take the fewest digits that read back as the same",
        arguments: [
            (.integer(.max), "9223372036854775807"), (.integer(.min), "-9223372036854775808"), (1.0, "1"), (0.1, "0.1"),
            (-2.5, "-2.5"), (9007199254740991.0, "9007199254740991"), (1e21, "1e+21"),
            (.number(.leastNonzeroMagnitude), "5e-324"),
            (.number(.nan), "null"), (.number(.infinity), "null"), (.number(-.infinity), "null"), (100000.0, "100000"),
        ] as [(JSON, String)])
    func numbers(value: JSON, text: String) {
        #expect(value.text() == text)
    }

    @Test("strings are escaped where they must be, and nowhere else")
    func strings() {
        #expect(
            JSON.string("\"\\/\u{8}\u{C}\n\r\t\u{0}\u{1F}\u{7F}é😀\u{2028}").text()
                == "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\u{7F}é😀\u{2028}\"")
        #expect(JSON.string("").text() == "\"\"")
    }

    @Test("the compact form has no spaces and keeps the members' order")
    func compact() {
        let value: JSON = ["b": [1, nil, true], "a": ["x": [:], "y": []]]
        #expect(value.text() == #"{"b":[1,null,true],"a":{"x":{},"y":[]}}"#)
        #expect("\(value)" == value.text())
    }

    @Test("the pretty form indents by two spaces and leaves empty ones on their line")
    func pretty() {
        let value: JSON = ["b": [1, [:]], "a": [:], "c": []]
        #expect(
            value.text(.pretty) == """
                {
                  "b": [
                    1,
                    {}
                  ],
                  "a": {},
                  "c": []
                }
                """)
    }

    @Test("sorted keys are in the order of their bytes at every level")
    func sorted() {
        let value: JSON = ["é": 1, "z": ["b": 1, "a": 2], "Z": 3, "": 4, "aa": 5, "a": 6]
        #expect(value.text(.sortedKeys) == #"{"":4,"Z":3,"a":6,"aa":5,"z":{"a":2,"b":1},"é":1}"#)
        #expect(
            JSON(["b": "1", "a": "2"] as [String: String]).text([.pretty, .sortedKeys])
                == "{\n  \"a\": \"2\",\n  \"b\": \"1\"\n}")
    }

    @Test("what is written reads back as the same value", arguments: SeededGenerator.freshSeeds)
    func roundTrip(seed: UInt64) throws {
        print("seed of the JSON round trip: \(seed)")
        var generator = RandomJSON(seed: seed)
        for _ in 0..<500 {
            let value = generator.value()
            #expect(try JSON.parse(value.serialized()) == value)
            #expect(try JSON.parse(value.text(.pretty)) == value)
            #expect(try JSON.parse(value.text(.sortedKeys)).text(.sortedKeys) == value.text(.sortedKeys))
        }
    }

    @Test("a damaged text is either refused or read as what it says", arguments: SeededGenerator.freshSeeds)
    func damage(seed: UInt64) throws {
        print("seed of the damaged JSON: \(seed)")
        var generator = RandomJSON(seed: seed)
        var refused = 0
        for _ in 0..<2000 {
            var bytes = generator.value().serialized()
            for _ in 0..<Int.random(in: 1...3, using: &generator.random) {
                let place = Int.random(in: bytes.indices, using: &generator.random)
                switch Int.random(in: 0..<3, using: &generator.random) {
                case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &generator.random)
                case 1: bytes.remove(at: place)
                default: bytes.insert(bytes[place], at: place)
                }
                if bytes.isEmpty { bytes = [0x30] }
            }
            do {
                let value = try JSON.parse(bytes)
                #expect(try JSON.parse(value.serialized()) == value)
            } catch {
                refused += 1
                #expect(error.offset <= bytes.count && error.line >= 1 && error.column >= 1)
            }
        }
        #expect(refused > 0)
    }
}
