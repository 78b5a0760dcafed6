/// SUM: the running sum of the last `period` values.
struct RollingSum: SeriesKernel {
    private let oldest: Int
    private var total = 0.0

    init(period: Int) { oldest = period - 1 }

    var lookback: Int { oldest }
    var reach: Int { oldest }

    @inline(__always)
    mutating func warm(_ values: UnsafePointer<Double>, _ row: Int) { total += values[row] }

    @inline(__always)
    mutating func next(_ values: UnsafePointer<Double>, _ row: Int) -> Double {
        total += values[row]
        let sum = total
        total -= values[row &- oldest]
        return sum
    }
}

/// AVGDEV: the mean absolute deviation from the mean of the last `period` values.
struct AverageDeviation: SeriesKernel {
    private let period: Int

    init(period: Int) { self.period = period }

    var lookback: Int { period - 1 }
    var reach: Int { period - 1 }

    @inline(__always)
    mutating func next(_ values: UnsafePointer<Double>, _ row: Int) -> Double {
        var sum = 0.0
        for age in 0..<period { sum += values[row &- age] }
        let mean = sum / Double(period)
        var deviation = 0.0
        for age in 0..<period { deviation += abs(values[row &- age] - mean) }
        return deviation / Double(period)
    }
}
