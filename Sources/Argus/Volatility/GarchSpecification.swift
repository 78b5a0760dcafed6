/// A model of conditional variance, and how it is fitted.
package struct GarchSpecification: Sendable, Equatable {
    package enum Variance: String, Sendable, CaseIterable {
        /// σ²_t = ω + α·e²_{t−1} + β·σ²_{t−1} (Bollerslev 1986).
        case garch
        /// σ²_t = ω + (α + γ·[e_{t−1} < 0])·e²_{t−1} + β·σ²_{t−1} (Glosten, Jagannathan and Runkle 1993).
        case gjr
        /// ln σ²_t = ω + α·(|z_{t−1}| − √(2/π)) + γ·z_{t−1} + β·ln σ²_{t−1}, z = e/σ (Nelson 1991).
        case egarch
    }

    /// Of the standardised errors z, whose variance is one.
    package enum Distribution: String, Sendable, CaseIterable {
        case normal
        /// Student's t with ν > 2 degrees of freedom (Bollerslev 1987).
        case t
    }

    package enum Mean: String, Sendable, CaseIterable { case constant, zero }

    /// What stands for the variance, and for the squared error, before the first return.
    package enum Backcast: Sendable, Equatable {
        /// Σ 0.94ⁱ·e²ᵢ/Σ 0.94ⁱ over the first 75 residuals from the sample mean.
        case exponential
        /// The mean of the squared residuals, at every value of μ again.
        case meanSquared
        /// In units of the scaled returns, squared.
        case fixed(Double)
    }

    package var variance: Variance
    package var distribution: Distribution
    package var mean: Mean
    /// The returns are multiplied by this; parameters, their errors and the likelihood are of the scaled returns.
    package var scale = 100.0
    package var backcast = Backcast.exponential

    package init(variance: Variance, distribution: Distribution = .normal, mean: Mean = .constant) {
        self.variance = variance
        self.distribution = distribution
        self.mean = mean
    }

    /// The parameters that are estimated, in the order in which they are reported.
    var parameters: [GarchParameter] {
        GarchParameter.allCases.filter { parameter in
            switch parameter {
            case .mu: mean == .constant
            case .omega, .alpha, .beta: true
            case .gamma: variance != .garch
            case .nu: distribution == .t
            }
        }
    }

    /// Fewer returns say too little of so many parameters.
    static let fewestReturns = 50
}

/// The parameters of the models; the raw values are their names in results.
enum GarchParameter: String, Sendable, CaseIterable {
    case mu
    case omega
    case alpha = "alpha[1]"
    case gamma = "gamma[1]"
    case beta = "beta[1]"
    case nu

    /// Its place in a ``GarchVector``.
    var lane: Int {
        switch self {
        case .mu: 0
        case .omega: 1
        case .alpha: 2
        case .beta: 3
        case .gamma: 4
        case .nu: 5
        }
    }
}

/// A value for each parameter, or a derivative by each, at ``GarchParameter/lane``.
typealias GarchVector = SIMD8<Double>

extension SIMD8<Double> {
    subscript(parameter: GarchParameter) -> Double {
        get { self[parameter.lane] }
        set { self[parameter.lane] = newValue }
    }
}
