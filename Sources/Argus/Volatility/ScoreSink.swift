/// The derivatives of a variance, or of its logarithm, by the parameters of its recursion.
struct VarianceSlope {
    var mu: Double
    var omega: Double
    var alpha: Double
    var beta: Double
    var gamma: Double

    static let zero = VarianceSlope(mu: 0, omega: 0, alpha: 0, beta: 0, gamma: 0)
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

    @inline(__always)
    mutating func add(_ slope: VarianceSlope, weight: Double, error: Double, shape: Double) {
        // The error falls as μ rises.
        sum.mu += weight * slope.mu - error
        sum.omega += weight * slope.omega
        sum.alpha += weight * slope.alpha
        sum.beta += weight * slope.beta
        sum.gamma += weight * slope.gamma
    }

    /// The gradient but for ν.
    var gradient: GarchVector { GarchVector(sum.mu, sum.omega, sum.alpha, sum.beta, sum.gamma, 0, 0, 0) }
}

/// Their covariance.
struct ScoreMoments: ScoreSink {
    static let needsShape = true

    private static let size = GarchParameter.allCases.count
    private var count = 0.0
    private var sum = [Double](repeating: 0, count: size)
    /// The sum of outer products, row after row.
    private var products = [Double](repeating: 0, count: size * size)

    mutating func add(_ slope: VarianceSlope, weight: Double, error: Double, shape: Double) {
        // In the order of lanes.
        let score = (
            weight * slope.mu - error, weight * slope.omega, weight * slope.alpha, weight * slope.beta,
            weight * slope.gamma, shape
        )
        count += 1
        withUnsafeBytes(of: score) { bytes in
            let score = bytes.assumingMemoryBound(to: Double.self)
            for row in 0..<Self.size {
                sum[row] += score[row]
                for column in 0..<Self.size { products[row * Self.size + column] += score[row] * score[column] }
            }
        }
    }

    /// With divisor n − 1, around the mean.
    func covariance(_ left: GarchParameter, _ right: GarchParameter) -> Double {
        (products[left.lane * Self.size + right.lane] - sum[left.lane] * sum[right.lane] / count) / (count - 1)
    }
}
