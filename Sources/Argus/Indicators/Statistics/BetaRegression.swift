/// BETA: the slope of the regression of the second series' returns on the first's, over the last `period` returns, by shifted
/// sums that are built anew as those of ``RollingVariance``. A return from a price of zero is zero.
struct BetaRegression: IndicatorKernel {
    private let period: Int
    private let count: Double
    private var shift = (x: 0.0, y: 0.0)
    private var sumX = 0.0
    private var sumY = 0.0
    private var sumXX = 0.0
    private var sumXY = 0.0
    private var leavingSquare = 0.0
    private var barsUntilRebuild: Int
    /// The returns, so that each is computed once.
    private var returnsX: SeriesHistory
    private var returnsY: SeriesHistory

    init(period: Int) {
        self.period = period
        count = Double(period)
        barsUntilRebuild = ShiftedSums.windowsBetweenRebuilds * period
        returnsX = SeriesHistory(reach: period)
        returnsY = SeriesHistory(reach: period)
    }

    var lookback: Int { period }
    var reach: Int { period + 1 }

    @inline(__always)
    mutating func first(_ bars: BarColumns, _ row: Int) -> Double {
        for index in row - period + 1..<row {
            let place = takeReturns(bars, index)
            if index == row - period + 1 { shift = (returnsX.values[place], returnsY.values[place]) }
            add(place)
        }
        if period == 1 { shift = (simpleReturn(bars.first, row), simpleReturn(bars.second, row)) }
        return next(bars, row)
    }

    @inline(__always)
    mutating func next(_ bars: BarColumns, _ row: Int) -> Double {
        let place = takeReturns(bars, row)
        add(place)
        var scale = count * sumXX
        var denominator = scale - sumX * sumX
        barsUntilRebuild &-= 1
        if denominator < ShiftedSums.staleShiftRatio * scale
            || leavingSquare > ShiftedSums.returnOutlierRatio * sumXX || barsUntilRebuild <= 0
        {
            let start = place &- period &+ 1
            let sums = Self.sums(returnsX.values + start, returnsY.values + start, count: period)
            shift = (sums.shiftX, sums.shiftY)
            (sumX, sumY, sumXX, sumXY) = (sums.x, sums.y, sums.xx, sums.xy)
            barsUntilRebuild = ShiftedSums.windowsBetweenRebuilds &* period
            scale = count * sumXX
            denominator = max(scale - sumX * sumX, 0)
        }
        let answer = denominator > 1e-14 * scale ? (count * sumXY - sumX * sumY) / denominator : 0

        let oldest = place &- period &+ 1
        let x = returnsX.values[oldest] - shift.x
        let y = returnsY.values[oldest] - shift.y
        leavingSquare = x * x
        sumXX -= leavingSquare
        sumXY -= x * y
        sumX -= x
        sumY -= y
        return answer
    }

    @inline(__always)
    private func simpleReturn(_ prices: UnsafePointer<Double>, _ row: Int) -> Double {
        let before = prices[row &- 1]
        return isNearZero(before) ? 0 : (prices[row] - before) / before
    }

    @inline(__always)
    private mutating func takeReturns(_ bars: BarColumns, _ row: Int) -> Int {
        _ = returnsX.append(simpleReturn(bars.first, row))
        return returnsY.append(simpleReturn(bars.second, row))
    }

    @inline(__always)
    private mutating func add(_ place: Int) {
        let x = returnsX.values[place] - shift.x
        let y = returnsY.values[place] - shift.y
        sumXX += x * x
        sumXY += x * y
        sumX += x
        sumY += y
    }

    /// The sums about the windows' means.
    private struct Sums {
        var shiftX = 0.0
        var shiftY = 0.0
        var x = 0.0
        var y = 0.0
        var xx = 0.0
        var xy = 0.0
    }

    /// Apart from `self`, which so can stay in registers.
    @inline(never)
    private static func sums(
        _ first: UnsafePointer<Double>, _ second: UnsafePointer<Double>, count: Int
    ) -> Sums {
        var sums = Sums()
        for index in 0..<count {
            sums.shiftX += first[index]
            sums.shiftY += second[index]
        }
        sums.shiftX /= Double(count)
        sums.shiftY /= Double(count)
        for index in 0..<count {
            let x = first[index] - sums.shiftX
            let y = second[index] - sums.shiftY
            sums.xx += x * x
            sums.xy += x * y
            sums.x += x
            sums.y += y
        }
        return sums
    }
}
