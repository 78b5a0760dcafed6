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
        let window = values + (row &- period &+ 1)
        let mean = Self.sum(of: window, count: period) { $0 } / Double(period)
        return Self.sum(of: window, count: period) { abs($0 - mean) } / Double(period)
    }

    /// A sum in four parts, whose additions do not wait for one another.
    @inline(__always)
    private static func sum(of window: UnsafePointer<Double>, count: Int, _ term: (Double) -> Double) -> Double {
        var (first, second, third, fourth) = (0.0, 0.0, 0.0, 0.0)
        var index = 0
        while index &+ 4 <= count {
            first += term(window[index])
            second += term(window[index &+ 1])
            third += term(window[index &+ 2])
            fourth += term(window[index &+ 3])
            index &+= 4
        }
        while index < count {
            first += term(window[index])
            index &+= 1
        }
        return (first + second) + (third + fourth)
    }
}
