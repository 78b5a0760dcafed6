import FoundationEssentials
import StructuredData
import Testing

@testable import Argus

/// The series of the example data, and reference values beside them.
enum TestSeries {
    private static let tests = URL(filePath: #filePath).deletingLastPathComponent()

    /// What a script of the folder Reference wrote.
    static func reference(_ name: String) throws -> JSON {
        try JSON.parse(Array(try Data(contentsOf: tests.appending(path: "Reference/\(name).json"))))
    }

    /// The closes of one of the stocks.
    static func closes(_ symbol: String) throws -> [Double] {
        var notes: [Finding] = []
        let dataset = try CSVDatasetReader(name: symbol, path: JSONPointer.root)
            .dataset(Array(try Fixture.stock(symbol).utf8), notes: &notes)
        return try #require(dataset.columns.first { $0.name == "close" }).values
    }

    /// The simple returns of one of the stocks.
    static func returns(_ symbol: String) throws -> [Double] { SymbolSeries.returns(of: try closes(symbol), .simple) }
}

extension JSON {
    /// The rows of a matrix of numbers.
    var matrix: Matrix { Matrix(rows: (arrayValue ?? []).map { $0.numbers.map { $0 ?? .nan } }) }
}
