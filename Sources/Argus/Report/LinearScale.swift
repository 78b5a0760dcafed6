/// Maps values to pixels, and knows round values between its ends.
struct LinearScale: Sendable, Equatable {
    let lower: Double
    let upper: Double
    /// The pixels of `lower` and `upper`.
    let start: Double
    let end: Double

    /// - Parameters:
    ///   - values: the scale reaches from the least to the greatest finite one of them, widened a little where they are one value.
    ///   - padding: the part of the reach that is left free at each end.
    init(over values: some Sequence<Double>, from start: Double, to end: Double, padding: Double = 0) {
        var least = Double.infinity
        var greatest = -Double.infinity
        for value in values where value.isFinite {
            least = min(least, value)
            greatest = max(greatest, value)
        }
        if least > greatest { (least, greatest) = (0, 1) }
        if greatest - least <= abs(greatest) * 1e-12 {
            let margin = max(abs(greatest) * 0.05, 1e-9)
            (least, greatest) = (least - margin, greatest + margin)
        }
        let margin = (greatest - least) * padding
        (lower, upper) = (least - margin, greatest + margin)
        self.start = start
        self.end = end
    }

    func callAsFunction(_ value: Double) -> Double { start + (value - lower) / (upper - lower) * (end - start) }

    /// Round values within the reach, about `count` of them: multiples of 1, 2 or 5 times a power of ten
    /// (Heckbert 1990, "Nice numbers for graph labels").
    func ticks(about count: Int = 5) -> (values: [Double], decimals: Int) {
        let rough = (upper - lower) / Double(max(count, 1))
        guard rough.isFinite, rough > 0 else { return ([], 0) }
        let exponent = RealMath.logarithm(rough) / RealMath.logarithm(10)
        var power = Int(exponent.rounded(.down))
        let fraction = rough / Self.powerOfTen(power)
        var nice = fraction < 1.5 ? 1.0 : fraction < 3 ? 2 : fraction < 7 ? 5 : 10
        if nice == 10 { (nice, power) = (1, power + 1) }
        let step = nice * Self.powerOfTen(power)
        let first = (lower / step - 1e-9).rounded(.up)
        let last = (upper / step + 1e-9).rounded(.down)
        guard first <= last, last - first < 1000 else { return ([], 0) }
        return (stride(from: first, through: last, by: 1).map { $0 * step + 0 }, max(0, -power))
    }

    private static func powerOfTen(_ exponent: Int) -> Double {
        var result = 1.0
        for _ in 0..<abs(exponent) { result *= 10 }
        return exponent < 0 ? 1 / result : result
    }
}
