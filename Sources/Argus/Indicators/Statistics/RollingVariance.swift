/// Variance (divisor n) of the last `period` values, by the shifted sums of TA-Lib 0.8.
///
/// The sums are of deviations from a value near the window, so that their difference keeps its digits; they are built anew,
/// with the window's mean as the shift, when the difference has become small beside them, when a large value has just left,
/// and at the latest after 32 windows.
struct RollingVariance: SeriesKernel {
    private let period: Int
    private let oldest: Int
    private let inversePeriod: Double
    private var shift = 0.0
    /// Of the deviations and of their squares.
    private var sums = SIMD2<Double>(0, 0)
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
    mutating func first(_ values: UnsafePointer<Double>, _ row: Int) -> Double {
        shift = values[row - oldest]
        for index in row - oldest..<row { add(values[index]) }
        return next(values, row)
    }

    @inline(__always)
    mutating func next(_ values: UnsafePointer<Double>, _ row: Int) -> Double {
        add(values[row])
        let variance = currentVariance
        let leaving = remove(values[row &- oldest])
        barsUntilRebuild &-= 1
        if variance < ShiftedSums.staleShiftRatio * (sums.y * inversePeriod)
            || leaving > ShiftedSums.outlierRatio * sums.y || barsUntilRebuild <= 0
        {
            (shift, sums) = Self.sums(values + (row &- oldest), count: period, inversePeriod: inversePeriod)
            barsUntilRebuild = ShiftedSums.windowsBetweenRebuilds &* period
            let fresh = currentVariance
            let floor = ShiftedSums.noiseRatio * (sums.y * inversePeriod)
            _ = remove(values[row &- oldest])
            return fresh < floor ? 0 : fresh
        }
        return variance
    }

    @inline(__always)
    private mutating func add(_ value: Double) {
        let deviation = value - shift
        sums += SIMD2(deviation, deviation * deviation)
    }

    /// Takes a value out of the sums and answers its squared deviation.
    @inline(__always)
    private mutating func remove(_ value: Double) -> Double {
        let deviation = value - shift
        let square = deviation * deviation
        sums -= SIMD2(deviation, square)
        return square
    }

    @inline(__always)
    private var currentVariance: Double {
        let mean = sums.x * inversePeriod
        return sums.y * inversePeriod - mean * mean
    }

    /// The sums about the window's mean. Apart from `self`, which so can stay in registers.
    @inline(never)
    private static func sums(
        _ window: UnsafePointer<Double>, count: Int, inversePeriod: Double
    ) -> (shift: Double, sums: SIMD2<Double>) {
        var total = 0.0
        for index in 0..<count { total += window[index] }
        let mean = total * inversePeriod
        var (sum, squares) = (0.0, 0.0)
        for index in 0..<count {
            let deviation = window[index] - mean
            sum += deviation
            squares += deviation * deviation
        }
        return (mean, SIMD2(sum, squares))
    }
}

/// When sums about a shift have lost too many digits, by TA-Lib's figures.
enum ShiftedSums {
    /// Below this part of the mean squared deviation, a variance has lost too many digits to the shift.
    static let staleShiftRatio = 1e-6
    /// A leaving square this many times the remaining sum has buried its small terms.
    static let outlierRatio = 1e6
    /// The same for returns, which one wrong price makes larger than it makes prices.
    static let returnOutlierRatio = 1e3
    /// Below this part of the mean squared deviation, measured about the mean, what is left is rounding noise.
    static let noiseRatio = 1e-12
    static let windowsBetweenRebuilds = 32
}

/// STDDEV: the square root of the variance, times a factor.
struct StandardDeviation: SeriesKernel {
    private let factor: Double
    private var variance: RollingVariance

    init(period: Int, factor: Double) {
        self.factor = factor
        variance = RollingVariance(period: period)
    }

    var lookback: Int { variance.lookback }
    var reach: Int { variance.reach }

    @inline(__always)
    mutating func first(_ values: UnsafePointer<Double>, _ row: Int) -> Double {
        variance.first(values, row).squareRoot() * factor
    }

    @inline(__always)
    mutating func next(_ values: UnsafePointer<Double>, _ row: Int) -> Double {
        variance.next(values, row).squareRoot() * factor
    }

    func fill(_ bars: BarColumns, count: Int, into outputs: OutputColumns) {
        variance.fill(bars, count: count, into: outputs)
        // Apart from the variances, which wait for one another, roots come two at a time.
        for index in 0..<count - lookback { outputs.first[index] = outputs.first[index].squareRoot() * factor }
    }
}

/// BBANDS: a moving average and, around it, multiples of the population standard deviation of the same window.
struct BollingerBands<Average: SeriesKernel>: IndicatorKernel {
    private let deviationsUp: Double
    private let deviationsDown: Double
    private var average: StagedKernel<Average>
    private var variance: StagedKernel<RollingVariance>

    init(period: Int, deviationsUp: Double, deviationsDown: Double, average: Average) {
        self.deviationsUp = deviationsUp
        self.deviationsDown = deviationsDown
        self.average = StagedKernel(average)
        let variance = RollingVariance(period: period)
        self.variance = StagedKernel(variance)
        lookback = max(average.lookback, variance.lookback)
        reach = max(average.reach, variance.reach)
        varianceDelay = lookback - variance.lookback
    }

    let lookback: Int
    let reach: Int
    /// TA-Lib begins the variance where the average begins.
    private var varianceDelay: Int

    mutating func warm(_ bars: BarColumns, _ row: Int) { _ = step(bars, row) }

    mutating func first(_ bars: BarColumns, _ row: Int) -> OutputTriple {
        step(bars, row) ?? OutputTriple(.nan, .nan, .nan)
    }

    @inline(__always)
    mutating func next(_ bars: BarColumns, _ row: Int) -> OutputTriple {
        let middle = average.next(bars.first, row)
        return bands(middle, variance.next(bars.first, row))
    }

    private mutating func step(_ bars: BarColumns, _ row: Int) -> OutputTriple? {
        let middle = average.step(bars.first, row)
        guard varianceDelay == 0 else {
            varianceDelay -= 1
            return nil
        }
        guard let spread = variance.step(bars.first, row), let middle else { return nil }
        return bands(middle, spread)
    }

    @inline(__always)
    private func bands(_ middle: Double, _ variance: Double) -> OutputTriple {
        let deviation = variance.squareRoot()
        return OutputTriple(middle + deviation * deviationsUp, middle, middle - deviation * deviationsDown)
    }
}
