/// Where the close lies between the lowest low and the highest high, in percent of their distance; 0 where there is none.
struct FastStochastic {
    private var lowest: BlockExtreme<Lowest>
    private var highest: BlockExtreme<Highest>

    init(period: Int) {
        lowest = BlockExtreme(period: period)
        highest = BlockExtreme(period: period)
    }

    @inline(__always)
    mutating func next(
        _ highs: UnsafePointer<Double>, _ lows: UnsafePointer<Double>, _ closes: UnsafePointer<Double>, _ row: Int
    ) -> Double {
        let (low, high) = (lowest.next(lows, row), highest.next(highs, row))
        guard !isNearZero(high - low, scale: abs(high) + abs(low)) else { return 0 }
        return (closes[row] - low) / (high - low) * 100
    }
}

/// A line and a moving average of it, whose values go out together.
struct SmoothedLine<Average: SeriesKernel> {
    private var values: SeriesHistory
    private(set) var average: StagedKernel<Average>

    init(_ average: Average) {
        values = SeriesHistory(reach: average.reach)
        self.average = StagedKernel(average)
    }

    @inline(__always)
    mutating func step(_ value: Double) -> Double? {
        let place = values.append(value)
        return average.step(values.values, place)
    }

    @inline(__always)
    mutating func next(_ value: Double) -> Double {
        let place = values.append(value)
        return average.next(values.values, place)
    }
}

/// STOCHF: the fast stochastic and a moving average of it.
struct StochasticFast<Average: SeriesKernel>: IndicatorKernel {
    private let oldest: Int
    private var rows = 0
    private var fast: FastStochastic
    private var signal: SmoothedLine<Average>

    init(period: Int, signal: Average) {
        oldest = period - 1
        fast = FastStochastic(period: period)
        self.signal = SmoothedLine(signal)
    }

    var lookback: Int { oldest + signal.average.lookback }
    var reach: Int { oldest }

    @inline(__always)
    mutating func warm(_ bars: BarColumns, _ row: Int) {
        if rows >= oldest { _ = signal.step(fast.next(bars.first, bars.second, bars.third, row)) }
        rows &+= 1
    }

    @inline(__always)
    mutating func first(_ bars: BarColumns, _ row: Int) -> OutputPair {
        let value = fast.next(bars.first, bars.second, bars.third, row)
        return OutputPair(value, signal.step(value) ?? .nan)
    }

    @inline(__always)
    mutating func next(_ bars: BarColumns, _ row: Int) -> OutputPair {
        let value = fast.next(bars.first, bars.second, bars.third, row)
        return OutputPair(value, signal.next(value))
    }
}

/// STOCH: a moving average of the fast stochastic, and a moving average of that.
struct StochasticSlow<Slow: SeriesKernel, Signal: SeriesKernel>: IndicatorKernel {
    private let oldest: Int
    private var rows = 0
    private var fast: FastStochastic
    private var slow: SmoothedLine<Slow>
    private var signal: SmoothedLine<Signal>

    init(period: Int, slow: Slow, signal: Signal) {
        oldest = period - 1
        fast = FastStochastic(period: period)
        self.slow = SmoothedLine(slow)
        self.signal = SmoothedLine(signal)
    }

    var lookback: Int { oldest + slow.average.lookback + signal.average.lookback }
    var reach: Int { oldest }

    @inline(__always)
    mutating func warm(_ bars: BarColumns, _ row: Int) { _ = step(bars, row) }

    mutating func first(_ bars: BarColumns, _ row: Int) -> OutputPair { step(bars, row) ?? OutputPair(.nan, .nan) }

    @inline(__always)
    mutating func next(_ bars: BarColumns, _ row: Int) -> OutputPair {
        let smoothed = slow.next(fast.next(bars.first, bars.second, bars.third, row))
        return OutputPair(smoothed, signal.next(smoothed))
    }

    private mutating func step(_ bars: BarColumns, _ row: Int) -> OutputPair? {
        rows &+= 1
        guard rows > oldest, let smoothed = slow.step(fast.next(bars.first, bars.second, bars.third, row)),
            let line = signal.step(smoothed)
        else { return nil }
        return OutputPair(smoothed, line)
    }
}

/// STOCHRSI: the fast stochastic of the relative strength index.
struct StochasticStrength<Average: SeriesKernel>: IndicatorKernel {
    private var strength: StagedKernel<RelativeStrengthIndex>
    private var values: SeriesHistory
    private let oldest: Int
    private var fast: FastStochastic
    private var signal: SmoothedLine<Average>
    private var seen = 0

    init(strengthPeriod: Int, period: Int, signal: Average) {
        strength = StagedKernel(RelativeStrengthIndex(period: strengthPeriod))
        values = SeriesHistory(reach: period)
        oldest = period - 1
        fast = FastStochastic(period: period)
        self.signal = SmoothedLine(signal)
    }

    var lookback: Int { strength.lookback + oldest + signal.average.lookback }
    var reach: Int { 1 }

    @inline(__always)
    mutating func warm(_ bars: BarColumns, _ row: Int) { _ = step(bars, row) }

    mutating func first(_ bars: BarColumns, _ row: Int) -> OutputPair { step(bars, row) ?? OutputPair(.nan, .nan) }

    @inline(__always)
    mutating func next(_ bars: BarColumns, _ row: Int) -> OutputPair {
        let place = values.append(strength.next(bars.first, row))
        let value = fast.next(values.values, values.values, values.values, place)
        return OutputPair(value, signal.next(value))
    }

    private mutating func step(_ bars: BarColumns, _ row: Int) -> OutputPair? {
        guard let index = strength.step(bars.first, row) else { return nil }
        let place = values.append(index)
        seen &+= 1
        guard seen > oldest else { return nil }
        let value = fast.next(values.values, values.values, values.values, place)
        guard let line = signal.step(value) else { return nil }
        return OutputPair(value, line)
    }
}
