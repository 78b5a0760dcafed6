/// MAX and MIN.
struct ExtremeOverPeriod<Order: ExtremeOrder>: SeriesKernel {
    private let oldest: Int
    private var extreme: BlockExtreme<Order>

    init(period: Int) {
        oldest = period - 1
        extreme = BlockExtreme(period: period)
    }

    var lookback: Int { oldest }
    var reach: Int { oldest }

    @inline(__always)
    mutating func next(_ values: UnsafePointer<Double>, _ row: Int) -> Double { extreme.next(values, row) }

    func fill(_ bars: BarColumns, count: Int, into outputs: OutputColumns) {
        var row = oldest
        while row < count {
            let rows = min(oldest + 1, count - row)
            extreme.block(bars.first, row, count: rows, into: outputs.first + (row - oldest))
            row += rows
        }
        withExtendedLifetime(extreme) {}
    }
}

/// MAXINDEX and MININDEX: the row of the extreme, from the beginning of the series.
struct ExtremeIndexOverPeriod<Order: ExtremeOrder>: SeriesKernel {
    private let oldest: Int
    private var extreme = WindowExtreme<Order>()
    private var rows = 0

    init(period: Int) {
        oldest = period - 1
        rows = oldest
    }

    var lookback: Int { oldest }
    var reach: Int { oldest }

    @inline(__always)
    mutating func next(_ values: UnsafePointer<Double>, _ row: Int) -> Double {
        extreme.next(values, row, oldest: oldest)
        defer { rows &+= 1 }
        return Double(rows &- extreme.age)
    }
}

/// MINMAX.
struct ExtremesOverPeriod: IndicatorKernel {
    private let oldest: Int
    private var lowest: BlockExtreme<Lowest>
    private var highest: BlockExtreme<Highest>

    init(period: Int) {
        oldest = period - 1
        lowest = BlockExtreme(period: period)
        highest = BlockExtreme(period: period)
    }

    var lookback: Int { oldest }
    var reach: Int { oldest }

    @inline(__always)
    mutating func next(_ bars: BarColumns, _ row: Int) -> OutputPair {
        OutputPair(lowest.next(bars.first, row), highest.next(bars.first, row))
    }

    func fill(_ bars: BarColumns, count: Int, into outputs: OutputColumns) {
        let oldest = oldest
        BlockExtremes(period: oldest + 1).forEach(highs: bars.first, lows: bars.first, count: count) { row, high, low in
            OutputPair(low, high).store(to: outputs, at: row &- oldest)
        }
    }
}

/// MINMAXINDEX: the rows of the extremes, from the beginning of the series.
struct ExtremeIndexesOverPeriod: IndicatorKernel {
    private let oldest: Int
    private var lowest = WindowExtreme<Lowest>()
    private var highest = WindowExtreme<Highest>()
    private var rows: Int

    init(period: Int) {
        oldest = period - 1
        rows = oldest
    }

    var lookback: Int { oldest }
    var reach: Int { oldest }

    @inline(__always)
    mutating func next(_ bars: BarColumns, _ row: Int) -> OutputPair {
        lowest.next(bars.first, row, oldest: oldest)
        highest.next(bars.first, row, oldest: oldest)
        defer { rows &+= 1 }
        return OutputPair(Double(rows &- lowest.age), Double(rows &- highest.age))
    }
}

/// MIDPRICE, the middle between the highest high and the lowest low.
struct MiddleOfBars: IndicatorKernel {
    private let oldest: Int
    private var lowest: BlockExtreme<Lowest>
    private var highest: BlockExtreme<Highest>

    init(period: Int) {
        oldest = period - 1
        lowest = BlockExtreme(period: period)
        highest = BlockExtreme(period: period)
    }

    var lookback: Int { oldest }
    var reach: Int { oldest }

    @inline(__always)
    mutating func next(_ bars: BarColumns, _ row: Int) -> Double {
        (highest.next(bars.first, row) + lowest.next(bars.second, row)) / 2
    }

