/// The dominant cycle with its phase: the smoothed prices of one cycle against a sine and a cosine of its period.
struct DominantCycle {
    static let lookback = 63

    private var transform = HilbertTransform(smoothedAlone: 37)
    private var prices = SeriesHistory(reach: CycleWaves.longest)
    private let waves = CycleWaves.shared
    private(set) var smoothedPeriod = 0.0
    /// In degrees.
    private(set) var phase = 0.0
    private(set) var previousPhase = 0.0

    init() {
        // Prices before the first are zeros.
        for _ in 0..<CycleWaves.longest { _ = prices.append(0) }
    }

    var smoothedPrice: Double { transform.smoothedPrice }

    /// Takes a bar of the warm-up; whether the transform saw it.
    mutating func warm(_ values: UnsafePointer<Double>, _ row: Int) -> Bool {
        guard transform.warm(values, row) else { return false }
        updatePhase()
        return true
    }

    @inline(__always)
    mutating func advance(_ values: UnsafePointer<Double>, _ row: Int) {
        transform.advance(values, row)
        updatePhase()
    }

    /// The sine of the phase, and that of the phase 45 degrees later.
    var sines: (now: Double, ahead: Double) {
        (RealMath.sine(phase * Angle.radiansPerDegree), RealMath.sine((phase + 45) * Angle.radiansPerDegree))
    }

    private mutating func updatePhase() {
        smoothedPeriod = 0.33 * transform.period + 0.67 * smoothedPeriod
        let place = prices.append(transform.smoothedPrice)
        let (real, imaginary) = waves.parts(of: prices.values, endingAt: place, period: Int(smoothedPeriod + 0.5))
        previousPhase = phase
        let size = abs(imaginary)
        if size > 0 {
            phase = RealMath.arcTangent(real / imaginary) * Angle.degreesPerRadian
        } else if real < 0 {
            phase -= 90
        } else if real > 0 {
            phase += 90
        }
        phase += 90
        // The weighted average lags by one bar.
        phase += 360 / smoothedPeriod
        if imaginary < 0 { phase += 180 }
        if phase > 315 { phase -= 360 }
    }
}

/// Sines and cosines over one cycle of every period that a dominant cycle can have.
final class CycleWaves: Sendable {
    static let shared = CycleWaves()
    static let longest = 50

    /// Sine and cosine by turns, the waves of period p from place p·(p − 1).
    private let waves: [Double]

    private init() {
        var waves: [Double] = []
        for period in 1...Self.longest {
            for index in 0..<period {
                let angle = Double(index) * Angle.fullCircle / Double(period)
                waves.append(RealMath.sine(angle))
                waves.append(RealMath.cosine(angle))
            }
        }
        self.waves = waves
    }

    /// The sums of the last `period` prices, the newest first, times the sine and times the cosine.
    func parts(of prices: UnsafePointer<Double>, endingAt place: Int, period: Int) -> (real: Double, imaginary: Double)
    {
        let period = min(period, Self.longest)
        return waves.withUnsafeBufferPointer { waves in
            let start = period &* (period &- 1)
            var sums = SIMD2<Double>(0, 0)
            for index in 0..<max(period, 0) {
                let wave = start &+ 2 &* index
                sums += SIMD2(waves[wave], waves[wave &+ 1]) * prices[place &- index]
            }
            return (sums.x, sums.y)
        }
    }
}

/// The mean of the price over the dominant cycle, weighted over four bars.
struct CycleTrendline {
    static let reach = CycleWaves.longest

    private var means = (0.0, 0.0, 0.0)

    mutating func next(_ values: UnsafePointer<Double>, _ row: Int, smoothedPeriod: Double) -> Double {
        let period = Int(smoothedPeriod + 0.5)
        var mean = 0.0
        for index in 0..<max(period, 0) { mean += values[row &- index] }
        if period > 0 { mean /= Double(period) }
        let line = (4 * mean + 3 * means.0 + 2 * means.1 + means.2) / 10
        means = (mean, means.0, means.1)
        return line
    }
}
