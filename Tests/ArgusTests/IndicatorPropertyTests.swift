import StructuredData
import Testing

@testable import Argus

@Suite("Every indicator, with many parameters")
struct IndicatorPropertyTests {
    private let columns: [String: [Double]]

    init() throws {
        columns = try IndicatorData.columns("synthetic", try #require(Fixture.indicators))
    }

    /// Parameters drawn from a seed, and those at the lower ends.
    private func argumentSets(_ function: IndicatorFunction) throws -> [IndicatorArguments] {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        func draw(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
        var sets = [try function.arguments()]
        for round in 0..<(function.parameters.isEmpty ? 0 : 12) {
            var given: [String: Double] = [:]
            for parameter in function.parameters {
                switch parameter.kind {
                case .integer(let range): given[parameter.name] = Double(range.lowerBound + (round == 0 ? 0 : draw(45)))
                case .real(let range):
                    given[parameter.name] = max(range.lowerBound, min(range.upperBound, Double(draw(400)) / 100 - 1))
                case .movingAverage:
                    given[parameter.name] = Double(
                        MovingAverageKind.allCases[draw(MovingAverageKind.allCases.count)].rawValue)
                }
            }
            if let smallest = given["minperiod"], let largest = given["maxperiod"], smallest > largest {
                (given["minperiod"], given["maxperiod"]) = (largest, smallest)
            }
            sets.append(try function.arguments(given))
        }
        return sets
    }

    private func inputs(_ function: IndicatorFunction) throws -> [[Double]] {
        try function.inputs.map { try #require(columns[$0.rawValue]) }
    }

    @Test("bar by bar as over the whole series, to the bit", arguments: IndicatorFunction.all.map(\.name))
    func streaming(name: String) throws {
        let function = try #require(IndicatorFunction.named(name))
        let inputs = try inputs(function)
        for arguments in try argumentSets(function) {
            let series = function.values(arguments, over: inputs)
            let stream = function.stream(arguments)
            var differences = 0
            for row in inputs[0].indices {
                let bar = inputs.map { $0[row] } + [0, 0, 0]
                let value = stream.next(IndicatorSample(bar[0], bar[1], bar[2], bar[3]))
                if (value == nil) != (row < series.firstIndex) { differences += 1 }
                guard let value, row >= series.firstIndex else { continue }
                for (index, column) in series.columns.enumerated()
                where value[index].bitPattern != column[row - series.firstIndex].bitPattern {
                    differences += 1
                }
            }
            #expect(differences == 0, "\(name) \(arguments.values)")
        }
    }

    @Test(
        "a stream goes on when its memory has moved",
        arguments: ["WMA", "MAX", "BETA", "STOCH", "HT_SINE", "MAVP", "ADXR"])
    func longStreams(name: String) throws {
        let function = try #require(IndicatorFunction.named(name))
        let once = try inputs(function)
        let inputs = once.map { column in (0..<12).flatMap { _ in column } }
        let arguments = try function.arguments()
        let series = function.values(arguments, over: inputs)
        let stream = function.stream(arguments)
        for row in inputs[0].indices {
            let bar = inputs.map { $0[row] } + [0, 0, 0]
            let value = stream.next(IndicatorSample(bar[0], bar[1], bar[2], bar[3]))
            guard let value else { continue }
            if value[0].bitPattern != series.columns[0][row - series.firstIndex].bitPattern {
                Issue.record("\(name) in row \(row)")
                return
            }
        }
    }

    @Test(
        "a series as long as the lookback has no value, one row more has one",
        arguments: IndicatorFunction.all.map(\.name))
    func lookback(name: String) throws {
        let function = try #require(IndicatorFunction.named(name))
        let whole = try inputs(function)
        for arguments in try argumentSets(function) {
            let count = function.lookback(arguments)
            guard count < whole[0].count else { continue }
            let short = function.values(arguments, over: whole.map { Array($0.prefix(count)) })
            #expect(short.columns.allSatisfy(\.isEmpty) && short.columns.count == function.outputs.count)
            let enough = function.values(arguments, over: whole.map { Array($0.prefix(count + 1)) })
            #expect(
                enough.firstIndex == count && enough.columns.allSatisfy { $0.count == 1 }, "\(name) \(arguments.values)"
            )
            let long = function.values(arguments, over: whole)
            #expect(zip(enough.columns, long.columns).allSatisfy { $0[0].bitPattern == $1[0].bitPattern }, "\(name)")
        }
    }

    @Test("an empty series has no value", arguments: IndicatorFunction.all.map(\.name))
    func empty(name: String) throws {
        let function = try #require(IndicatorFunction.named(name))
        let series = function.values(try function.arguments(), over: function.inputs.map { _ in [] })
        #expect(series.firstIndex == 0 && series.columns.allSatisfy(\.isEmpty))
    }

    @Test("whole numbers stay whole numbers")
    func wholeNumbers() throws {
        let names = ["HT_TRENDMODE", "MAXINDEX", "MININDEX", "MINMAXINDEX"]
        #expect(IndicatorFunction.all.filter(\.isInteger).map(\.name) == names)
        let functions: [JSON] = names.map { ["function": JSON($0)] }
        let answer = MarketAnalysis.run(
            Sample.envelope(
                Sample.bars(Sample.closes(100)), params: ["functions": .array(functions), "series": "all"]))
        for name in names {
            let outputs = try #require(answer["result"]?["series"]?["SPX"]?[name]?.objectValue)
            for (_, values) in outputs {
                let shown = try #require(values.arrayValue)
                #expect(shown.first == .null && shown.count == 100)
                #expect(shown.contains { if case .integer = $0 { true } else { false } })
                #expect(shown.allSatisfy { if case .integer = $0 { true } else { $0 == .null } })
            }
        }
    }
}

@Suite("Arguments of indicators")
struct IndicatorArgumentTests {
    private func message(_ name: String, _ given: [String: Double]) throws -> String {
        let function = try #require(IndicatorFunction.named(name))
        do throws(IndicatorArgumentError) {
            _ = try function.arguments(given)
            return ""
        } catch {
            return error.message
        }
    }

    @Test("periods of MAVP in the wrong order are refused")
    func periods() throws {
        #expect(
            try message("MAVP", ["minperiod": 9, "maxperiod": 5])
                == "MAVP: minperiod must not be greater than maxperiod")
        #expect(try message("MAVP", ["minperiod": 5, "maxperiod": 5]).isEmpty)
    }

    @Test("limits of real numbers are named")
    func limits() throws {
        #expect(try message("MAMA", ["fastlimit": 1]) == "MAMA: fastlimit must be from 0.01 to 0.99, and is 1")
        #expect(try message("T3", ["vfactor": -0.5]) == "T3: vfactor must be from 0 to 1, and is -0.5")
    }

    @Test("Kaufman's average comes to a line that stands still, whatever rounding left of the changes before")
    func standstill() throws {
        let function = try #require(IndicatorFunction.named("KAMA"))
        for seed in 1...20 {
            let moving = (0..<200).map { Double(($0 * 7919 + seed * 104_729) % 10_007) / 97 }
            let series = function.values(
                try function.arguments(["timeperiod": 10]), over: [moving + [Double](repeating: 51.7, count: 60)])
            // Where the efficiency ratio is 1, (2/3)² of what is missing goes at each bar.
            #expect(abs(try #require(series.columns[0].last) - 51.7) < 1e-9)
        }
    }

    @Test("kinds of moving average that are not available say which are")
    func kinds() throws {
        let text = try message("MA", ["matype": 11])
        #expect(
            text.contains("matype 11 (DEFAULT) is not available") && text.contains("9 (HMA), 12 (ZLEMA)"))
    }
}
