/// MACD: the difference of a fast and a slow exponential average, its own average (the signal), and the difference of both.
///
/// As in TA-Lib both price averages begin on the same bar: the fast one is seeded with the newest `fast` bars of the slow
/// one's seed. Periods given the wrong way round are exchanged.
struct MovingAverageConvergence: IndicatorKernel {
    private var barsBeforeFast: Int
    private var fast: ExponentialMovingAverage
    private var slow: ExponentialMovingAverage
    private var signal: ExponentialMovingAverage

    init(fastPeriod: Int, slowPeriod: Int, signalPeriod: Int) {
        let (shorter, longer) = (min(fastPeriod, slowPeriod), max(fastPeriod, slowPeriod))
        barsBeforeFast = longer - shorter
        fast = ExponentialMovingAverage(period: shorter)
        slow = ExponentialMovingAverage(period: longer)
        signal = ExponentialMovingAverage(period: signalPeriod)
    }

    mutating func next(_ sample: IndicatorSample) -> IndicatorValue? {
        let slowAverage = slow.next(sample.first)
        guard barsBeforeFast == 0 else {
            barsBeforeFast -= 1
            return nil
        }
        let fastAverage = fast.next(sample.first)
        guard let slowAverage, let fastAverage else { return nil }
        let difference = fastAverage - slowAverage
        guard let signalLine = signal.next(difference) else { return nil }
        return IndicatorValue(difference, signalLine, difference - signalLine)
    }
}
