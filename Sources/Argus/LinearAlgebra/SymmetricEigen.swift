internal import CLapack

/// Eigenvalues and eigenvectors of a symmetric matrix (`dsyevd`).
struct SymmetricEigen: Sendable {
    /// Rising.
    let values: [Double]
    /// Column k belongs to `values[k]`; they are orthonormal.
    let vectors: Matrix

    /// - Parameter matrix: square; its upper triangle is read.
    /// - Throws: `nonFinite`, `noConvergence`.
    init(_ matrix: consuming Matrix) throws(LinearAlgebraError) {
        precondition(matrix.rows == matrix.columns, "eigenvalues of a matrix that is not square")
        guard matrix.isFinite else { throw LinearAlgebraError(code: .nonFinite) }
        var vectors = matrix
        var values = [Double](repeating: 0, count: vectors.rows)
        guard !values.isEmpty else {
            (self.values, self.vectors) = (values, vectors)
            return
        }
        var n = OpenBLAS.dimension(vectors.rows)
        var leading = n
        var (job, upper) = (OpenBLAS.flag("V"), OpenBLAS.flag("U"))
        var info: Int32 = 0
        // The first call asks for the sizes of the work space.
        var (size, integers) = (Int32(-1), Int32(-1))
        var (work, integerWork) = ([0.0], [Int32(0)])
        dsyevd_(
            &job, &upper, &n, &vectors.elements, &leading, &values, &work, &size, &integerWork, &integers, &info, 1, 1)
        (size, integers) = (Int32(work[0]), integerWork[0])
        work = [Double](repeating: 0, count: Int(size))
        integerWork = [Int32](repeating: 0, count: Int(integers))
        dsyevd_(
            &job, &upper, &n, &vectors.elements, &leading, &values, &work, &size, &integerWork, &integers, &info, 1, 1)
        guard info == 0 else { throw LinearAlgebraError(code: .noConvergence) }
        self.values = values
        self.vectors = vectors
    }

    /// V · diag(f(λ)) · Vᵀ.
    func matrix(_ function: (Double) -> Double) -> Matrix {
        var scaled = vectors
        for j in 0..<scaled.columns {
            let factor = function(values[j])
            for i in 0..<scaled.rows { scaled[i, j] *= factor }
        }
        return scaled.multiplied(byTransposed: vectors)
    }
}
