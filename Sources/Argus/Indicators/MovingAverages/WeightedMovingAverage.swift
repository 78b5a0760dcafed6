/// Linearly weighted moving average: the newest of `period` values has weight `period`, the oldest 1.
///
/// The weighted sum loses the plain sum of its values from one bar to the next, which takes one from every weight. Both are
/// built anew every eight windows, so that no rounding stays.
struct WeightedMovingAverage: SeriesKernel {
    private let count: Int
    private let period: Double
    private let divisor: Double
    private var sum = 0.0
    private var weightedSum = 0.0
    private var barsUntilRebuild: Int

    private static let windowsBetweenRebuilds = 8

    init(period: Int) {
        count = period
        self.period = Double(period)
        divisor = Double(period) * Double(period + 1) / 2
        barsUntilRebuild = Self.windowsBetweenRebuilds * period - 1
    }

    var lookback: Int { count - 1 }
    var reach: Int { count }

    @inline(__always)
    mutating func first(_ values: UnsafePointer<Double>, _ row: Int) -> Double { rebuilt(values, row) }

    @inline(__always)
    mutating func next(_ values: UnsafePointer<Double>, _ row: Int) -> Double {
        // Otherwise the running sum would round what must be a copy.
        guard count > 1 else { return values[row] }
        barsUntilRebuild &-= 1
        guard barsUntilRebuild > 0 else {
            barsUntilRebuild = Self.windowsBetweenRebuilds &* count
            return rebuilt(values, row)
        }
        let value = values[row]
        sum += value
        sum -= values[row &- count]
        weightedSum += value * period
        return takeMean()
    }

    @inline(__always)
    private mutating func rebuilt(_ values: UnsafePointer<Double>, _ row: Int) -> Double {
        (sum, weightedSum) = Self.sums(values + (row &- count &+ 1), count: count)
        return takeMean()
    }

    @inline(__always)
    private mutating func takeMean() -> Double {
        let mean = weightedSum / divisor
        weightedSum -= sum
        return mean
    }

    /// The plain and the weighted sum of a window. Apart from `self`, which so can stay in registers.
    @inline(never)
    private static func sums(_ window: UnsafePointer<Double>, count: Int) -> (Double, Double) {
        var (sum, weightedSum) = (0.0, 0.0)
        for index in 0..<count {
            sum += window[index]
            weightedSum += window[index] * Double(index + 1)
        }
        return (sum, weightedSum)
    }
}
