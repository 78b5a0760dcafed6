import ArgumentParser
import Argus
import BenchmarkSupport
import Foundation
import StructuredData

/// All indicators over a long series.
struct IndicatorBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "indicators",
        abstract: "Every indicator with its default parameters over many bars, beside TA-Lib in C.",
        discussion: """
            Both sides read the same seeded bars and write to memory that is there already. TA-Lib's library is called
            directly. The sides take turns, so that neither has the quieter time of the machine to itself. The figure is the
            ratio of the fastest calls; the bounds are a geometric mean of 1 and no ratio above 1.5.
            """)

    @Option(help: "Bars.") var bars = 1_000_000
    @Option(help: "Functions, separated by commas; all where absent.") var functions: String?
    @OptionGroup var options: PeerOptions

    private static let turns = 3

    func run() throws {
        let data = IndicatorBars(count: bars)
        let chosen = try IndicatorBars.chosen(functions)
        let file = FileManager.default.temporaryDirectory.appending(path: "argus-bars-\(UUID().uuidString).f64")
        try data.write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }

        var version = ""
        var (own, peer) = ([Double](), [Double]())
        for turn in 0..<Self.turns {
            let (seconds, peerSeconds) = (
                try chosen.map { try self.seconds(of: $0, data) }, try self.peerSeconds(of: chosen, file, &version)
            )
            own = turn == 0 ? seconds : zip(own, seconds).map(min)
            peer = turn == 0 ? peerSeconds : zip(peer, peerSeconds).map(min)
        }
        let ratios = zip(chosen, zip(own, peer)).map { (name: $0.name, value: $1.0 / $1.1) }
        var table = FigureTable()
        let logarithms = ratios.map { log($0.value) }
        table.add(
            "geometric mean", exp(logarithms.reduce(0, +) / Double(logarithms.count)), "x", digits: 3, atMost: 1)
        for ratio in ratios.sorted(by: { $0.value > $1.value }) {
            table.add(ratio.name, ratio.value, "x", digits: 2, atMost: 1.5)
        }
        table.report(
            "indicators", Conditions(folder: ".", software: ["TA-Lib \(version)"]),
            "\(bars) bars, \(chosen.count) functions, best of \(options.repetitions) in each of \(Self.turns) turns on both sides",
            asJSON: options.json)
    }

    /// The fastest of several calls of each function, by the peer.
    private func peerSeconds(
        of functions: [IndicatorFunction], _ file: URL, _ version: inout String
    ) throws -> [Double] {
        let answer = try PythonPeer(script: "talib_peer.py", packages: ["ta-lib==0.8.2", "numpy"]).run(
            python: options.python,
            [file.path(percentEncoded: false), "--repeats", "\(options.repetitions)"] + functions.map(\.name),
            environment: PeerOptions.oneCore)
        guard let text = answer["versions"]?["TA-Lib C"]?.stringValue else {
            throw BenchmarkFailure("the peer printed something else: \(answer.text())")
        }
        version = text
        return try functions.map { function in
            guard let seconds = answer["seconds"]?[function.name]?.doubleValue, seconds > 0 else {
                throw BenchmarkFailure("the peer did not measure \(function.name)")
            }
            return seconds
        }
    }

    /// The fastest of several calls.
    private func seconds(of function: IndicatorFunction, _ data: IndicatorBars) throws -> Double {
        let arguments = try function.arguments()
        let columns = function.inputs.map { UnsafeBufferPointer(data[$0]) }
        let outputs = IndicatorBars.allocate(function.outputs.count, of: bars)
        defer { IndicatorBars.deallocate(outputs) }
        var fastest = Double.infinity
        for _ in 0..<options.repetitions {
            let start = ContinuousClock.now
            let count = function.fill(arguments, over: columns, into: outputs)
            fastest = min(fastest, start.duration(to: .now).seconds)
            guard count > 0 else { throw BenchmarkFailure("\(function.name): \(bars) bars are too few") }
        }
        return fastest
    }
}

