/// The lower triangle L of a small symmetric matrix A = L·Lᵀ, for the systems of a few unknowns that searches solve.
struct CholeskyFactor {
    private let rows: [[Double]]

    /// `nil` where the matrix is not positive definite to working precision.
    /// - Parameter matrix: symmetric; its lower triangle is read.
    init?(_ matrix: [[Double]]) {
        var rows = matrix
        for i in rows.indices {
            for j in 0...i {
                var sum = matrix[i][j]
                for k in 0..<j { sum -= rows[i][k] * rows[j][k] }
                if i == j {
                    guard sum > abs(matrix[i][i]) * 1e-15, sum.isFinite else { return nil }
                    rows[i][i] = sum.squareRoot()
                } else {
                    rows[i][j] = sum / rows[j][j]
                }
            }
        }
        self.rows = rows
    }

    /// The solution x of A·x = `right`.
    func solve(_ right: [Double]) -> [Double] {
        var x = right
        for i in rows.indices {
            for k in 0..<i { x[i] -= rows[i][k] * x[k] }
            x[i] /= rows[i][i]
        }
        for i in rows.indices.reversed() {
            for k in i + 1..<max(i + 1, rows.count) { x[i] -= rows[k][i] * x[k] }
            x[i] /= rows[i][i]
        }
        return x
    }

    /// A⁻¹.
    func inverse() -> [[Double]] {
        rows.indices.map { column in
            var unit = [Double](repeating: 0, count: rows.count)
            unit[column] = 1
            return solve(unit)
        }
    }
}
