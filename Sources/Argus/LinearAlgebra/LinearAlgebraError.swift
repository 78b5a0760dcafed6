/// Why a factorisation has no result.
///
/// Not an error: a matrix that is merely ill-conditioned; its solutions are then as good as its condition allows.
struct LinearAlgebraError: Error, Equatable, CustomStringConvertible {
    struct Code: Sendable, Equatable {
        let text: String

        /// A pivot of Cholesky's factorisation is not positive.
        static let notPositiveDefinite = Code(text: "not positive definite")
        /// A pivot of the LU factorisation is zero.
        static let singular = Code(text: "singular")
        /// An iteration of LAPACK's did not end.
        static let noConvergence = Code(text: "no convergence")
        /// The matrix holds NaN or infinities.
        static let nonFinite = Code(text: "not finite")
    }

    let code: Code
    /// The column where it showed, from 0.
    var column: Int?

    var description: String {
        "the matrix is \(code.text)" + (column.map { " (column \($0 + 1))" } ?? "")
    }
}
