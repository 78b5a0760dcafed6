/// An indicator that takes bars one by one, with the values that the batch form has for the same bars, to the bit.
///
/// One task at a time may use it. Memory is bounded by what the function reads back, not by the number of bars.
public final class IndicatorStream {
    enum Stage {
        case warmUp, first, later
    }

    typealias Step = (_ stage: Stage, _ bars: BarColumns, _ row: Int) -> IndicatorValue?

    private var columns: [SeriesHistory]
    private let bars: BarColumns
    private let lookback: Int
    private var count = 0
    private let step: Step

    /// - Parameter reach: how many rows before the current one are read again.
    init(inputCount: Int, lookback: Int, reach: Int, step: @escaping Step) {
        columns = (0..<inputCount).map { _ in SeriesHistory(reach: reach) }
        bars = BarColumns(columns.map(\.values))
        self.lookback = lookback
        self.step = step
    }

    /// Takes the next bar. Answers `nil` until the function has warmed up, and a value for every bar from then on.
    public func next(_ sample: IndicatorSample) -> IndicatorValue? {
        var row = 0
        for index in columns.indices { row = columns[index].append(sample[index]) }
        guard count <= lookback else { return step(.later, bars, row) }
        count += 1
        return step(count > lookback ? .first : .warmUp, bars, row)
    }
}

/// One bar as an indicator sees it: the values of the function's inputs, in the order in which its descriptor names them.
public struct IndicatorSample: Sendable, Equatable {
    public var first: Double
    public var second: Double
    public var third: Double
    public var fourth: Double

    public init(_ first: Double, _ second: Double = 0, _ third: Double = 0, _ fourth: Double = 0) {
        self.first = first
        self.second = second
        self.third = third
        self.fourth = fourth
    }

    /// The most inputs that a function can have.
    static let capacity = 4

    /// The input at `index`.
    public subscript(index: Int) -> Double {
        switch index {
        case 0: first
        case 1: second
        case 2: third
        default: fourth
        }
    }
}

/// What an indicator answers for one bar: the values of its outputs, in the order in which its descriptor names them.
public struct IndicatorValue: Sendable, Equatable {
    public var first: Double
    public var second: Double
    public var third: Double

    public init(_ first: Double, _ second: Double = 0, _ third: Double = 0) {
        self.first = first
        self.second = second
        self.third = third
    }

    /// The most outputs that a function can have.
    static let capacity = 3

    /// The output at `index`.
    public subscript(index: Int) -> Double {
        switch index {
        case 0: first
        case 1: second
        default: third
        }
    }
}

/// The values of an indicator over a whole series.
public struct IndicatorSeries: Sendable, Equatable {
    /// The bar to which the first values belong; bars before it have none.
    public var firstIndex: Int
    /// One column for each output, all of the same length.
    public var columns: [[Double]]
}
