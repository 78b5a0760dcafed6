/// What a function of the LINEARREG family answers, of the line a + b·x fitted to the last values at x = 0 … period − 1.
protocol RegressionOutput {
    static func value(intercept: Double, slope: Double, period: Double) -> Double
}

/// LINEARREG: the line at the newest bar.
enum RegressionEnd: RegressionOutput {
    @inline(__always)
    static func value(intercept: Double, slope: Double, period: Double) -> Double { intercept + slope * (period - 1) }
}

/// TSF: the line one bar ahead.
enum RegressionForecast: RegressionOutput {
    @inline(__always)
    static func value(intercept: Double, slope: Double, period: Double) -> Double { intercept + slope * period }
}

enum RegressionSlope: RegressionOutput {
    @inline(__always)
    static func value(intercept: Double, slope: Double, period: Double) -> Double { slope }
}

enum RegressionIntercept: RegressionOutput {
    @inline(__always)
    static func value(intercept: Double, slope: Double, period: Double) -> Double { intercept }
}

/// LINEARREG_ANGLE: the slope as an angle, in degrees.
enum RegressionAngle: RegressionOutput {
    @inline(__always)
    static func value(intercept: Double, slope: Double, period: Double) -> Double {
        RealMath.arcTangent(slope) * (180 / Double.pi)
    }
}

/// Least squares over the last `period` values.
///
/// The sum of values and their sum weighted by age go along from bar to bar. They are built anew when a leaving value has
/// buried what remains, and at the latest after 32 windows, so that no rounding stays.
struct LinearRegression<Output: RegressionOutput>: SeriesKernel {
    private let count: Int
    private let period: Double
    private let sumX: Double
    private let divisor: Double
    private var sum = 0.0
    private var sumByAge = 0.0
    private var sumOfSizes = 0.0
    private var barsUntilRebuild: Int

    init(period: Int) {
        count = period
        self.period = Double(period)
        sumX = Double(period) * Double(period - 1) * 0.5
        let sumOfSquares = Double(period) * Double(period - 1) * Double(2 * period - 1) / 6
        divisor = sumX * sumX - Double(period) * sumOfSquares
        barsUntilRebuild = ShiftedSums.windowsBetweenRebuilds * period
    }

    var lookback: Int { count - 1 }
    var reach: Int { count }

    @inline(__always)
    mutating func first(_ values: UnsafePointer<Double>, _ row: Int) -> Double {
        take(Self.sums(values + (row &- count &+ 1), count: count))
        return output
    }

    @inline(__always)
    mutating func next(_ values: UnsafePointer<Double>, _ row: Int) -> Double {
        let leaving = values[row &- count]
        let entering = values[row]
        let weighted = period * leaving
        sumOfSizes = sumOfSizes - abs(leaving) + abs(entering)
        barsUntilRebuild &-= 1
        if barsUntilRebuild == 0 || abs(weighted) > Self.outlierRatio * sumOfSizes {
            take(Self.sums(values + (row &- count &+ 1), count: count))
            barsUntilRebuild = ShiftedSums.windowsBetweenRebuilds &* count
        } else {
            sumByAge = sumByAge + sum - weighted
            sum = sum - leaving + entering
        }
        return output
    }

    /// A leaving value whose weight exceeds this many times the sizes of all that remain has taken digits from the sums.
    private static var outlierRatio: Double { 100 }

    private typealias Sums = (plain: Double, byAge: Double, ofSizes: Double)

    @inline(__always)
    private mutating func take(_ sums: Sums) { (sum, sumByAge, sumOfSizes) = sums }

    /// The sums of a window. Apart from `self`, which so can stay in registers.
    @inline(never)
    private static func sums(_ window: UnsafePointer<Double>, count: Int) -> Sums {
        var sums: Sums = (0, 0, 0)
        for index in 0..<count {
            let value = window[index]
            sums.plain += value
            sums.byAge += Double(count - 1 - index) * value
            sums.ofSizes += abs(value)
        }
        return sums
    }

    @inline(__always)
    private var output: Double {
        let slope = (period * sumByAge - sumX * sum) / divisor
        return Output.value(intercept: (sum - slope * sumX) / period, slope: slope, period: period)
    }
}
