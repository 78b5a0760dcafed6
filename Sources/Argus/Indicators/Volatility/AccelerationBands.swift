/// ACCBANDS (Headley): simple averages of the close, and of highs and lows moved outward by their relative distance.
struct AccelerationBands: IndicatorKernel {
    private let oldest: Int
    private let period: Double
    private var uppers: SeriesHistory
    private var lowers: SeriesHistory
    private var upper = 0.0
    private var middle = 0.0
    private var lower = 0.0

    init(period: Int) {
        oldest = period - 1
        self.period = Double(period)
        uppers = SeriesHistory(reach: period)
        lowers = SeriesHistory(reach: period)
    }

    var lookback: Int { oldest }
    var reach: Int { oldest }

    @inline(__always)
    mutating func warm(_ bars: BarColumns, _ row: Int) { _ = take(bars, row) }

    @inline(__always)
    mutating func next(_ bars: BarColumns, _ row: Int) -> OutputTriple {
        let place = take(bars, row)
        let value = OutputTriple(upper / period, middle / period, lower / period)
        upper -= uppers.values[place &- oldest]
        middle -= bars.third[row &- oldest]
        lower -= lowers.values[place &- oldest]
        return value
    }

    @inline(__always)
    private mutating func take(_ bars: BarColumns, _ row: Int) -> Int {
        let (high, low) = (bars.first[row], bars.second[row])
        let sum = high + low
        let (top, bottom): (Double, Double)
        if isNearZero(sum) {
            (top, bottom) = (high, low)
        } else {
            let width = 4 * (high - low) / sum
            (top, bottom) = (high * (1 + width), low * (1 - width))
        }
        let place = uppers.append(top)
        _ = lowers.append(bottom)
        upper += top
        middle += bars.third[row]
        lower += bottom
        return place
    }
}
