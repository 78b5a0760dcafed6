internal import CLapack

/// P · A = L · U of a square matrix, with partial pivoting (`dgetrf`).
struct LUFactorization: Sendable {
    private let factor: Matrix
    private let pivots: [Int32]

    /// - Throws: `singular` with the column of the first zero pivot, `nonFinite`.
    init(_ matrix: consuming Matrix) throws(LinearAlgebraError) {
        precondition(matrix.rows == matrix.columns, "an LU factorisation of a matrix that is not square")
        guard matrix.isFinite else { throw LinearAlgebraError(code: .nonFinite) }
        var (rows, columns) = (OpenBLAS.dimension(matrix.rows), OpenBLAS.dimension(matrix.rows))
        var leading = OpenBLAS.leading(matrix.rows)
        var info: Int32 = 0
        var factor = matrix
        var pivots = [Int32](repeating: 0, count: factor.rows)
        dgetrf_(&rows, &columns, &factor.elements, &leading, &pivots, &info)
        guard info == 0 else { throw LinearAlgebraError(code: .singular, column: Int(info) - 1) }
        self.factor = factor
        self.pivots = pivots
    }

    /// x with A · x = b.
    func solve(_ vector: [Double]) -> [Double] {
        precondition(vector.count == factor.rows, "a right side of \(vector.count) elements")
        guard !vector.isEmpty else { return [] }
        var result = vector
        var n = OpenBLAS.dimension(factor.rows)
        var (count, leading, leadingOther) = (Int32(1), n, n)
        var none = OpenBLAS.flag("N")
        var info: Int32 = 0
        dgetrs_(&none, &n, &count, factor.elements, &leading, pivots, &result, &leadingOther, &info, 1)
        precondition(info == 0, "dgetrs refused argument \(-info)")
        return result
    }
}
