/// Leads from a coordinate of the copula to a return: F⁻¹(C(x)), where C is the coordinate's own distribution, standard normal or
/// Student's t.
struct MarginalMap: Sendable {
    private enum Shape {
        case constant(Double)
        /// location + scale · table(x)
        case scaled(location: Double, scale: Double, HermiteTable)
        /// The sample quantile (type 7) at table(x).
        case empirical(sorted: [Double], HermiteTable)
    }

    private let shape: Shape

    /// - Parameter copulaDegrees: of a t copula; `nil`: Gaussian.
    init(
        _ returns: [Double], _ moments: Moments, _ kind: RiskMethod.MarginalKind, copulaDegrees: Double?
    ) throws(Refusal) {
        let coordinate = Coordinate(degrees: copulaDegrees)
        guard moments.standardDeviation > 0 else {
            shape = .constant(moments.mean)
            return
        }
        switch kind {
        case .normal:
            shape = .scaled(
                location: moments.mean, scale: moments.standardDeviation,
                HermiteTable(coordinate.map(to: Coordinate(degrees: nil))))
        case .t:
            let fit = try StudentTFit(returns)
            shape = .scaled(
                location: fit.location, scale: fit.scale,
                HermiteTable(coordinate.map(to: Coordinate(degrees: fit.degrees))))
        case .empirical:
            shape = .empirical(sorted: returns.sorted(), HermiteTable(coordinate.distribution))
        }
    }

    func value(at x: Double) -> Double {
        switch shape {
        case .constant(let value): return value
        case .scaled(let location, let scale, let table): return location + scale * table.value(at: x)
        case .empirical(let sorted, let table):
            let place = min(max(table.value(at: x), 0), 1) * Double(sorted.count - 1)
            let below = min(Int(place), sorted.count - 2)
            return sorted[below] + (sorted[below + 1] - sorted[below]) * (place - Double(below))
        }
    }
}

/// A standard normal or t variable.
private enum Coordinate: Sendable {
    case normal
    case t(StudentTDistribution)

    init(degrees: Double?) { self = degrees.map { .t(StudentTDistribution(degrees: $0)) } ?? .normal }

    func cumulative(_ x: Double) -> Double {
        switch self {
        case .normal: NormalDistribution.cumulative(x)
        case .t(let distribution): distribution.cumulative(x)
        }
    }

    func quantile(_ probability: Double) -> Double {
        switch self {
        case .normal: NormalDistribution.quantile(probability)
        case .t(let distribution): distribution.quantile(probability)
        }
    }

    func density(_ x: Double) -> Double {
        switch self {
        case .normal: NormalDistribution.density(x)
        case .t(let distribution): distribution.density(x)
        }
    }

    /// The distribution function with its density.
    var distribution: HermiteTable.Function {
        { x in (cumulative(x), density(x)) }
    }

    /// x ↦ G⁻¹(C(x)) with its slope, by the lower tail on both sides, where probabilities keep their digits.
    func map(to other: Coordinate) -> HermiteTable.Function {
        { x in
            // What lies beyond the smallest probability stays there.
            let probability = max(cumulative(-abs(x)), .leastNormalMagnitude)
            let value = other.quantile(probability)
            let density = other.density(value)
            return (x < 0 ? value : -value, density > 0 ? self.density(x) / density : 0)
        }
    }
}
