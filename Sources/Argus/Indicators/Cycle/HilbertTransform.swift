/// A price as the Hilbert transform of Ehlers (Rocket Science for Traders, 2001) sees it: smoothed, then split into two
/// components a quarter of a cycle apart, from whose turning the period of the dominant cycle follows.
///
/// TA-Lib keeps apart what belongs to even and to odd bars; here the filter reads its inputs of two, four and six bars ago,
/// which comes to the same values.
struct HilbertTransform {
    /// The bars before the first one that the transform takes: the price smoother runs alone up to there.
    private let smoothedAlone: Int
    private var bars = 0
    private var smoother = PriceSmoother()
    private var smoothedLine = DelayLine()
    private var detrenderLine = DelayLine()
    private var quadratureLine = DelayLine()
    private var inPhaseLine = DelayLine()
    private var previousInPhase = 0.0
    private var previousQuadrature = 0.0
    private var realPart = 0.0
    private var imaginaryPart = 0.0

    /// The period of the dominant cycle, in bars, from 6 to 50 once it has settled.
    private(set) var period = 0.0
    private(set) var smoothedPrice = 0.0
    /// The component in phase with the price.
    private(set) var inPhase = 0.0
    /// The component a quarter of a cycle behind.
    private(set) var quadrature = 0.0

    init(smoothedAlone: Int) { self.smoothedAlone = smoothedAlone }

    /// Earlier values that the price smoother reads.
    static let reach = PriceSmoother.reach

    /// Takes a bar of the warm-up; whether the transform saw it.
    mutating func warm(_ values: UnsafePointer<Double>, _ row: Int) -> Bool {
        bars += 1
        guard bars > smoothedAlone else {
            _ = smoother.step(values, row)
            return false
        }
        advance(values, row)
        return true
    }

    /// Takes a bar, without the period that follows from it.
    @inline(__always)
    mutating func transform(_ values: UnsafePointer<Double>, _ row: Int) {
        let gain = 0.075 * period + 0.54
        smoothedPrice = smoother.next(values, row)
        let detrender = smoothedLine.filter(smoothedPrice) * gain
        quadrature = detrenderLine.filter(detrender) * gain
        inPhase = detrenderLine.threeBarsAgo
    }

    /// Takes a bar.
    @inline(__always)
    mutating func advance(_ values: UnsafePointer<Double>, _ row: Int) {
        transform(values, row)
        updatePeriod()
    }

    /// The period that follows from the components of the bar taken last.
    @inline(__always)
    mutating func updatePeriod() {
        let gain = 0.075 * period + 0.54
        let inPhaseAhead = inPhaseLine.filter(inPhase) * gain
        let quadratureAhead = quadratureLine.filter(quadrature) * gain
        let q2 = 0.2 * (quadrature + inPhaseAhead) + 0.8 * previousQuadrature
        let i2 = 0.2 * (inPhase - quadratureAhead) + 0.8 * previousInPhase
        realPart = 0.2 * (i2 * previousInPhase + q2 * previousQuadrature) + 0.8 * realPart
        imaginaryPart = 0.2 * (i2 * previousQuadrature - q2 * previousInPhase) + 0.8 * imaginaryPart
        previousQuadrature = q2
        previousInPhase = i2
        let before = period
        if imaginaryPart != 0, realPart != 0 {
            period = 360 / (RealMath.arcTangent(imaginaryPart / realPart) * Angle.degreesPerRadian)
        }
        if period > 1.5 * before { period = 1.5 * before }
        if period < 0.67 * before { period = 0.67 * before }
        if period < 6 { period = 6 } else if period > 50 { period = 50 }
        period = 0.2 * period + 0.8 * before
    }
}

/// Factors between degrees and radians, by the arithmetic that TA-Lib takes.
enum Angle {
    static let degreesPerRadian = 45 / RealMath.arcTangent(1.0)
    static let radiansPerDegree = 1 / (45 / RealMath.arcTangent(1.0))
    static let fullCircle = RealMath.arcTangent(1.0) * 8
}

/// The last seven inputs of a filter whose taps are two bars apart.
private struct DelayLine {
    private var one = 0.0
    private var two = 0.0
    private var three = 0.0
    private var four = 0.0
    private var five = 0.0
    private var six = 0.0

    /// The input three bars before the one that the filter took last.
    private(set) var threeBarsAgo = 0.0

    @inline(__always)
    mutating func filter(_ value: Double) -> Double {
        let output = ((0.0962 * value - 0.0962 * six) - 0.5769 * four) + 0.5769 * two
        threeBarsAgo = three
        six = five
        five = four
        four = three
        three = two
        two = one
        one = value
        return output
    }
}

/// The weighted mean of the last four prices, kept as two running sums.
struct PriceSmoother {
    private var sum = 0.0
    private var weightedSum = 0.0
    private var bars = 0

    static let reach = 4

    /// Takes a bar at any stage.
    mutating func step(_ values: UnsafePointer<Double>, _ row: Int) -> Double? {
        bars += 1
        if bars > 4 { return next(values, row) }
        sum += values[row]
        weightedSum += values[row] * Double(bars)
        guard bars == 4 else { return nil }
        let mean = weightedSum * 0.1
        weightedSum -= sum
        return mean
    }

    /// Takes a bar after the fourth.
    @inline(__always)
    mutating func next(_ values: UnsafePointer<Double>, _ row: Int) -> Double {
        sum += values[row]
        sum -= values[row &- 4]
        weightedSum += values[row] * 4
        let mean = weightedSum * 0.1
        weightedSum -= sum
        return mean
    }
}
