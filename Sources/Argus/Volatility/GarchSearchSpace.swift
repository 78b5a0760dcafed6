/// The parameters of a model as coordinates of a box, for returns whose mean square is one.
///
/// GARCH and GJR are stationary, with variances that stay positive, where ω > 0, α ≥ 0, α + γ ≥ 0, β ≥ 0 and
/// α + γ/2 + β ≤ 1. With the persistence p of the sum, the share s of it that is of the last error, and the part u of that which
/// is of rises, this is p, s, u ∈ [0, 1]: α = 2psu, α + γ = 2ps(1 − u), β = p(1 − s). ω is searched by its logarithm, ν by its
/// reciprocal. The bounds of ω, β and ν are those of the Python package arch 8, whose results these shall equal.
struct GarchSearchSpace: Sendable {
    /// What a coordinate stands for.
    private enum Axis { case mu, logOmega, persistence, share, rises, omega, alpha, gamma, beta, reciprocalNu }

    private let axes: [Axis]
    let box: Box

    static let omega = 1e-8...10.0
    static let nu = 2.05...500.0
    /// |ω| of EGARCH, and what its α and γ may be at the most.
    private static let widestLogarithm = RealMath.logarithm(10_000)
    private static let largestReaction = 10.0

    init(_ specification: GarchSpecification) {
        var axes: [Axis] = specification.mean == .constant ? [.mu] : []
        switch specification.variance {
        case .garch: axes += [.logOmega, .persistence, .share]
        case .gjr: axes += [.logOmega, .persistence, .share, .rises]
        case .egarch: axes += [.omega, .alpha, .gamma, .beta]
        }
        if specification.distribution == .t { axes.append(.reciprocalNu) }
        self.axes = axes
        let bounds = axes.map(Self.bounds)
        box = Box(lower: bounds.map(\.lowerBound), upper: bounds.map(\.upperBound))
    }

    private static func bounds(_ axis: Axis) -> ClosedRange<Double> {
        switch axis {
        case .mu: -.infinity ... .infinity
        case .logOmega: RealMath.logarithm(omega.lowerBound)...RealMath.logarithm(omega.upperBound)
        case .persistence, .share, .rises, .beta: 0...1
        case .omega: -widestLogarithm...widestLogarithm
        case .alpha, .gamma: -largestReaction...largestReaction
        case .reciprocalNu: 1 / nu.upperBound...1 / nu.lowerBound
        }
    }

    /// The parameters at a point.
    func parameters(_ point: [Double]) -> GarchVector {
        var parameters = GarchVector.zero
        var (persistence, share, rises) = (0.0, 0.0, 0.5)
        var isLogarithmic = false
        for (axis, value) in zip(axes, point) {
            switch axis {
            case .mu: parameters[.mu] = value
            case .logOmega: parameters[.omega] = RealMath.exponential(value)
            case .persistence: persistence = value
            case .share: share = value
            case .rises: rises = value
            case .omega:
                isLogarithmic = true
                parameters[.omega] = value
            case .alpha: parameters[.alpha] = value
            case .gamma: parameters[.gamma] = value
            case .beta: parameters[.beta] = value
            case .reciprocalNu: parameters[.nu] = 1 / value
            }
        }
        if !isLogarithmic {
            parameters[.alpha] = 2 * persistence * share * rises
            parameters[.gamma] = 2 * persistence * share * (1 - 2 * rises)
            parameters[.beta] = persistence * (1 - share)
        }
        return parameters
    }

    /// The point that parameters of EGARCH are at, moved into the box.
    func point(_ parameters: GarchVector) -> [Double] {
        box.projection(
            axes.map { axis in
                switch axis {
                case .mu: parameters[.mu]
                case .omega: parameters[.omega]
                case .alpha: parameters[.alpha]
                case .gamma: parameters[.gamma]
                case .beta: parameters[.beta]
                case .reciprocalNu: 1 / parameters[.nu]
                case .logOmega, .persistence, .share, .rises: preconditionFailure("a coordinate of another model")
                }
            })
    }

