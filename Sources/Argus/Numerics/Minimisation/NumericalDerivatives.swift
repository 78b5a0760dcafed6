/// Derivatives by central differences.
///
/// Steps are ε^{1/3}·max(|x|, floor) for first derivatives and ε^{1/4}·max(|x|, floor) for second ones of values, which
/// balances what is cut off against what is rounded (Nocedal and Wright 2006, section 8.1).
struct NumericalDerivatives: Sendable {
    /// The size below which a coordinate counts as this large when steps are chosen.
    var floor = 0.1

    /// The gradient of a function.
    func gradient(at point: [Double], _ function: ([Double]) -> Double) -> [Double] {
        var moved = point
        return point.indices.map { index in
            let step = Self.step(
                Double.ulpOfOne.squareRoot(ofOrder: 3) * max(abs(point[index]), floor), at: point[index])
            moved[index] = point[index] + step
            let up = function(moved)
            moved[index] = point[index] - step
            let down = function(moved)
            moved[index] = point[index]
            return (up - down) / (2 * step)
        }
    }

    /// The Hessian of a function whose gradient is known; symmetric.
    /// - Parameter gradient: the gradient at a point, of the point's count.
    func hessian(at point: [Double], gradient: ([Double]) -> [Double]) -> [[Double]] {
        var moved = point
        var rows = point.indices.map { index in
            let step = Self.step(
                Double.ulpOfOne.squareRoot(ofOrder: 3) * max(abs(point[index]), floor), at: point[index])
            moved[index] = point[index] + step
            let up = gradient(moved)
            moved[index] = point[index] - step
            let down = gradient(moved)
            moved[index] = point[index]
            return zip(up, down).map { ($0 - $1) / (2 * step) }
        }
        for i in rows.indices {
            for j in 0..<i {
                rows[i][j] = (rows[i][j] + rows[j][i]) / 2
                rows[j][i] = rows[i][j]
            }
        }
        return rows
    }

    /// The Hessian of a function by its values alone; symmetric.
    func hessian(at point: [Double], value: ([Double]) -> Double) -> [[Double]] {
        let steps = point.map { Self.step(Double.ulpOfOne.squareRoot().squareRoot() * max(abs($0), floor), at: $0) }
        func corner(_ i: Int, _ left: Double, _ j: Int, _ right: Double) -> Double {
            var moved = point
            moved[i] += left * steps[i]
            moved[j] += right * steps[j]
            return value(moved)
        }
        let centre = value(point)
        var rows = [[Double]](repeating: [Double](repeating: 0, count: point.count), count: point.count)
        for i in point.indices {
            rows[i][i] = (corner(i, 1, i, 0) - 2 * centre + corner(i, -1, i, 0)) / (steps[i] * steps[i])
            for j in 0..<i {
                let sum = corner(i, 1, j, 1) - corner(i, 1, j, -1) - corner(i, -1, j, 1) + corner(i, -1, j, -1)
                rows[i][j] = sum / (4 * steps[i] * steps[j])
                rows[j][i] = rows[i][j]
            }
        }
        return rows
    }

    /// The step that leads from `x` to a double, exactly.
    private static func step(_ size: Double, at x: Double) -> Double { (x + size) - x }
}

extension Double {
    fileprivate func squareRoot(ofOrder order: Double) -> Double { RealMath.power(self, 1 / order) }
}
