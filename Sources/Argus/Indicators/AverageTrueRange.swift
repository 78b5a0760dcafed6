/// Wilder's average true range: the mean of the first `period` true ranges, then Wilder's smoothing.
///
/// The inputs are high, low and close. The first bar has no true range, for it has no previous close.
struct AverageTrueRange: IndicatorKernel {
    private let period: Double
    private let warmUp: Int
    private var ranges = 0
    private var previousClose: Double?
    private var average = 0.0

    init(period: Int) {
        self.period = Double(period)
        warmUp = period
    }

    mutating func next(_ sample: IndicatorSample) -> IndicatorValue? {
        let (high, low, close) = (sample.first, sample.second, sample.third)
        guard let lastClose = previousClose else {
            previousClose = close
            return nil
        }
        previousClose = close
        let range = Self.trueRange(high: high, low: low, previousClose: lastClose)
        if ranges >= warmUp {
            average *= period - 1
            average += range
            average /= period
        } else {
            ranges += 1
            average += range
            guard ranges == warmUp else { return nil }
            average /= period
        }
        return IndicatorValue(average)
    }

    static func trueRange(high: Double, low: Double, previousClose: Double) -> Double {
        var greatest = high - low
        let toHigh = abs(previousClose - high)
        if toHigh > greatest { greatest = toHigh }
        let toLow = abs(previousClose - low)
        if toLow > greatest { greatest = toLow }
        return greatest
    }
}
