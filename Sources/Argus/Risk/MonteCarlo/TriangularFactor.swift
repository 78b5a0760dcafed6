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

    /// Makes L·z of each z: `count` vectors one after the other, in place.
    ///
    /// Four at a time, each sum in the order of the columns, so that a vector's result does not depend on its neighbours.
    func multiply(_ vectors: inout [Double], count: Int) {
        let order = order
        elements.withUnsafeBufferPointer { elements in
            vectors.withUnsafeMutableBufferPointer { vectors in
                precondition(vectors.count >= count * order)
                var index = 0
                while index + 4 <= count {
                    let first = index * order
                    let (second, third, fourth) = (first + order, first + 2 * order, first + 3 * order)
                    // From the last row on, since a row needs the components before it.
                    for row in stride(from: order - 1, through: 0, by: -1) {
                        let start = row * (row + 1) / 2
                        var sum = SIMD4<Double>.zero
                        for column in 0...row {
                            let z = SIMD4(
                                vectors[first + column], vectors[second + column], vectors[third + column],
                                vectors[fourth + column])
                            sum += elements[start + column] * z
                        }
                        vectors[first + row] = sum[0]
                        vectors[second + row] = sum[1]
                        vectors[third + row] = sum[2]
                        vectors[fourth + row] = sum[3]
                    }
                    index += 4
                }
                while index < count {
                    let base = index * order
                    for row in stride(from: order - 1, through: 0, by: -1) {
                        let start = row * (row + 1) / 2
                        var sum = 0.0
                        for column in 0...row { sum += elements[start + column] * vectors[base + column] }
                        vectors[base + row] = sum
                    }
                    index += 1
                }
            }
        }
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
