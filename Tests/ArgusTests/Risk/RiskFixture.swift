import StructuredData
import Testing

@testable import Argus

/// The book that the reference script assesses, and shorter ones.
enum RiskFixture {
    static let weights: JSON = ["AAPL": 0.4, "XOM": 0.35, "JPM": 0.25]

    /// The latest `rows` rows of a stock.
    static func stock(_ symbol: String, rows: Int) throws -> JSON {
        let lines = try Fixture.stock(symbol).split(separator: "\n")
        let text = ([lines[0]] + lines.suffix(rows)).joined(separator: "\n")
        return ["name": JSON(symbol), "csv": JSON(text)]
    }

    /// The envelope of the reference book.
    static func book(_ params: JSON, rows: Int = 1501, symbols: [String] = ["AAPL", "XOM", "JPM"]) throws -> JSON {
        let inputs = try symbols.map { try stock($0, rows: rows) }
        var params = params
        if params["positions"] == nil, params["weights"] == nil { params["weights"] = weights }
        return ["inputs": .array(inputs), "params": params]
    }

    /// Returns as they are, without times.
    static func returns(_ columns: [(String, [Double])], params: JSON, seed: Int = 0) -> JSON {
        let members = columns.map { ($0.0, JSON.array($0.1.map(JSON.number))) }
        return [
            "seed": JSON(seed),
            "inputs": [["name": "returns", "returns": ["columns": .object(JSONObject(members))]]], "params": params,
        ]
    }

    /// Normal variates with the seed's own numbers, times `scale`.
    static func noise(_ count: Int, seed: UInt64, scale: Double = 0.01) -> [Double] {
        let random = CounterRandom(seed: seed)
        return (0..<count).map { scale * random.normal(path: $0, stream: 77, index: 0) }
    }
}

/// Whether values agree relatively.
func isClose(_ value: Double?, _ wanted: Double?, _ tolerance: Double) -> Bool {
    guard let value, let wanted else { return value == nil && wanted == nil }
    return abs(value - wanted) <= tolerance * abs(wanted)
}

/// The answer, which must fit the schema.
func assess(_ input: JSON, sourceLocation: SourceLocation = #_sourceLocation) throws -> JSON {
    let answer = RiskAssessment.run(input)
    let violations = try JSONSchema(RiskAssessment.outputSchema).validate(answer)
    #expect(violations.isEmpty, sourceLocation: sourceLocation)
    return answer
}
