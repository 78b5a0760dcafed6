/// Kaufman's adaptive moving average: an exponential average whose weight follows the efficiency ratio, the net change over
/// `period` bars by the sum of the changes, between those of 2 and of 30 bars.
struct KaufmanAdaptiveAverage: SeriesKernel {
    private static let slowest = 2.0 / 31
    private static let span = 2.0 / 3 - 2.0 / 31

    private let period: Int
    private var changes = 0.0
    /// The last bars without a change, in a row.
    private var still = 0
    private var average = 0.0

    init(period: Int) { self.period = period }

    var lookback: Int { period > 1 ? period : 0 }
    var reach: Int { period + 1 }

    @inline(__always)
    mutating func first(_ values: UnsafePointer<Double>, _ row: Int) -> Double {
        guard period > 1 else { return values[row] }
        for index in row - period..<row { enter(abs(values[index] - values[index + 1])) }
        average = values[row - 1]
        return take(values, row)
    }

    @inline(__always)
    mutating func next(_ values: UnsafePointer<Double>, _ row: Int) -> Double {
        guard period > 1 else { return values[row] }
        changes -= abs(values[row &- period &- 1] - values[row &- period])
        enter(abs(values[row] - values[row &- 1]))
        return take(values, row)
    }

    /// A window that stands still has no changes, not even what rounding leaves of those before: by that alone the ratio would be 0
    /// or 1.
    @inline(__always)
    private mutating func enter(_ change: Double) {
        changes += change
        still = change == 0 ? still &+ 1 : 0
        if still >= period { changes = 0 }
    }

    @inline(__always)
    private mutating func take(_ values: UnsafePointer<Double>, _ row: Int) -> Double {
        let change = values[row] - values[row &- period]
        let efficiency = changes <= change || isNearZero(changes) ? 1 : abs(change / changes)
        let root = efficiency * Self.span + Self.slowest
        average = (values[row] - average) * (root * root) + average
        return average
    }
}
