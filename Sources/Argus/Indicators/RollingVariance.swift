/// Variance (divisor n) of the last `period` values, by the shifted sums of TA-Lib 0.8.
///
/// The sums are of deviations from a value near the window, so that their difference keeps its digits; they are built anew,
/// with the window's mean as the shift, when the difference has become small beside them, when a large value has just left,
/// and at the latest after 32 windows.
struct RollingVariance: Sendable {
    /// Below this part of the mean squared deviation, the variance has lost too many digits to the shift.
    private static let staleShiftRatio = 1e-6
    /// A leaving square this many times the remaining sum has buried its small terms.
    private static let outlierRatio = 1e6
    /// Below this part of the mean squared deviation, measured about the mean, what is left is rounding noise.
    private static let noiseRatio = 1e-12
    private static let windowsBetweenRebuilds = 32

    private let period: Int
    private let inversePeriod: Double
    private var window: RingBuffer
    private var shift = 0.0
    private var sum = 0.0
    private var sumOfSquares = 0.0
    private var barsUntilRebuild: Int

    init(period: Int) {
        self.period = period
        inversePeriod = 1.0 / Double(period)
        window = RingBuffer(capacity: period)
        barsUntilRebuild = Self.windowsBetweenRebuilds * period
    }

    mutating func next(_ value: Double) -> Double? {
        if window.count == 0 { shift = value }
        window.append(value)
        let deviation = value - shift
        sum += deviation
        sumOfSquares += deviation * deviation
        guard window.isFull else { return nil }

        var variance = currentVariance
        let leaving = removeOldest()
        barsUntilRebuild -= 1
        if variance < Self.staleShiftRatio * (sumOfSquares * inversePeriod)
            || leaving > Self.outlierRatio * sumOfSquares || barsUntilRebuild <= 0
        {
            variance = rebuilt()
            _ = removeOldest()
        }
        return variance
    }

    private var currentVariance: Double {
        let mean = sum * inversePeriod
        return sumOfSquares * inversePeriod - mean * mean
    }

    /// Takes the oldest value of the window out of the sums and answers its squared deviation.
    private mutating func removeOldest() -> Double {
        let deviation = window.oldest - shift
        sum -= deviation
        let square = deviation * deviation
        sumOfSquares -= square
        return square
    }

    private mutating func rebuilt() -> Double {
        barsUntilRebuild = Self.windowsBetweenRebuilds * period
        var total = 0.0
        window.visit { total += $0 }
        let mean = total * inversePeriod
        var deviations = 0.0
        var squares = 0.0
        window.visit { value in
            let deviation = value - mean
            deviations += deviation
            squares += deviation * deviation
        }
        shift = mean
        sum = deviations
        sumOfSquares = squares
        let variance = currentVariance
        return variance < Self.noiseRatio * (sumOfSquares * inversePeriod) ? 0 : variance
    }
}
