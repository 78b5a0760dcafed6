/// MAMA and FAMA (Ehlers): exponential averages whose weight follows the rate at which the phase of the dominant cycle turns.
struct MesaAdaptiveAverages: IndicatorKernel {
    static let defaultFastLimit = 0.5
    static let defaultSlowLimit = 0.05

    private let fastLimit: Double
    private let slowLimit: Double
    private var transform = HilbertTransform(smoothedAlone: 12)
    private var previousPhase = 0.0
    private var average = 0.0
    private var following = 0.0

    init(fastLimit: Double = defaultFastLimit, slowLimit: Double = defaultSlowLimit) {
        self.fastLimit = fastLimit
        self.slowLimit = slowLimit
    }

    var lookback: Int { 32 }
    var reach: Int { HilbertTransform.reach }

    mutating func warm(_ bars: BarColumns, _ row: Int) {
        if transform.warm(bars.first, row) { take(bars.first[row]) }
    }

    @inline(__always)
    mutating func next(_ bars: BarColumns, _ row: Int) -> OutputPair {
        transform.advance(bars.first, row)
        take(bars.first[row])
        return OutputPair(average, following)
    }

    @inline(__always)
    private mutating func take(_ value: Double) {
        let inPhase = transform.inPhase
        let phase =
            inPhase != 0
            ? RealMath.arcTangent(transform.quadrature / inPhase) * (180 / (4 * RealMath.arcTangent(1.0))) : 0
        let change = previousPhase - phase
        previousPhase = phase
        var weight = fastLimit
        if change > 1 {
            weight = fastLimit / change
            if weight < slowLimit { weight = slowLimit }
        }
        average = weight * value + (1 - weight) * average
        let half = weight * 0.5
        following = half * average + (1 - half) * following
    }
}

/// MAMA as one of the kinds of moving average: the first of its two lines, with the default limits, whatever the period.
struct MesaAverage: SeriesKernel {
    private var averages = MesaAdaptiveAverages()

    var lookback: Int { averages.lookback }
    var reach: Int { averages.reach }

    mutating func warm(_ values: UnsafePointer<Double>, _ row: Int) { averages.warm(BarColumns(only: values), row) }

    @inline(__always)
    mutating func next(_ values: UnsafePointer<Double>, _ row: Int) -> Double {
        averages.next(BarColumns(only: values), row).first
    }
}
