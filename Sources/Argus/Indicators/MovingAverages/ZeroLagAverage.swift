/// Ehlers and Way's zero-lag average (2010, "Zero lag (well, almost)"): the exponential average of a value and what it has risen
/// by since (period − 1)/2 bars before, cut to a whole number. A period of one means no smoothing.
struct ZeroLagAverage: SeriesKernel {
    private let lag: Int
    private var average: ExponentialMovingAverage
    private var rows = 0

    init(period: Int) {
        lag = (period - 1) / 2
        average = ExponentialMovingAverage(period: period)
    }

    var lookback: Int { lag + average.lookback }
    var reach: Int { lag }

    @inline(__always)
    mutating func warm(_ values: UnsafePointer<Double>, _ row: Int) {
        // Before there is a value so long ago nothing enters the average.
        if rows >= lag { average.warm(advanced(values, row)) }
        rows += 1
    }

    @inline(__always)
    mutating func first(_ values: UnsafePointer<Double>, _ row: Int) -> Double { average.first(advanced(values, row)) }

    @inline(__always)
    mutating func next(_ values: UnsafePointer<Double>, _ row: Int) -> Double { average.next(advanced(values, row)) }

    @inline(__always)
    private func advanced(_ values: UnsafePointer<Double>, _ row: Int) -> Double { 2 * values[row] - values[row - lag] }
}