/// One bar more.
struct AppendBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "append",
        abstract: "The time that one more bar takes, for every indicator with its default parameters.",
        discussion:
            "The clock is read around each bar, which is part of the time. The bound is 5 µs at the 99th percentile.")

    @Option(help: "Bars.") var bars = 200_000
    @Option(help: "Functions, separated by commas; all where absent.") var functions: String?
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        let data = IndicatorBars(count: bars)
        var figures: [(name: String, percentiles: (Double, Double))] = []
        for function in try IndicatorBars.chosen(functions) {
            let stream = function.stream(try function.arguments())
            let columns = function.inputs.map { data[$0] }
            func value(_ column: Int, _ row: Int) -> Double { column < columns.count ? columns[column][row] : 0 }
            var durations = Durations()
            for row in 0..<bars {
                let sample = IndicatorSample(value(0, row), value(1, row), value(2, row), value(3, row))
                let start = ContinuousClock.now
                _ = stream.next(sample)
                durations.add(start.duration(to: .now))
            }
            figures.append((function.name, (durations.percentile(50) * 1e3, durations.percentile(99) * 1e3)))
        }
        var table = FigureTable()
        for figure in figures.sorted(by: { $0.percentiles.1 > $1.percentiles.1 }) {
            table.add("\(figure.name) p50", figure.percentiles.0, "µs", digits: 3)
            table.add("\(figure.name) p99", figure.percentiles.1, "µs", digits: 3, atMost: 5)
        }
        table.report("append", Conditions(folder: ".", software: []), "\(bars) bars each", asJSON: json)
    }
}

/// Seeded bars, the same on every machine, in memory that does not move.
final class IndicatorBars {
    private let columns: [UnsafeMutableBufferPointer<Double>]

    init(count: Int) {
        columns = Self.allocate(IndicatorInput.allCases.count, of: count)
        var state: UInt64 = 7
        func uniform() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) / 9_007_199_254_740_992
        }
        var close = 100.0
        for row in 0..<count {
            let open = close
            // About half a percent a bar, and back toward 100, so that a million bars stay in range.
            close *= exp((uniform() + uniform() + uniform() - 1.5) * 0.01 - 1e-4 * log(close / 100))
            self[.open][row] = open
            self[.close][row] = close
            self[.high][row] = max(open, close) * (1 + 0.003 * uniform())
            self[.low][row] = min(open, close) * (1 - 0.003 * uniform())
            self[.volume][row] = (1e6 * uniform()).rounded()
            self[.periods][row] = (40 * uniform()).rounded()
        }
    }

    deinit { Self.deallocate(columns) }

    /// Columns one after another in one piece of memory, on large pages, as NumPy has them. Columns of their own would all begin
    /// at the same place of a page, where stores and loads get in each other's way; on small pages a function that does little
    /// waits for their translation.
    static func allocate(_ columns: Int, of count: Int) -> [UnsafeMutableBufferPointer<Double>] {
        let largePage = 1 << 21
        let bytes = columns * count * MemoryLayout<Double>.stride
        let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: largePage)
        #if canImport(Glibc) || canImport(Musl)
            // Advice: without large pages the memory is as good, and slower.
            _ = madvise(memory, bytes, MADV_HUGEPAGE)
        #endif
        let whole = UnsafeMutableBufferPointer(
            start: memory.initializeMemory(as: Double.self, repeating: 0, count: columns * count),
            count: columns * count)
        return (0..<columns).map { UnsafeMutableBufferPointer(rebasing: whole[$0 * count..<($0 + 1) * count]) }
    }

    static func deallocate(_ columns: [UnsafeMutableBufferPointer<Double>]) { columns[0].baseAddress?.deallocate() }

    subscript(input: IndicatorInput) -> UnsafeMutableBufferPointer<Double> {
        columns[IndicatorInput.allCases.firstIndex(of: input) ?? 0]
    }

    /// All columns, one after another, as the peer reads them.
    func write(to file: URL) throws {
        var bytes = Data()
        for column in columns { bytes.append(UnsafeRawBufferPointer(column).bindMemory(to: UInt8.self)) }
        try bytes.write(to: file)
    }

    static func chosen(_ names: String?) throws -> [IndicatorFunction] {
        guard let names else { return IndicatorFunction.all }
        return try names.split(separator: ",").map { name in
            guard let function = IndicatorFunction.named(String(name)) else {
                throw ValidationError("there is no function \(name)")
            }
            return function
        }
    }
}
