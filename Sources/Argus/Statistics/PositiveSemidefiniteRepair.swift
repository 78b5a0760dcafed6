/// The positive semi-definite matrix nearest to a symmetric one.
///
/// Nearest in Frobenius' norm: the negative eigenvalues become zero (Higham 1988, "Computing a nearest symmetric positive
/// semidefinite matrix", Linear Algebra Appl. 103, theorem 2.1). Eigenvalues that are negative by no more than rounding do not
/// count: such a matrix is left as it is.
struct PositiveSemidefiniteRepair: Sendable {
    /// The matrix itself where it is positive semi-definite, else the nearest one.
    let matrix: Matrix
    /// ‖given − nearest‖ in Frobenius' norm; zero where nothing was repaired.
    let distance: Double
    /// The lowest eigenvalue of the given matrix.
    let lowestEigenvalue: Double

    var isRepaired: Bool { distance > 0 }

    /// - Parameter matrix: symmetric.
    /// - Throws: `nonFinite`, `noConvergence`.
    init(_ matrix: Matrix) throws(LinearAlgebraError) {
        let eigen = try SymmetricEigen(matrix)
        let largest = eigen.values.reduce(0) { max($0, abs($1)) }
        let rounding = Double(matrix.rows) * Double.ulpOfOne * largest
        lowestEigenvalue = eigen.values.first ?? 0
        guard lowestEigenvalue < -rounding else {
            self.matrix = matrix
            distance = 0
            return
        }
        self.matrix = eigen.matrix { max(0, $0) }
        distance = eigen.values.reduce(0) { $0 + ($1 < 0 ? $1 * $1 : 0) }.squareRoot()
    }
}
