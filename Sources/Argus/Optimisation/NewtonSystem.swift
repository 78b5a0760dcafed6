/// A step's linear system: [P + W + RᵀDR, Aᵀ; A, 0] [dx; dy] = [f; g], by Cholesky's factors of its two blocks.
struct NewtonSystem {
    let rowWeights: [Double]
    private let program: QuadraticProgram
    private let inner: CholeskyFactorization
    private let outer: CholeskyFactorization
    /// M⁻¹Aᵀ
    private let solved: Matrix

    /// What is added to a diagonal that is not positive definite to working precision, relative to its largest element.
    private static let regularisations = [0, 1e-14, 1e-12, 1e-10]

    /// `nil` where no factorisation succeeds.
    /// - Parameters:
    ///   - diagonal: W; not negative.
    ///   - rows: D; positive.
    init?(_ program: QuadraticProgram, diagonal: [Double], rows weights: [Double]) {
        guard weights.allSatisfy(\.isFinite), diagonal.allSatisfy(\.isFinite) else { return nil }
        let n = program.count
        var matrix = program.quadratic ?? Matrix(rows: n, columns: n)
        if !weights.isEmpty { Self.scaled(program.rows, by: weights).addGram(to: &matrix) }
        var largest = 0.0
        for index in 0..<n {
            matrix[index, index] += diagonal[index]
            largest = max(largest, matrix[index, index])
        }
        for regularisation in Self.regularisations {
            if regularisation > 0 {
                for index in 0..<n { matrix[index, index] += regularisation * max(largest, 1e-300) }
            }
            guard let inner = try? CholeskyFactorization(matrix) else { continue }
            let solved = inner.solve(program.equalities.transposed)
            var schur = program.equalities * solved
            for index in 0..<schur.rows { schur[index, index] *= 1 + 1e-14 }
            guard let outer = try? CholeskyFactorization(schur) else { continue }
            (self.inner, self.outer, self.solved, self.program) = (inner, outer, solved, program)
            rowWeights = weights
            return
        }
        return nil
    }

    func solve(_ f: [Double], _ g: [Double]) -> (x: [Double], y: [Double]) {
        var x = inner.solve(f)
        guard !g.isEmpty else { return (x, []) }
        var right = program.equalities * x
        Vector.add(-1, g, to: &right)
        let y = outer.solve(right)
        solved.addProduct(with: y, factor: -1, to: &x)
        return (x, y)
    }

    private static func scaled(_ rows: Matrix, by weights: [Double]) -> Matrix {
        let roots = weights.map { $0.squareRoot() }
        var result = rows
        result.elements.withUnsafeMutableBufferPointer { elements in
            for column in 0..<rows.columns {
                let start = column * rows.rows
                for row in 0..<rows.rows { elements[start + row] *= roots[row] }
            }
        }
        return result
    }
}