    /// A gradient by the parameters, as one by the coordinates.
    func gradient(_ gradient: GarchVector, at point: [Double]) -> [Double] {
        func value(_ axis: Axis) -> Double? { axes.firstIndex(of: axis).map { point[$0] } }
        let (persistence, share) = (value(.persistence) ?? 0, value(.share) ?? 0)
        let rises = value(.rises) ?? 0.5
        // By the whole 2ps that errors weigh.
        let errors = rises * gradient[.alpha] + (1 - 2 * rises) * gradient[.gamma]
        return zip(axes, point).map { axis, value in
            switch axis {
            case .mu: gradient[.mu]
            case .logOmega: RealMath.exponential(value) * gradient[.omega]
            case .persistence: 2 * share * errors + (1 - share) * gradient[.beta]
            case .share: 2 * persistence * errors - persistence * gradient[.beta]
            case .rises: 2 * persistence * share * (gradient[.alpha] - 2 * gradient[.gamma])
            case .omega: gradient[.omega]
            case .alpha: gradient[.alpha]
            case .gamma: gradient[.gamma]
            case .beta: gradient[.beta]
            case .reciprocalNu: -gradient[.nu] / (value * value)
            }
        }
    }

    /// A matrix of products of derivatives by the parameters, its rows in the order of ``GarchParameter/lane``, as one of
    /// derivatives by the coordinates.
    func products(_ rows: [GarchVector], at point: [Double]) -> [[Double]] {
        let halves = rows.map { gradient($0, at: point) }
        return axes.indices.map { axis in
            var column = GarchVector.zero
            for (lane, half) in halves.enumerated() { column[lane] = half[axis] }
            return gradient(column, at: point)
        }
    }

    /// Points to start from.
    /// - Parameter mean: of the returns.
    func starts(mean: Double) -> [[Double]] {
        let tails = axes.contains(.reciprocalNu) ? [0.15, 0.45] : [0.15]
        var starts: [[Double]] = []
        for tail in tails {
            // Near two degrees of freedom most of the variance lies in the tails.
            let width = tail > 0.3 ? 10.0 : 1
            if axes.contains(.persistence) {
                // The last ones: a variance that hardly reacts, and falls from its beginning.
                let shares = [
                    (0.98, 0.06, 1), (0.95, 0.15, 1), (0.99, 0.03, 1), (0.7, 0.15, 1), (0.5, 0.4, 1),
                    (0.3, 1, 1), (0.9, 0.4, 1), (0.997, 0.001, 0.1), (0.9, 0.01, 1), (0.999, 0.001, 1),
                ]
                for rises in axes.contains(.rises) ? [0.2, 0.9] : [0.5] {
                    starts += shares.map { persistence, share, level in
                        axes.map { axis in
                            switch axis {
                            case .mu: mean
                            case .logOmega: RealMath.logarithm((1 - persistence) * level * width)
                            case .persistence: persistence
                            case .share: tail > 0.3 ? 2 * share : share
                            case .rises: rises
                            default: tail
                            }
                        }
                    }
                }
            } else {
                let reactions = [(0.1, -0.05), (0.25, 0), (0.02, -0.1), (0.02, 0.1), (-0.15, -0.1), (2.5, 0)]
                for beta in [0.2, 0.7, 0.95, 0.985] {
                    starts += reactions.map { alpha, gamma in
                        axes.map { axis in
                            switch axis {
                            case .mu: mean
                            case .omega: (1 - beta) * RealMath.logarithm(width)
                            case .alpha: alpha
                            case .gamma: gamma
                            case .beta: beta
                            default: tail
                            }
                        }
                    }
                }
            }
        }
        return starts
    }

    /// The place of μ in points; `nil` where it is not searched.
    var meanIndex: Int? { axes.firstIndex(of: .mu) }
}
