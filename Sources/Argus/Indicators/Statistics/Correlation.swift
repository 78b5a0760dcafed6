/// CORREL: Pearson's correlation of the last `period` values of two series, by shifted sums that are built anew as those of
/// ``RollingVariance``.
struct Correlation: IndicatorKernel {
    private let period: Int
    private let oldest: Int
    private let inversePeriod: Double
    private var shift = (x: 0.0, y: 0.0)
    private var sumX = 0.0
    private var sumY = 0.0
    private var sumXX = 0.0
    private var sumYY = 0.0
    private var sumXY = 0.0
    private var leaving = (x: 0.0, y: 0.0)
    private var barsUntilRebuild: Int

    init(period: Int) {
        self.period = period
        oldest = period - 1
        inversePeriod = 1 / Double(period)
        barsUntilRebuild = ShiftedSums.windowsBetweenRebuilds * period
    }

    var lookback: Int { oldest }
    var reach: Int { oldest }

    @inline(__always)
    mutating func first(_ bars: BarColumns, _ row: Int) -> Double {
        shift = (bars.first[row - oldest], bars.second[row - oldest])
        for index in row - oldest..<row { add(bars, index) }
        return next(bars, row)
    }

    @inline(__always)
    mutating func next(_ bars: BarColumns, _ row: Int) -> Double {
        add(bars, row)
        var (xx, yy, xy) = moments
        barsUntilRebuild &-= 1
        if xx < ShiftedSums.staleShiftRatio * sumXX || yy < ShiftedSums.staleShiftRatio * sumYY
            || leaving.x > ShiftedSums.outlierRatio * sumXX || leaving.y > ShiftedSums.outlierRatio * sumYY
            || barsUntilRebuild <= 0
        {
            let sums = Self.sums(
                bars.first + (row &- oldest), bars.second + (row &- oldest), count: period, inversePeriod: inversePeriod
            )
            shift = (sums.shiftX, sums.shiftY)
            (sumX, sumY, sumXX, sumYY, sumXY) = (sums.x, sums.y, sums.xx, sums.yy, sums.xy)
            barsUntilRebuild = ShiftedSums.windowsBetweenRebuilds &* period
            (xx, yy, xy) = moments
            xx = max(xx, 0)
            yy = max(yy, 0)
        }
        var answer = 0.0
        if xx > 1e-14 * sumXX, yy > 1e-14 * sumYY {
            answer = xy / (xx * yy).squareRoot()
            if answer > 1 { answer = 1 } else if answer < -1 { answer = -1 }
        }
        remove(bars, row &- oldest)
        return answer
    }

    @inline(__always)
    private var moments: (Double, Double, Double) {
        (
            sumXX - (sumX * sumX) * inversePeriod, sumYY - (sumY * sumY) * inversePeriod,
            sumXY - (sumX * sumY) * inversePeriod
        )
    }

    @inline(__always)
    private mutating func add(_ bars: BarColumns, _ row: Int) {
        let x = bars.first[row] - shift.x
        sumX += x
        sumXX += x * x
        let y = bars.second[row] - shift.y
        sumXY += x * y
        sumY += y
        sumYY += y * y
    }

    @inline(__always)
    private mutating func remove(_ bars: BarColumns, _ row: Int) {
        let x = bars.first[row] - shift.x
        let y = bars.second[row] - shift.y
        leaving = (x * x, y * y)
        sumX -= x
        sumXX -= leaving.x
        sumXY -= x * y
        sumY -= y
        sumYY -= leaving.y
    }

    /// The sums about the windows' means.
    private struct Sums {
        var shiftX = 0.0
        var shiftY = 0.0
        var x = 0.0
        var y = 0.0
        var xx = 0.0
        var yy = 0.0
        var xy = 0.0
    }

    /// Apart from `self`, which so can stay in registers.
    @inline(never)
    private static func sums(
        _ first: UnsafePointer<Double>, _ second: UnsafePointer<Double>, count: Int, inversePeriod: Double
    ) -> Sums {
        var sums = Sums()
        for index in 0..<count {
            sums.shiftX += first[index]
            sums.shiftY += second[index]
        }
        sums.shiftX *= inversePeriod
        sums.shiftY *= inversePeriod
        for index in 0..<count {
            let x = first[index] - sums.shiftX
            let y = second[index] - sums.shiftY
            sums.x += x
            sums.xx += x * x
            sums.xy += x * y
            sums.y += y
            sums.yy += y * y
        }
        return sums
    }
}
