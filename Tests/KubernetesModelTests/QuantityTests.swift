import KubernetesModel
import StructuredData
import Testing

@Suite("Quantities")
struct QuantityTests {
    @Test(
        "Texts become canonical as the API server writes them",
        arguments: [
            ("0", "0"), ("1", "1"), ("0.5", "500m"), ("1000m", "1"), ("1500m", "1500m"), ("1.5", "1500m"),
            ("1000", "1k"), ("100000", "100k"), ("1500", "1500"), ("12345678", "12345678"), ("1e3", "1e3"),
            ("1E3", "1e3"), ("1500e3", "1500e3"), ("1E", "1E"), ("1024Mi", "1Gi"), ("0.5Gi", "512Mi"),
            ("1.5Ki", "1536"), ("512", "512"), ("0.5Ki", "512"), ("64Mi", "64Mi"), ("-1.5", "-1500m"), ("-0", "0"),
            ("+2", "2"), (".5", "500m"), ("5.", "5"), ("1n", "1n"), ("0.1n", "1n"), ("1u", "1u"),
            ("100M", "100M"), ("1e-3", "1e-3"), ("9223372036854775807", "9223372036854775807"),
            ("1e30", "9223372036854775807"), ("1001m", "1001m"), ("1000000n", "1m"), ("1.000000001", "1000000001n"),
        ])
    func canonicalTexts(_ text: String, _ canonical: String) throws {
        let quantity = try Quantity(parsing: text)
        #expect(quantity.description == canonical)
        #expect(try Quantity(parsing: canonical) == quantity)
    }

    @Test(
        "What is no quantity is refused",
        arguments: ["", "x", "1x", "1 Mi", "--1", "1.2.3", "Mi", "1ki", "1e", "e3", "1K"])
    func malformedTexts(_ text: String) {
        #expect(throws: QuantityError.self) { try Quantity(parsing: text) }
    }

    @Test("Quantities compare by value, however they are written")
    func comparison() throws {
        #expect(try Quantity(parsing: "1Gi") > Quantity(parsing: "1G"))
        #expect(try Quantity(parsing: "1024") == Quantity(parsing: "1Ki"))
        #expect(try Quantity(parsing: "0.1") == Quantity(parsing: "100m"))
        #expect(try Quantity(parsing: "-1.5") < Quantity(parsing: "-1"))
        #expect(try Quantity(parsing: "-1n") < Quantity(0))
        #expect(try Set([Quantity(parsing: "1000m"), Quantity(parsing: "1")]).count == 1)
    }

    @Test("Whole and milli values round away from zero")
    func conversions() throws {
        #expect(try Quantity(parsing: "1.2").value == 2)
        #expect(try Quantity(parsing: "-1.2").value == -2)
        #expect(try Quantity(parsing: "250m").milliValue == 250)
        #expect(try Quantity(parsing: "1Mi").value == 1_048_576)
        #expect(try Quantity(parsing: "8E").milliValue == Int64.max)
        #expect(Quantity(milli: -1500).description == "-1500m")
        #expect(try Quantity(parsing: "1.5").doubleValue == 1.5)
    }

    @Test("Sums and differences are exact and capped")
    func arithmetic() throws {
        #expect(try Quantity(parsing: "0.7") + Quantity(parsing: "300m") == Quantity(1))
        #expect(try (Quantity.zero + Quantity(parsing: "1Gi")).description == "1Gi")
        #expect(try Quantity(parsing: "1") - Quantity(parsing: "1.5") == Quantity(milli: -500))
        #expect(Quantity(Int64.max) + Quantity(1) == Quantity(Int64.max))
        #expect(Quantity(5) - Quantity(5) == Quantity.zero)
    }

    @Test("Quantities decode from texts and numbers, and encode canonically")
    func coding() throws {
        let list: JSON = ["1000m", 2, 0.5]
        let quantities = try list.decode([Quantity].self)
        #expect(try JSON(encoding: quantities) == ["1", "2", "500m"])
        #expect(throws: (any Error).self) { try JSON.string("much").decode(Quantity.self) }
    }
}
