import StructuredData
import Testing

@Suite("Writing YAML")
struct YAMLWriterTests {
    @Test("objects and arrays stand as blocks, empty ones as brackets")
    func blocks() {
        let value: JSON = [
            "apiVersion": "v1", "metadata": ["name": "x", "labels": [:]],
            "items": [1, ["a": [2.5, []], "b": nil], [true]],
            "none": [],
        ]
        #expect(
            YAML.serialize(value) == """
                apiVersion: v1
                metadata:
                  name: x
                  labels: {}
                items:
                - 1
                - a:
                  - 2.5
                  - []
                  b: null
                - - true
                none: []

                """)
    }

    @Test("a text of several lines is a literal block")
    func literals() {
        let value: JSON = [
            "long": "a\n\n\n", "script": "#!/bin/sh\necho \"hi: there\"\n\n  indented\n", "short": "a\nb",
        ]
        #expect(
            YAML.serialize(value) == """
                long: |+
                  a


                script: |
                  #!/bin/sh
                  echo "hi: there"

                    indented
                short: |-
                  a
                  b

                """)
    }

    @Test(
        "a text is quoted where it would be read as something else",
        arguments: [
            "true", "No", "y", "on", "null", "~", "", "1", "-1.5", "0x1F", "017", "1e3", "1_000", "1:30", ".5", ".inf",
            "2001-12-14", "2001-12-14T21:59:43Z", "<<", "=", "0o7", "1_000.5", "190:20:30.15",
        ])
    func quoted(text: String) {
        #expect(YAML.serialize([.string(text)]) == "- \"\(text)\"\n")
    }

    @Test(
        "a text that means itself is left plain",
        arguments: [
            "argus", "a b", "10.0.0.1", "1.2.3", "100Mi", "5m", "app.kubernetes.io/name",
            "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
            "v1", "http://x/y?z=1", "80/TCP", "nO", "é漢", "-x",
        ])
    func plain(text: String) {
        #expect(YAML.serialize([.string(text)]) == "- \(text)\n")
    }

    @Test("keys are quoted like values")
    func keys() {
        #expect(YAML.serialize(["yes": 1, "1": 2, "a: b": 3]) == "\"yes\": 1\n\"1\": 2\n'a: b': 3\n")
    }

    @Test("a long line is not folded")
    func longLines() {
        let text = Array(repeating: "word", count: 100).joined(separator: " ")
        #expect(YAML.serialize(["a": .string(text)]) == "a: \(text)\n")
    }

    @Test("documents are separated")
    func documents() throws {
        let documents: [JSON] = [["a": 1], [1, 2], "text", nil, "multi\nline\n", [:]]
        let text = YAML.serialize(documents: documents)
        #expect(text.hasPrefix("a: 1\n---\n- 1\n- 2\n---"))
        #expect(try YAML.parse(text) == documents)
        #expect(YAML.serialize(documents: []) == "")
    }

    @Test("what is written reads back as the same value", arguments: SeededGenerator.freshSeeds)
    func roundTrip(seed: UInt64) throws {
        print("seed of the YAML round trip: \(seed)")
        var generator = RandomJSON(seed: seed)
        for _ in 0..<500 {
            let value = generator.value()
            let text = YAML.serialize(value)
            #expect(try YAML.parse(text) == [value], "\(text)")
        }
    }

    @Test("every single character reads back, alone and among others")
    func characters() throws {
        for code in (0 as UInt32)...0x2FFF {
            guard let scalar = Unicode.Scalar(code) else { continue }
            let texts: [JSON] = ["\(scalar)", "a\(scalar)b", "a \(scalar)", "\(scalar) b", "a\n\(scalar)\nb"].map(
                JSON.string)
            let value = JSON.array(texts)
            #expect(try YAML.parse(YAML.serialize(value)) == [value], "U+\(String(code, radix: 16))")
        }
    }
}
