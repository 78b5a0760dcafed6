internal import CLapack

/// The solution of least norm among those of least ‖A · x − b‖₂, by a complete orthogonal factorisation (`dgelsy`).
struct LeastSquares: Sendable {
    let solution: [Double]
    /// The rank of A as found.
    let rank: Int

    /// - Parameter tolerance: what A's condition may be at most, as its reciprocal: beyond it the rank is taken as deficient.
    /// - Throws: `nonFinite`.
    init(_ matrix: Matrix, _ right: [Double], tolerance: Double = 1e-13) throws(LinearAlgebraError) {
        precondition(right.count == matrix.rows, "a right side of \(right.count) elements")
        guard matrix.isFinite, right.allSatisfy(\.isFinite) else { throw LinearAlgebraError(code: .nonFinite) }
        guard matrix.rows > 0, matrix.columns > 0 else {
            solution = [Double](repeating: 0, count: matrix.columns)
            rank = 0
            return
        }
        var (m, n, one) = (OpenBLAS.dimension(matrix.rows), OpenBLAS.dimension(matrix.columns), Int32(1))
        var leading = m
        var leadingOther = max(m, n)
        var elements = matrix.elements
        var values = right + [Double](repeating: 0, count: max(0, matrix.columns - matrix.rows))
        var pivots = [Int32](repeating: 0, count: matrix.columns)
        var condition = tolerance
        var (found, info, size) = (Int32(0), Int32(0), Int32(-1))
        var work = [0.0]
        dgelsy_(
            &m, &n, &one, &elements, &leading, &values, &leadingOther, &pivots, &condition, &found, &work, &size, &info)
        size = Int32(work[0])
        work = [Double](repeating: 0, count: Int(size))
        dgelsy_(
            &m, &n, &one, &elements, &leading, &values, &leadingOther, &pivots, &condition, &found, &work, &size, &info)
        precondition(info == 0, "dgelsy refused argument \(-info)")
        solution = Array(values.prefix(matrix.columns))
        rank = Int(found)
    }
}