    func fill(_ bars: BarColumns, count: Int, into outputs: OutputColumns) {
        let oldest = oldest
        BlockExtremes(period: oldest + 1).forEach(highs: bars.first, lows: bars.second, count: count) {
            row, high, low in
            outputs.first[row &- oldest] = (high + low) / 2
        }
    }
}

/// MIDPOINT: the middle between the highest and the lowest value.
struct MiddleOfRange: SeriesKernel {
    private let oldest: Int
    private var lowest: BlockExtreme<Lowest>
    private var highest: BlockExtreme<Highest>

    init(period: Int) {
        oldest = period - 1
        lowest = BlockExtreme(period: period)
        highest = BlockExtreme(period: period)
    }

    var lookback: Int { oldest }
    var reach: Int { oldest }

    @inline(__always)
    mutating func next(_ values: UnsafePointer<Double>, _ row: Int) -> Double {
        (highest.next(values, row) + lowest.next(values, row)) / 2
    }

    func fill(_ bars: BarColumns, count: Int, into outputs: OutputColumns) {
        let oldest = oldest
        BlockExtremes(period: oldest + 1).forEach(highs: bars.first, lows: bars.first, count: count) { row, high, low in
            outputs.first[row &- oldest] = (high + low) / 2
        }
    }
}

/// WILLR: how far the close lies below the highest high, in percent of the range of highs and lows, from 0 to −100.
struct WilliamsRange: IndicatorKernel {
    private let oldest: Int
    private var lowest: BlockExtreme<Lowest>
    private var highest: BlockExtreme<Highest>

    init(period: Int) {
        oldest = period - 1
        lowest = BlockExtreme(period: period)
        highest = BlockExtreme(period: period)
    }

    var lookback: Int { oldest }
    var reach: Int { oldest }

    @inline(__always)
    mutating func next(_ bars: BarColumns, _ row: Int) -> Double {
        Self.value(bars.third[row], high: highest.next(bars.first, row), low: lowest.next(bars.second, row))
    }

    @inline(__always)
    private static func value(_ close: Double, high: Double, low: Double) -> Double {
        let range = high - low
        return range != 0 ? (high - close) / range * -100 : 0
    }

    func fill(_ bars: BarColumns, count: Int, into outputs: OutputColumns) {
        let oldest = oldest
        BlockExtremes(period: oldest + 1).forEach(highs: bars.first, lows: bars.second, count: count) {
            row, high, low in
            outputs.first[row &- oldest] = Self.value(bars.third[row], high: high, low: low)
        }
    }
}

/// AROON: how long ago the lowest low and the highest high of `period` + 1 bars were, 100 for now and 0 for the oldest bar.
struct AroonKernel: IndicatorKernel {
    private let period: Int
    private let factor: Double
    private var lowest = WindowExtreme<LatestLowest>()
    private var highest = WindowExtreme<LatestHighest>()

    init(period: Int) {
        self.period = period
        factor = 100 / Double(period)
    }

    var lookback: Int { period }
    var reach: Int { period }

    @inline(__always)
    mutating func next(_ bars: BarColumns, _ row: Int) -> OutputPair {
        highest.next(bars.first, row, oldest: period)
        lowest.next(bars.second, row, oldest: period)
        return OutputPair(factor * Double(period &- lowest.age), factor * Double(period &- highest.age))
    }
}

/// AROONOSC: Aroon up less Aroon down.
struct AroonOscillator: IndicatorKernel {
    private let period: Int
    private let factor: Double
    private var lowest = WindowExtreme<LatestLowest>()
    private var highest = WindowExtreme<LatestHighest>()

    init(period: Int) {
        self.period = period
        factor = 100 / Double(period)
    }

    var lookback: Int { period }
    var reach: Int { period }

    @inline(__always)
    mutating func next(_ bars: BarColumns, _ row: Int) -> Double {
        highest.next(bars.first, row, oldest: period)
        lowest.next(bars.second, row, oldest: period)
        return factor * Double(lowest.age &- highest.age)
    }
}
