/// Bollinger bands: a moving average and, around it, multiples of the population standard deviation of the same window.
struct BollingerBands: IndicatorKernel {
    private let deviationsUp: Double
    private let deviationsDown: Double
    private var average: AnyMovingAverage
    private var variance: RollingVariance

    init(period: Int, deviationsUp: Double, deviationsDown: Double, kind: MovingAverageKind) {
        self.deviationsUp = deviationsUp
        self.deviationsDown = deviationsDown
        average = AnyMovingAverage(kind, period: period)
        variance = RollingVariance(period: period)
    }

    mutating func next(_ sample: IndicatorSample) -> IndicatorValue? {
        // Both see every bar, whichever warms up later.
        let middle = average.next(sample.first)
        let spread = variance.next(sample.first)
        guard let middle, let spread else { return nil }
        let deviation = spread.squareRoot()
        return IndicatorValue(middle + deviation * deviationsUp, middle, middle - deviation * deviationsDown)
    }
}
