/// How the minimum over all other coordinates goes with μ, by a quadratic model: of a function that has kinks in μ, between which
/// it is smooth and bends alike.
struct MeanProfile {
    let hessian: [[Double]]
    /// Of the place that the model is around.
    let value: Double
    let gradient: [Double]

    private let place: [Double]
    private let index: Int
    private let box: Box
    private let others: [Int]
    private let factor: CholeskyFactorization
    /// What the others move by for each unit of μ, and the bend that is left.
    private let slopes: [Double]
    private let bend: Double

    /// - Returns: `nil` where the Hessian is not positive definite.
    init?(hessian: [[Double]], mean index: Int, at minimum: Minimum<[Double]>, in box: Box) {
        guard let gradient = minimum.gradient else { return nil }
        (self.hessian, self.index, self.box, self.gradient) = (hessian, index, box, gradient)
        (place, value) = (minimum.point, minimum.value)
        let others = minimum.point.indices.filter { $0 != index && !box.holds($0, minimum.point, against: gradient) }
        let columns = others.map { row in others.map { hessian[row][$0] } }
        guard !others.isEmpty, let factor = try? CholeskyFactorization(Matrix(columns: columns)) else { return nil }
        let slopes = factor.solve(others.map { -hessian[$0][index] })
        bend = hessian[index][index] + zip(others, slopes).reduce(0) { $0 + hessian[index][$1.0] * $1.1 }
        guard bend > 0 else { return nil }
        (self.others, self.factor, self.slopes) = (others, factor, slopes)
    }

    var mean: Double { place[index] }

    /// The minimum at another μ, by the model around the place.
    func point(at mean: Double) -> [Double] {
        var point = place
        point[index] = mean
        for (other, slope) in zip(others, slopes) { point[other] += slope * (mean - place[index]) }
        return box.projection(point)
    }

    /// The minimum with μ in a range, by the value and the gradient at a point of it.
    func minimum(
        within range: ClosedRange<Double>, from point: [Double], _ value: Double, _ gradient: [Double]
    ) -> (point: [Double], value: Double) {
        let step = factor.solve(others.map { -gradient[$0] })
        let fall = zip(others, step).reduce(0) { $0 + gradient[$1.0] * $1.1 } / 2
        let slope = gradient[index] + zip(others, step).reduce(0) { $0 + hessian[index][$1.0] * $1.1 }
        let target = min(range.upperBound, max(range.lowerBound, point[index] - slope / bend))
        let move = target - point[index]
        var lowest = point
        lowest[index] = target
        for (offset, other) in others.enumerated() { lowest[other] += step[offset] + slopes[offset] * move }
        return (box.projection(lowest), value + fall + slope * move + bend * move * move / 2)
    }
}
