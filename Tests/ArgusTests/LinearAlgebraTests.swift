import Testing

@testable import Argus

@Suite("Linear algebra")
struct LinearAlgebraTests {
    /// A matrix without structure, from a seed.
    private func random(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
        var state = seed
        return Matrix(
            rows: rows, columns: columns,
            elements: (0..<rows * columns).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Double(state >> 11) / 9_007_199_254_740_992 - 0.5
            })
    }

    private func distance(_ left: Matrix, _ right: Matrix) -> Double { (left - right).largestMagnitude }
    private func distance(_ left: [Double], _ right: [Double]) -> Double {
        zip(left, right).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }

    @Test("products are the sums that define them", arguments: [(1, 1, 1), (3, 5, 2), (40, 7, 33)])
    func products(m: Int, k: Int, n: Int) {
        let (a, b) = (random(m, k, seed: 1), random(k, n, seed: 2))
        var expected = Matrix(rows: m, columns: n)
        for i in 0..<m {
            for j in 0..<n { for index in 0..<k { expected[i, j] += a[i, index] * b[index, j] } }
        }
        #expect(distance(a * b, expected) < 1e-13)
        #expect(distance(a.transposed.transposedMultiplied(by: b), expected) < 1e-13)
        #expect(distance(a.multiplied(byTransposed: b.transposed), expected) < 1e-13)
        #expect(distance(a * b.column(0), expected.column(0)) < 1e-13)
        #expect(distance(a.transposedMultiplied(by: expected.column(0)), a.transposed * expected.column(0)) < 1e-13)
        #expect(distance(a.gram, a.transposed * a) < 1e-13)
    }

    @Test("an empty matrix is no exception")
    func empty() throws {
        let none = Matrix(rows: 0, columns: 3)
        #expect(none.transposed * none == Matrix(rows: 3, columns: 3))
        #expect(none * [1, 2, 3] == [])
        #expect(try CholeskyFactorization(Matrix(rows: 0, columns: 0)).solve([]) == [])
        #expect(try LUFactorization(Matrix(rows: 0, columns: 0)).solve([]) == [])
        #expect(try SymmetricEigen(Matrix(rows: 0, columns: 0)).values == [])
        #expect(try LeastSquares(none, []).solution == [0, 0, 0])
    }

    @Test("Cholesky's factor makes the matrix again, and solves", arguments: [1, 2, 20, 130])
    func cholesky(order: Int) throws {
        let matrix = random(order + 5, order, seed: 3).gram
        let factor = try CholeskyFactorization(matrix)
        #expect(distance(factor.lower * factor.upper, matrix) < 1e-12)
        let right = random(order, 3, seed: 4)
        #expect(distance(matrix * factor.solve(right), right) < 1e-8)
        // One column alone goes through other kernels of BLAS, whose sums differ in the last bits on some processors.
        #expect(distance(matrix * factor.solve(right.column(1)), right.column(1)) < 1e-8)
    }

    @Test("a matrix that is not positive definite is told by the column where it shows")
    func indefinite() {
        #expect(throws: LinearAlgebraError(code: .notPositiveDefinite, column: 1)) {
            try CholeskyFactorization(Matrix(rows: [[1, 2], [2, 1]]))
        }
        #expect(throws: LinearAlgebraError(code: .notPositiveDefinite, column: 0)) {
            try CholeskyFactorization(Matrix(rows: [[.nan]]))
        }
    }

    @Test("LU solves what has no symmetry, and tells a singular matrix")
    func lu() throws {
        let matrix = random(30, 30, seed: 5)
        let right = random(30, 1, seed: 6).elements
        #expect(distance(matrix * (try LUFactorization(matrix).solve(right)), right) < 1e-11)
        #expect(try LUFactorization(Matrix(rows: [[0, 2], [4, 0]])).solve([2, 4]) == [1, 1])
        #expect(throws: LinearAlgebraError(code: .singular, column: 1)) {
            try LUFactorization(Matrix(rows: [[1, 2], [2, 4]]))
        }
        #expect(throws: LinearAlgebraError(code: .nonFinite)) { try LUFactorization(Matrix(rows: [[.infinity]])) }
    }

    @Test("eigenvalues rise, and with their vectors make the matrix again")
    func eigen() throws {
        let matrix = random(25, 20, seed: 7).gram
        let eigen = try SymmetricEigen(matrix)
        #expect(eigen.values == eigen.values.sorted())
        #expect(distance(eigen.matrix { $0 }, matrix) < 1e-13)
        #expect(distance(eigen.vectors.gram, .identity(20)) < 1e-13)
        let known = try SymmetricEigen(Matrix(rows: [[2, 1], [1, 2]]))
        #expect(distance(known.values, [1, 3]) < 1e-15)
        #expect(throws: LinearAlgebraError(code: .nonFinite)) { try SymmetricEigen(Matrix(rows: [[.nan]])) }
    }

    @Test("least squares finds the rank and the solution of least norm")
    func leastSquares() throws {
        let matrix = Matrix(rows: [[1, 1, 0], [1, 1, 0], [0, 0, 1]])
        let found = try LeastSquares(matrix, [1, 3, 5])
        #expect(found.rank == 2)
        #expect(distance(found.solution, [1, 1, 5]) < 1e-14)
        let tall = random(40, 6, seed: 8)
        let right = random(40, 1, seed: 9).elements
        let solution = try LeastSquares(tall, right).solution
        let normal = try CholeskyFactorization(tall.gram).solve(tall.transposedMultiplied(by: right))
        #expect(distance(solution, normal) < 1e-12)
    }
}
