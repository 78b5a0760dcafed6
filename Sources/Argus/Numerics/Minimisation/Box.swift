/// The points whose every coordinate lies within bounds, which may be infinite.
struct Box: Sendable {
    let lower: [Double]
    let upper: [Double]

    /// - Parameters: bounds of equal count, none above its partner.
    init(lower: [Double], upper: [Double]) {
        precondition(lower.count == upper.count && zip(lower, upper).allSatisfy { $0 <= $1 }, "bounds cross")
        self.lower = lower
        self.upper = upper
    }

    /// All points of a dimension.
    static func unbounded(_ dimension: Int) -> Box {
        Box(
            lower: [Double](repeating: -.infinity, count: dimension),
            upper: [Double](repeating: .infinity, count: dimension))
    }

    /// The point of the box that is nearest in every coordinate.
    func projection(_ point: [Double]) -> [Double] {
        point.indices.map { min(upper[$0], max(lower[$0], point[$0])) }
    }

    /// Whether a step against `gradient` would leave the box at once in this coordinate.
    func holds(_ index: Int, _ point: [Double], against gradient: [Double]) -> Bool {
        gradient[index] > 0 ? point[index] <= lower[index] : gradient[index] < 0 && point[index] >= upper[index]
    }

    /// How far the projected step of steepest descent, of length one, would move the point: zero exactly where the
    /// first-order conditions of a minimum in the box hold.
    func stationarity(_ point: [Double], _ gradient: [Double]) -> Double {
        var largest = 0.0
        for index in point.indices {
            let target = min(upper[index], max(lower[index], point[index] - gradient[index]))
            largest = max(largest, abs(target - point[index]))
        }
        return largest
    }
}
