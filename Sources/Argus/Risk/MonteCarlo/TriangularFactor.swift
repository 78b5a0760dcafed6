/// A lower triangular L with L·Lᵀ = R for a correlation matrix R, which may be singular.
struct TriangularFactor: Sendable {
    /// Row after row, the elements up to the diagonal.
    private let elements: [Double]
    private let order: Int

    /// Pivots below this are rounding of zero.
    private static let smallestPivot = 1e-12

    /// By Cholesky's method; a pivot of zero leaves its column empty, which is exact where R is positive semi-definite.
    init(_ matrix: Matrix) throws(Refusal) {
        order = matrix.rows
        var rows = [Double]()
        rows.reserveCapacity(order * (order + 1) / 2)
        func start(_ row: Int) -> Int { row * (row + 1) / 2 }
        for i in 0..<order {
            for j in 0...i {
                var sum = matrix[i, j]
                for k in 0..<j { sum -= rows[start(i) + k] * rows[start(j) + k] }
                if i == j {
                    guard sum > -1e-8 else {
                        throw Refusal(.correlationClipped, "the correlations make no positive semi-definite matrix")
                    }
                    rows.append(sum > Self.smallestPivot ? sum.squareRoot() : 0)
                } else {
                    let pivot = rows[start(j) + j]
                    rows.append(pivot > 0 ? sum / pivot : 0)
                }
            }
        }
        elements = rows
    }

    /// (L z)ᵢ where z begins at `base` of `variates`.
    @inline(__always)
    func rowProduct(_ row: Int, _ variates: [Double], _ base: Int) -> Double {
        let start = row * (row + 1) / 2
        var sum = 0.0
        for column in 0...row { sum += elements[start + column] * variates[base + column] }
        return sum
    }

    /// Lᵀ · v
    func transposedProduct(_ vector: [Double]) -> [Double] {
        (0..<order).map { column in
            var sum = 0.0
            for row in column..<order { sum += elements[row * (row + 1) / 2 + column] * vector[row] }
            return sum
        }
    }
}
