/// Simple moving average by a running sum: the new value is added, the mean taken, the oldest value subtracted.
struct SimpleAverage: SeriesKernel {
    private let period: Double
    private let oldest: Int
    private var total = 0.0

    init(period: Int) {
        self.period = Double(period)
        oldest = period - 1
    }

    var lookback: Int { oldest }
    var reach: Int { oldest }

    @inline(__always)
    mutating func warm(_ values: UnsafePointer<Double>, _ row: Int) { total += values[row] }

    @inline(__always)
    mutating func next(_ values: UnsafePointer<Double>, _ row: Int) -> Double {
        total += values[row]
        let mean = total / period
        total -= values[row &- oldest]
        return mean
    }
}
