/// HT_DCPERIOD: the period of the dominant cycle, smoothed.
struct DominantCyclePeriod: SeriesKernel {
    private var transform = HilbertTransform(smoothedAlone: 12)
    private var smoothedPeriod = 0.0

    var lookback: Int { 32 }
    var reach: Int { HilbertTransform.reach }

    mutating func warm(_ values: UnsafePointer<Double>, _ row: Int) {
        if transform.warm(values, row) { smooth() }
    }

    @inline(__always)
    mutating func next(_ values: UnsafePointer<Double>, _ row: Int) -> Double {
        transform.advance(values, row)
        smooth()
        return smoothedPeriod
    }

    @inline(__always)
    private mutating func smooth() { smoothedPeriod = 0.33 * transform.period + 0.67 * smoothedPeriod }
}

/// HT_PHASOR: the components in phase and in quadrature.
struct CyclePhasor: IndicatorKernel {
    private var transform = HilbertTransform(smoothedAlone: 12)

    var lookback: Int { 32 }
    var reach: Int { HilbertTransform.reach }

    mutating func warm(_ bars: BarColumns, _ row: Int) { _ = transform.warm(bars.first, row) }

    @inline(__always)
    mutating func next(_ bars: BarColumns, _ row: Int) -> OutputPair {
        transform.advance(bars.first, row)
        return OutputPair(transform.inPhase, transform.quadrature)
    }
}

/// HT_DCPHASE: the phase of the dominant cycle, in degrees.
struct DominantCyclePhase: SeriesKernel {
    private var cycle = DominantCycle()

    var lookback: Int { DominantCycle.lookback }
    var reach: Int { HilbertTransform.reach }

    mutating func warm(_ values: UnsafePointer<Double>, _ row: Int) { _ = cycle.warm(values, row) }

    @inline(__always)
    mutating func next(_ values: UnsafePointer<Double>, _ row: Int) -> Double {
        cycle.advance(values, row)
        return cycle.phase
    }
}

/// HT_SINE: the sine of the dominant cycle's phase, and that of the phase an eighth of a cycle later.
struct CycleSine: IndicatorKernel {
    private var cycle = DominantCycle()

    var lookback: Int { DominantCycle.lookback }
    var reach: Int { HilbertTransform.reach }

    mutating func warm(_ bars: BarColumns, _ row: Int) { _ = cycle.warm(bars.first, row) }

    @inline(__always)
    mutating func next(_ bars: BarColumns, _ row: Int) -> OutputPair {
        cycle.advance(bars.first, row)
        let sines = cycle.sines
        return OutputPair(sines.now, sines.ahead)
    }
}

/// HT_TRENDLINE: the price's mean over the dominant cycle, smoothed over four bars.
struct InstantaneousTrendline: SeriesKernel {
    private var transform = HilbertTransform(smoothedAlone: 37)
    private var smoothedPeriod = 0.0
    private var trendline = CycleTrendline()

    var lookback: Int { DominantCycle.lookback }
    var reach: Int { CycleTrendline.reach }

    mutating func warm(_ values: UnsafePointer<Double>, _ row: Int) {
        if transform.warm(values, row) { _ = take(values, row) }
    }

    @inline(__always)
    mutating func next(_ values: UnsafePointer<Double>, _ row: Int) -> Double {
        transform.advance(values, row)
        return take(values, row)
    }

    @inline(__always)
    private mutating func take(_ values: UnsafePointer<Double>, _ row: Int) -> Double {
        smoothedPeriod = 0.33 * transform.period + 0.67 * smoothedPeriod
        return trendline.next(values, row, smoothedPeriod: smoothedPeriod)
    }
}

/// HT_TRENDMODE: 1 where the price follows a trend, 0 where it follows its cycle.
struct CycleTrendMode: SeriesKernel {
    private var cycle = DominantCycle()
    private var trendline = CycleTrendline()
    private var previousSines = (now: 0.0, ahead: 0.0)
    private var daysInTrend = 0

    var lookback: Int { DominantCycle.lookback }
    var reach: Int { CycleTrendline.reach }

    mutating func warm(_ values: UnsafePointer<Double>, _ row: Int) {
        if cycle.warm(values, row) { _ = mode(values, row) }
    }

    @inline(__always)
    mutating func next(_ values: UnsafePointer<Double>, _ row: Int) -> Double {
        cycle.advance(values, row)
        return mode(values, row)
    }

    @inline(__always)
    private mutating func mode(_ values: UnsafePointer<Double>, _ row: Int) -> Double {
        let before = previousSines
        let sines = cycle.sines
        previousSines = sines
        let line = trendline.next(values, row, smoothedPeriod: cycle.smoothedPeriod)

        var isTrend = true
        // The lines of sine and lead sine cross at turns of the cycle.
        if sines.now > sines.ahead && before.now <= before.ahead
            || sines.now < sines.ahead && before.now >= before.ahead
        {
            daysInTrend = 0
            isTrend = false
        }
        daysInTrend += 1
        let period = cycle.smoothedPeriod
        if Double(daysInTrend) < 0.5 * period { isTrend = false }
        // A phase that goes on at about the cycle's own rate is a cycle.
        let advance = cycle.phase - cycle.previousPhase
        if period != 0, advance > 0.67 * 360 / period, advance < 1.5 * 360 / period { isTrend = false }
        // A price far from its trendline is a trend, whatever the cycle does.
        if line != 0, abs((cycle.smoothedPrice - line) / line) >= 0.015 { isTrend = true }
        return isTrend ? 1 : 0
    }
}
