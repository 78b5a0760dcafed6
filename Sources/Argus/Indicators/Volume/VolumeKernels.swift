/// AD (Chaikin): the running sum of volume times where the close lies in the bar's range, from −1 to 1.
struct AccumulationDistribution: IndicatorKernel {
    private(set) var line = 0.0

    var lookback: Int { 0 }

    @inline(__always)
    mutating func next(_ bars: BarColumns, _ row: Int) -> Double {
        let (high, low, close) = (bars.first[row], bars.second[row], bars.third[row])
        let range = high - low
        if range > 0 { line += ((close - low) - (high - close)) / range * bars.fourth[row] }
        return line
    }
}

/// ADOSC: a fast less a slow exponential average of AD, both seeded with its first value.
struct AccumulationOscillator: IndicatorKernel {
    private var distribution = AccumulationDistribution()
    private var fast: SmoothedValue
    private var slow: SmoothedValue
    private var isSeeded = false
    let lookback: Int

    init(fastPeriod: Int, slowPeriod: Int) {
        fast = SmoothedValue(memory: Double(fastPeriod - 1) / Double(fastPeriod + 1))
        slow = SmoothedValue(memory: Double(slowPeriod - 1) / Double(slowPeriod + 1))
        lookback = max(fastPeriod, slowPeriod) - 1
    }

    @inline(__always)
    mutating func warm(_ bars: BarColumns, _ row: Int) {
        if isSeeded {
            _ = next(bars, row)
        } else {
            let line = distribution.next(bars, row)
            fast.seed(line)
            slow.seed(line)
            isSeeded = true
        }
    }

    @inline(__always)
    mutating func next(_ bars: BarColumns, _ row: Int) -> Double {
        let line = distribution.next(bars, row)
        let fastAverage = fast.next(line)
        return fastAverage - slow.next(line)
    }
}

/// OBV: the running sum of volume, added where the price rose, taken away where it fell; it begins with the first volume.
struct OnBalanceVolume: IndicatorKernel {
    private var line = 0.0

    var lookback: Int { 0 }
    var reach: Int { 1 }

    @inline(__always)
    mutating func first(_ bars: BarColumns, _ row: Int) -> Double {
        line = bars.second[row]
        return line
    }

    @inline(__always)
    mutating func next(_ bars: BarColumns, _ row: Int) -> Double {
        let (now, before, volume) = (bars.first[row], bars.first[row &- 1], bars.second[row])
        // Without branches, which nobody can foretell.
        let rise = now > before ? volume : 0
        line += now < before ? -volume : rise
        return line
    }
}
