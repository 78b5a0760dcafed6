/// A density of the errors of a model of conditional variance, summed over observations.
///
/// Logarithms are taken of products of several observations' factors, since a logarithm costs more than all else.
protocol ErrorDensity {
    /// The derivatives of the last observation's log-density by ln h, h its variance, and by its error e, given e and 1/h.
    mutating func observe(_ error: Double, _ inverse: Double) -> (logVariance: Double, error: Double)

    /// Makes room for more factors; at the latest after each ``LogProduct/most`` observations.
    mutating func fold()

    /// The derivative of one observation's log-density by ν; zero where there is no ν.
    func shapeScore(_ error: Double, _ inverse: Double) -> Double

    /// The log-likelihood of `count` observations whose log-variances sum up to `logVariances`, and its derivative by ν.
    func logLikelihood(count: Int, logVariances: Double) -> (value: Double, shape: Double)
}

/// Sums logarithms of positive numbers by their product, whose powers of two are counted aside.
struct LogProduct {
    /// Factors to a product: with factors between 1e-30 and 1e30 it stays within doubles.
    static let most = 8

    private var product = 1.0
    private var exponents = 0

    mutating func multiply(_ factor: Double) { product *= factor }

    /// Takes the power of two out of the product. Zero, infinity, NaN, and what is negative stay as they are.
    @inline(__always)
    mutating func fold() {
        let exponent = Int(product.bitPattern >> UInt64(Double.significandBitCount))
        guard exponent > 0, exponent < 2 * Self.bias + 1 else { return }
        exponents &+= exponent &- Self.bias
        product = Double(bitPattern: product.bitPattern & Self.fraction | (1.0).bitPattern)
    }

    var sum: Double { RealMath.logarithm(product) + Double(exponents) * RealMath.logarithm(2) }

    private static let bias = 1023
    private static let fraction: UInt64 = 1 << UInt64(Double.significandBitCount) - 1
}

struct NormalErrors: ErrorDensity {
    private var squares = 0.0

    @inline(__always)
    mutating func observe(_ error: Double, _ inverse: Double) -> (logVariance: Double, error: Double) {
        let weighted = error * inverse
        let square = error * weighted
        squares += square
        return ((square - 1) / 2, -weighted)
    }

    mutating func fold() {}
    func shapeScore(_ error: Double, _ inverse: Double) -> Double { 0 }

    func logLikelihood(count: Int, logVariances: Double) -> (value: Double, shape: Double) {
        (-(Double(count) * RealMath.logarithm(2 * .pi) + logVariances + squares) / 2, 0)
    }
}

/// Student's t with unit variance: Γ((ν+1)/2)/(Γ(ν/2)·√(π(ν−2)h)) · (1 + e²/((ν−2)h))^{−(ν+1)/2}.
struct StudentErrors: ErrorDensity {
    private let degrees: Double
    /// 1/(ν − 2)
    private let factor: Double
    private let norm: (value: Double, slope: Double)
    private var tails = LogProduct()
    /// Σ q/(1 + q), q = e²/((ν − 2)h)
    private var ratios = 0.0

    init(degrees: Double) {
        self.degrees = degrees
        factor = 1 / (degrees - 2)
        norm = RealMath.studentNorm(degrees)
    }

    @inline(__always)
    mutating func observe(_ error: Double, _ inverse: Double) -> (logVariance: Double, error: Double) {
        let weighted = error * inverse * factor
        let tail = 1 + error * weighted
        let reciprocal = 1 / tail
        let ratio = 1 - reciprocal
        tails.multiply(tail)
        ratios += ratio
        return (((degrees + 1) * ratio - 1) / 2, -(degrees + 1) * weighted * reciprocal)
    }

    mutating func fold() { tails.fold() }

    func shapeScore(_ error: Double, _ inverse: Double) -> Double {
        let tail = 1 + error * error * inverse * factor
        return shape(count: 1, logTails: RealMath.logarithm(tail), ratios: 1 - 1 / tail)
    }

    func logLikelihood(count: Int, logVariances: Double) -> (value: Double, shape: Double) {
        let constant = norm.value - RealMath.logarithm(.pi * (degrees - 2)) / 2
        let value = Double(count) * constant - logVariances / 2 - (degrees + 1) / 2 * tails.sum
        return (value, shape(count: count, logTails: tails.sum, ratios: ratios))
    }

    private func shape(count: Int, logTails: Double, ratios: Double) -> Double {
        Double(count) * (norm.slope - factor / 2) - logTails / 2 + (degrees + 1) / 2 * factor * ratios
    }
}
