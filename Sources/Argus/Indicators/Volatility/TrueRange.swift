/// TRANGE: the greatest of the bar's range and the distances of high and low from the close before.
struct TrueRange: IndicatorKernel {
    var lookback: Int { 1 }
    var reach: Int { 1 }

    @inline(__always)
    mutating func next(_ bars: BarColumns, _ row: Int) -> Double { Self.range(bars, row) }

    @inline(__always)
    static func range(_ bars: BarColumns, _ row: Int) -> Double {
        let (high, low, close) = (bars.first[row], bars.second[row], bars.third[row &- 1])
        var greatest = high - low
        let toHigh = abs(close - high)
        if toHigh > greatest { greatest = toHigh }
        let toLow = abs(close - low)
        if toLow > greatest { greatest = toLow }
        return greatest
    }
}

/// ATR: the mean of the first `period` true ranges, then Wilder's smoothing. For a period of one, the true range.
struct AverageTrueRange: IndicatorKernel {
    private let period: Int
    private var hasPrevious = false
    private var total = 0.0
    private var average: SmoothedValue

    init(period: Int) {
        self.period = period
        average = SmoothedValue(memory: Double(period - 1) / Double(period))
    }

    var lookback: Int { period }
    var reach: Int { 1 }

    @inline(__always)
    mutating func warm(_ bars: BarColumns, _ row: Int) {
        if hasPrevious { total += TrueRange.range(bars, row) }
        hasPrevious = true
    }

    @inline(__always)
    mutating func first(_ bars: BarColumns, _ row: Int) -> Double {
        average.seed((total + TrueRange.range(bars, row)) / Double(period))
        return average.last
    }

    @inline(__always)
    mutating func next(_ bars: BarColumns, _ row: Int) -> Double {
        average.next(TrueRange.range(bars, row))
    }
}

/// NATR: ATR in percent of the close. For a period of one TA-Lib has the true range itself, which is not this kernel's.
struct NormalizedAverageTrueRange: IndicatorKernel {
    private let period: Int
    private var range: AverageTrueRange

    init(period: Int) {
        self.period = period
        range = AverageTrueRange(period: period)
    }

    var lookback: Int { period }
    var reach: Int { 1 }

    @inline(__always)
    mutating func warm(_ bars: BarColumns, _ row: Int) { range.warm(bars, row) }

    @inline(__always)
    mutating func first(_ bars: BarColumns, _ row: Int) -> Double {
        normalized(range.first(bars, row), bars.third[row])
    }

    @inline(__always)
    mutating func next(_ bars: BarColumns, _ row: Int) -> Double {
        normalized(range.next(bars, row), bars.third[row])
    }

    @inline(__always)
    private func normalized(_ average: Double, _ close: Double) -> Double {
        close != 0 ? average / close * 100 : 0
    }

    func fill(_ bars: BarColumns, count: Int, into outputs: OutputColumns) {
        range.fill(bars, count: count, into: outputs)
        // Apart from the averages, which wait for one another, quotients come two at a time.
        let closes = bars.third + period
        for index in 0..<count - period { outputs.first[index] = normalized(outputs.first[index], closes[index]) }
    }
}
