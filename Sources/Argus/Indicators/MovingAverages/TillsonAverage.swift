/// T3 (Tillson 1998): a combination of the third to the sixth exponential average of an average, by a volume factor.
struct TillsonAverage: RecursiveKernel {
    private let period: Int
    private let weight: Double
    private let memory: Double
    private let coefficients: (Double, Double, Double, Double)
    private var e1 = 0.0
    private var e2 = 0.0
    private var e3 = 0.0
    private var e4 = 0.0
    private var e5 = 0.0
    private var e6 = 0.0
    /// The sum that seeds the next average, and the values in it.
    private var seed = 0.0
    private var seeded = 0
    private var averages = 0

    static let defaultVolumeFactor = 0.7

    init(period: Int, volumeFactor: Double = defaultVolumeFactor) {
        self.period = period
        weight = 2 / (Double(period) + 1)
        memory = 1 - weight
        let square = volumeFactor * volumeFactor
        let c1 = -(square * volumeFactor)
        coefficients = (
            c1, 3 * (square - c1), -6 * square - 3 * (volumeFactor - c1), 1 + 3 * volumeFactor - c1 + 3 * square
        )
    }

    var lookback: Int { 6 * (period - 1) }

    /// Each average is seeded with the mean of the first `period` values of the one before it; the last of them seeds the
    /// next average as well.
    @inline(__always)
    mutating func warm(_ value: Double) {
        if averages > 0 { advance(value) }
        seed += newest(value)
        seeded += 1
        if seeded == period { finishSeed() }
    }

    @inline(__always)
    mutating func first(_ value: Double) -> Double {
        guard period > 1 else { return value }
        advance(value)
        seed += newest(value)
        finishSeed()
        return combined
    }

    @inline(__always)
    mutating func next(_ value: Double) -> Double {
        guard period > 1 else { return value }
        e1 = weight * value + memory * e1
        e2 = weight * e1 + memory * e2
        e3 = weight * e2 + memory * e3
        e4 = weight * e3 + memory * e4
        e5 = weight * e4 + memory * e5
        e6 = weight * e5 + memory * e6
        return combined
    }

    @inline(__always)
    private var combined: Double {
        coefficients.0 * e6 + coefficients.1 * e5 + coefficients.2 * e4 + coefficients.3 * e3
    }

    private mutating func advance(_ value: Double) {
        e1 = weight * value + memory * e1
        if averages > 1 { e2 = weight * e1 + memory * e2 }
        if averages > 2 { e3 = weight * e2 + memory * e3 }
        if averages > 3 { e4 = weight * e3 + memory * e4 }
        if averages > 4 { e5 = weight * e4 + memory * e5 }
    }

    private func newest(_ value: Double) -> Double {
        switch averages {
        case 0: value
        case 1: e1
        case 2: e2
        case 3: e3
        case 4: e4
        default: e5
        }
    }

    private mutating func finishSeed() {
        let mean = seed / Double(period)
        averages += 1
        switch averages {
        case 1: e1 = mean
        case 2: e2 = mean
        case 3: e3 = mean
        case 4: e4 = mean
        case 5: e5 = mean
        default: e6 = mean
        }
        seed = mean
        seeded = 1
    }
}
