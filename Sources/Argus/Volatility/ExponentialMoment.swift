/// E[exp(b·(α(|z| − √(2/π)) + γz))] of a standardised error z: what EGARCH's variance grows by.
///
/// For normal errors it is known (Nelson 1991, theorem A1.1). Student's t has no such moment, since its tails fall by a power
/// only: EGARCH with such errors has no finite variance beyond one period (Nelson 1991, section 2). What a forecast can mean
/// there is the moment without the errors beyond the point at which the integrand is smallest and begins to grow: errors so
/// rare that no simulation of reasonable length would see them.
struct ExponentialMoment: Sendable {
    let alpha: Double
    let gamma: Double
    /// Of Student's t; `nil`: normal.
    let degrees: Double?

    private static let intervals = 1000

    /// The logarithm of the moment; `nil` where there is none, because the integrand grows from the start.
    func logarithm(_ factor: Double) -> Double? {
        let (up, down) = (factor * (alpha + gamma), factor * (alpha - gamma))
        guard let rises = side(up), let falls = side(down) else { return nil }
        return RealMath.logarithm(rises + falls) - factor * alpha * VarianceRecursion.meanAbsoluteNormal
    }

    /// E[exp(slope·|z|); z > 0]
    private func side(_ slope: Double) -> Double? {
        guard let degrees else {
            return RealMath.exponential(slope * slope / 2) * RealMath.complementaryError(-slope / (2.0).squareRoot())
                / 2
        }
        guard let end = end(slope, degrees) else { return nil }
        // Simpson's rule over x with |z| = sinh x, which spaces points evenly at first and by ratios in the tail.
        let last = RealMath.logarithm(end + (end * end + 1).squareRoot())
        let width = last / Double(Self.intervals)
        let constant =
            RealMath.studentNorm(degrees).value - RealMath.logarithm(.pi * (degrees - 2)) / 2
        var sum = 0.0
        for index in 0...Self.intervals {
            let growth = RealMath.exponential(Double(index) * width)
            let (size, derivative) = ((growth - 1 / growth) / 2, (growth + 1 / growth) / 2)
            let density = constant - (degrees + 1) / 2 * RealMath.logarithm(1 + size * size / (degrees - 2))
            let weight = index == 0 || index == Self.intervals ? 1.0 : index % 2 == 1 ? 4 : 2
            sum += weight * RealMath.exponential(slope * size + density) * derivative
        }
        return sum * width / 3
    }

    /// Where the integrand is smallest: the larger root of slope = (ν + 1)·z/(ν − 2 + z²). Where it falls for ever, where the
    /// tail beyond weighs nothing.
    private func end(_ slope: Double, _ degrees: Double) -> Double? {
        let farthest = 1e8
        guard slope > 0 else { return farthest }
        let square = (degrees + 1) * (degrees + 1) - 4 * slope * slope * (degrees - 2)
        guard square > 0 else { return nil }
        return min(farthest, (degrees + 1 + square.squareRoot()) / (2 * slope))
    }
}
