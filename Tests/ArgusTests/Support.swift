import Foundation
import StructuredData
import Testing

@testable import Argus

/// What the reference script wrote, and the data that it read.
enum Fixture {
    private static let tests = URL(filePath: #filePath).deletingLastPathComponent()
    private static let root = tests.deletingLastPathComponent().deletingLastPathComponent()

    static let reference = try? JSON.parse(bytes(tests.appending(path: "Reference/reference.json")))

    /// The values that another reference script wrote.
    static func json(_ name: String) throws -> JSON {
        try JSON.parse(bytes(tests.appending(path: "Reference/\(name).json")))
    }

    /// What TA-Lib answers, and how it describes its functions; of other bars and parameters where a file of them is named.
    static let indicators = try? JSON.parse(
        bytes(
            ProcessInfo.processInfo.environment["ARGUS_INDICATOR_REFERENCE"].map { URL(filePath: $0) }
                ?? tests.appending(path: "Reference/indicators.json")))
    static let sp500 = try? String(
        decoding: bytes(root.appending(path: "Examples/data/sp500-daily-ohlcv.csv")), as: UTF8.self)

    static func stock(_ symbol: String) throws -> String {
        String(decoding: try bytes(root.appending(path: "Examples/data/stocks/\(symbol).csv")), as: UTF8.self)
    }

    static func example(_ path: String) throws -> [UInt8] { try bytes(root.appending(path: "Examples/\(path)")) }

    private static func bytes(_ url: URL) throws -> [UInt8] { Array(try Data(contentsOf: url)) }

    /// The columns of the S&P 500 index by name.
    static func columns() throws -> [String: [Double]] {
        var notes: [Finding] = []
        let text = try #require(sp500)
        let dataset = try CSVDatasetReader(name: "SPX", path: JSONPointer.root)
            .dataset(Array(text.utf8), notes: &notes)
        return Dictionary(uniqueKeysWithValues: dataset.columns.map { ($0.name, $0.values) })
    }
}

/// Whether values agree to 1e-9, relative where they are large.
func agree(_ value: Double?, _ reference: Double?, tolerance: Double = 1e-9) -> Bool {
    guard let value, let reference else { return value == nil && reference == nil }
    return abs(value - reference) <= tolerance * max(1, abs(reference))
}

/// Short inputs for tests of what is refused.
enum Sample {
    /// Bars with the given closes on consecutive days, high and low around them.
    static func bars(_ closes: [JSON], name: String = "SPX") -> JSON {
        let low = closes.map { $0.doubleValue.map { JSON($0 * 0.99) } ?? $0 }
        let high = closes.map { $0.doubleValue.map { JSON($0 * 1.01) } ?? $0 }
        return [
            "name": JSON(name),
            "bars": [
                "time": .array(days(closes.count)), "high": .array(high), "low": .array(low), "close": .array(closes),
            ],
        ]
    }

    static func days(_ count: Int) -> [JSON] {
        (0..<count).map { day in
            let text = String(day % 28 + 1)
            let month = String(day / 28 % 12 + 1)
            return JSON("\(2000 + day / 336)-\(month.count < 2 ? "0" : "")\(month)-\(text.count < 2 ? "0" : "")\(text)")
        }
    }

    /// Closes that wander without ever repeating.
    static func closes(_ count: Int) -> [JSON] {
        var state: UInt64 = 42
        var price = 100.0
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            price *= 1 + (Double(state >> 11) / 9_007_199_254_740_992 - 0.5) / 25
            return JSON(price)
        }
    }

    static func envelope(_ inputs: JSON..., params: JSON = [:]) -> JSON {
        ["inputs": .array(inputs), "params": params]
    }
}

extension JSON {
    var status: String? { self["status"]?.stringValue }

    var warningCodes: [String] { (self["warnings"]?.arrayValue ?? []).compactMap { $0["code"]?.stringValue } }

    /// The answer without what differs from run to run.
    var withoutCost: JSON {
        var copy = self
        copy["cost"] = nil
        return copy
    }

    var numbers: [Double?] { (arrayValue ?? []).map(\.doubleValue) }
}
