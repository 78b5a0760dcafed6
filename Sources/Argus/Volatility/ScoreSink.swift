/// The derivatives of a variance, or of its logarithm, by the parameters of its recursion.
struct VarianceSlope {
    /// By μ, ω, α and β, which all models have, in the order of ``GarchParameter/lane``.
    var common: SIMD4<Double>
    var gamma: Double

    static let zero = VarianceSlope(common: .zero, gamma: 0)
}

/// Takes the scores of single observations: the derivatives of their log-densities by the parameters.
protocol ScoreSink {
    /// Whether it needs the derivative by ν of every observation.
    static var needsShape: Bool { get }

    /// - Parameters:
    ///   - weight: the derivative of the log-density by what `slope` is a slope of.
    ///   - error: the derivative of the log-density by the error.
    ///   - shape: the derivative of the log-density by ν.
    mutating func add(_ slope: VarianceSlope, weight: Double, error: Double, shape: Double)
}

/// Their sum.
struct ScoreSum: ScoreSink {
    static let needsShape = false

    private var sum = VarianceSlope.zero
    private var errors = 0.0

    @inline(__always)
    mutating func add(_ slope: VarianceSlope, weight: Double, error: Double, shape: Double) {
        sum.common += weight * slope.common
        sum.gamma += weight * slope.gamma
        errors += error
    }

    /// The gradient but for ν.
    var gradient: GarchVector {
        var gradient = GarchVector(lowHalf: sum.common, highHalf: SIMD4(sum.gamma, 0, 0, 0))
        // The error falls as μ rises.
        gradient[.mu] -= errors
        return gradient
    }
}

/// Their outer products.
struct ScoreMoments: ScoreSink {
    static let needsShape = true

    private typealias Rows = (GarchVector, GarchVector, GarchVector, GarchVector, GarchVector, GarchVector)
    private var count = 0.0
    private var sum = GarchVector.zero
    /// The sum of outer products, row after row.
    private var products: Rows = (.zero, .zero, .zero, .zero, .zero, .zero)

    @inline(__always)
    mutating func add(_ slope: VarianceSlope, weight: Double, error: Double, shape: Double) {
        var score = GarchVector(lowHalf: weight * slope.common, highHalf: SIMD4(weight * slope.gamma, shape, 0, 0))
        score[.mu] -= error
        count += 1
        sum += score
        products.0 += score[0] * score
        products.1 += score[1] * score
        products.2 += score[2] * score
        products.3 += score[3] * score
        products.4 += score[4] * score
        products.5 += score[5] * score
    }

    /// Their means: for the gradient g, E[g·gᵀ], row after row in the order of ``GarchParameter/lane``.
    var meanProducts: [GarchVector] {
        [products.0, products.1, products.2, products.3, products.4, products.5].map { $0 / count }
    }

    /// With divisor n − 1, around the mean.
    func covariance(_ left: GarchParameter, _ right: GarchParameter) -> Double {
        (meanProducts[left.lane][right] - sum[left] * sum[right] / (count * count)) * count / (count - 1)
    }
}
