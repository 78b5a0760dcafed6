/// MACD and MACDFIX: the difference of a fast and a slow exponential average, its own average (the signal), and the
/// difference of both.
///
/// As in TA-Lib both price averages begin on the same bar: the fast one is seeded with the newest `fast` bars of the slow
/// one's seed. Periods given the wrong way round are exchanged.
struct MovingAverageConvergence: RecursiveKernelOfThree {
    private var barsBeforeFast: Int
    private var fast: StagedKernel<ExponentialMovingAverage>
    private var slow: StagedKernel<ExponentialMovingAverage>
    private var signal: StagedKernel<ExponentialMovingAverage>

    init(fastPeriod: Int, slowPeriod: Int, signalPeriod: Int) {
        let (shorter, longer) = (min(fastPeriod, slowPeriod), max(fastPeriod, slowPeriod))
        barsBeforeFast = longer - shorter
        fast = StagedKernel(ExponentialMovingAverage(period: shorter))
        slow = StagedKernel(ExponentialMovingAverage(period: longer))
        signal = StagedKernel(ExponentialMovingAverage(period: signalPeriod))
    }

    /// Periods of 12 and 26 with the weights 0.15 and 0.075, as MACD was first published.
    init(fixedWithSignalPeriod signalPeriod: Int) {
        barsBeforeFast = 26 - 12
        fast = StagedKernel(ExponentialMovingAverage(period: 12, weight: 0.15))
        slow = StagedKernel(ExponentialMovingAverage(period: 26, weight: 0.075))
        signal = StagedKernel(ExponentialMovingAverage(period: signalPeriod))
    }

    var lookback: Int { slow.lookback + signal.lookback }

    mutating func step(_ value: Double) -> OutputTriple? {
        let slowAverage = slow.step(value)
        guard barsBeforeFast == 0 else {
            barsBeforeFast -= 1
            return nil
        }
        let fastAverage = fast.step(value)
        guard let slowAverage, let fastAverage else { return nil }
        let difference = fastAverage - slowAverage
        guard let signalLine = signal.step(difference) else { return nil }
        return OutputTriple(difference, signalLine, difference - signalLine)
    }

    @inline(__always)
    mutating func next(_ value: Double) -> OutputTriple {
        let difference = fast.next(value) - slow.next(value)
        let signalLine = signal.next(difference)
        return OutputTriple(difference, signalLine, difference - signalLine)
    }
}

/// A kernel over one series, with three outputs, that reads no earlier value.
protocol RecursiveKernelOfThree: IndicatorKernel where Value == OutputTriple {
    mutating func step(_ value: Double) -> OutputTriple?
    mutating func next(_ value: Double) -> OutputTriple
}

extension RecursiveKernelOfThree {
    mutating func warm(_ bars: BarColumns, _ row: Int) { _ = step(bars.first[row]) }

    mutating func first(_ bars: BarColumns, _ row: Int) -> OutputTriple {
        step(bars.first[row]) ?? OutputTriple(.nan, .nan, .nan)
    }

    @inline(__always)
    mutating func next(_ bars: BarColumns, _ row: Int) -> OutputTriple { next(bars.first[row]) }
}

/// MACDEXT: MACD with any kinds of moving average. Both averages of the price begin on the bar on which the later one can.
struct ExtendedConvergence<Fast: SeriesKernel, Slow: SeriesKernel, Signal: SeriesKernel>: IndicatorKernel {
    private var fast: StagedKernel<Fast>
    private var slow: StagedKernel<Slow>
    private var signal: SmoothedLine<Signal>
    private let averageLookback: Int
    private var rows = 0

    /// The fast average is the one of the shorter period.
    init(fast: Fast, slow: Slow, signal: Signal) {
        self.fast = StagedKernel(fast)
        self.slow = StagedKernel(slow)
        self.signal = SmoothedLine(signal)
        averageLookback = max(fast.lookback, slow.lookback)
        reach = max(fast.reach, slow.reach)
    }

    let reach: Int
    var lookback: Int { averageLookback + signal.average.lookback }

    mutating func warm(_ bars: BarColumns, _ row: Int) { _ = step(bars.first, row) }

    mutating func first(_ bars: BarColumns, _ row: Int) -> OutputTriple {
        step(bars.first, row) ?? OutputTriple(.nan, .nan, .nan)
    }

    @inline(__always)
    mutating func next(_ bars: BarColumns, _ row: Int) -> OutputTriple {
        let difference = fast.next(bars.first, row) - slow.next(bars.first, row)
        let signalLine = signal.next(difference)
        return OutputTriple(difference, signalLine, difference - signalLine)
    }

    private mutating func step(_ values: UnsafePointer<Double>, _ row: Int) -> OutputTriple? {
        defer { rows += 1 }
        let fastAverage = rows >= averageLookback - fast.lookback ? fast.step(values, row) : nil
        let slowAverage = rows >= averageLookback - slow.lookback ? slow.step(values, row) : nil
        guard let fastAverage, let slowAverage else { return nil }
        let difference = fastAverage - slowAverage
        guard let signalLine = signal.step(difference) else { return nil }
        return OutputTriple(difference, signalLine, difference - signalLine)
    }
}

/// APO, the difference of a fast and a slow average, or PPO, that difference in percent of the slow one. Each average begins
/// as early as it can.
struct PriceOscillator<Fast: SeriesKernel, Slow: SeriesKernel>: IndicatorKernel {
    private let isPercentage: Bool
    private var fast: StagedKernel<Fast>
    private var slow: StagedKernel<Slow>

    /// The fast average is the one of the shorter period.
    init(fast: Fast, slow: Slow, isPercentage: Bool) {
        self.isPercentage = isPercentage
        self.fast = StagedKernel(fast)
        self.slow = StagedKernel(slow)
        reach = max(fast.reach, slow.reach)
    }

    let reach: Int
    var lookback: Int { max(fast.lookback, slow.lookback) }

    mutating func warm(_ bars: BarColumns, _ row: Int) {
        _ = fast.step(bars.first, row)
        _ = slow.step(bars.first, row)
    }

    mutating func first(_ bars: BarColumns, _ row: Int) -> Double {
        let fastAverage = fast.step(bars.first, row)
        guard let slowAverage = slow.step(bars.first, row), let fastAverage else { return .nan }
        return difference(fastAverage, slowAverage)
    }

    @inline(__always)
    mutating func next(_ bars: BarColumns, _ row: Int) -> Double {
        let fastAverage = fast.next(bars.first, row)
        return difference(fastAverage, slow.next(bars.first, row))
    }

    @inline(__always)
    private func difference(_ fast: Double, _ slow: Double) -> Double {
        guard isPercentage else { return fast - slow }
        return isNearZero(slow) ? 0 : (fast - slow) / slow * 100
    }
}
