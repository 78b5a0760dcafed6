internal import CLapack

/// A = Uᵀ · U of a symmetric positive definite matrix (`dpotrf`).
struct CholeskyFactorization: Sendable {
    /// The upper triangle is U; the lower one is as it came.
    private let factor: Matrix

    /// - Parameter matrix: square; its upper triangle is read.
    /// - Throws: `notPositiveDefinite` with the column whose pivot is not positive, also where that is NaN.
    init(_ matrix: consuming Matrix) throws(LinearAlgebraError) {
        precondition(matrix.rows == matrix.columns, "a Cholesky factor of a matrix that is not square")
        var order = OpenBLAS.dimension(matrix.rows)
        var leading = OpenBLAS.leading(matrix.rows)
        var upper = OpenBLAS.flag("U")
        var info: Int32 = 0
        var factor = matrix
        dpotrf_(&upper, &order, &factor.elements, &leading, &info, 1)
        guard info == 0 else {
            throw LinearAlgebraError(code: .notPositiveDefinite, column: Int(info) - 1)
        }
        // OpenBLAS takes NaN for a pivot like any other; wherever one was, it has reached the diagonal.
        if let column = factor.diagonal.firstIndex(where: { !$0.isFinite }) {
            throw LinearAlgebraError(code: .notPositiveDefinite, column: column)
        }
        self.factor = factor
    }

    var order: Int { factor.rows }

    /// U with zeros below its diagonal.
    var upper: Matrix {
        var result = factor
        for j in 0..<order { for i in j + 1..<max(order, j + 1) { result[i, j] = 0 } }
        return result
    }

    /// L = Uᵀ, so that A = L · Lᵀ.
    var lower: Matrix { upper.transposed }

    /// The product of U's diagonal, as its logarithm, twice: log det A.
    var logDeterminant: Double { 2 * factor.diagonal.reduce(0) { $0 + RealMath.logarithm($1) } }

    /// x with A · x = b.
    func solve(_ vector: [Double]) -> [Double] {
        var result = vector
        solve(&result, columns: 1)
        return result
    }

    /// X with A · X = B.
    func solve(_ matrix: Matrix) -> Matrix {
        var result = matrix
        solve(&result.elements, columns: matrix.columns)
        return result
    }

    /// Solves in place; `values` are `columns` vectors one after the other.
    func solve(_ values: inout [Double], columns: Int) {
        precondition(values.count == order * columns, "a right side of \(values.count) elements")
        guard order > 0, columns > 0 else { return }
        var n = OpenBLAS.dimension(order)
        var count = OpenBLAS.dimension(columns)
        var (leading, leadingOther) = (n, n)
        var upper = OpenBLAS.flag("U")
        var info: Int32 = 0
        dpotrs_(&upper, &n, &count, factor.elements, &leading, &values, &leadingOther, &info, 1)
        precondition(info == 0, "dpotrs refused argument \(-info)")
    }
}
