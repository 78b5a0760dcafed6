internal import CLapack

extension Matrix {
    /// The product of two matrices (`dgemm`).
    public static func * (left: Matrix, right: Matrix) -> Matrix {
        left.multiplied(by: right, transposed: false, otherTransposed: false)
    }

    /// Aᵀ · B.
    public func transposedMultiplied(by other: Matrix) -> Matrix {
        multiplied(by: other, transposed: true, otherTransposed: false)
    }

    /// A · Bᵀ.
    public func multiplied(byTransposed other: Matrix) -> Matrix {
        multiplied(by: other, transposed: false, otherTransposed: true)
    }

    private func multiplied(by other: Matrix, transposed: Bool, otherTransposed: Bool) -> Matrix {
        let (height, inner) = transposed ? (columns, rows) : (rows, columns)
        let (depth, width) = otherTransposed ? (other.columns, other.rows) : (other.rows, other.columns)
        precondition(inner == depth, "\(height) by \(inner) times \(depth) by \(width)")
        var result = Matrix(rows: height, columns: width)
        guard height > 0, width > 0, inner > 0 else { return result }
        let (m, n, k) = (OpenBLAS.dimension(height), OpenBLAS.dimension(width), OpenBLAS.dimension(inner))
        cblas_dgemm(
            CblasColMajor, transposed ? CblasTrans : CblasNoTrans, otherTransposed ? CblasTrans : CblasNoTrans, m, n, k,
            1, elements, OpenBLAS.leading(rows), other.elements, OpenBLAS.leading(other.rows), 0, &result.elements, m)
        return result
    }

    /// The product with a column vector (`dgemv`).
    public static func * (matrix: Matrix, vector: [Double]) -> [Double] {
        var result = [Double](repeating: 0, count: matrix.rows)
        matrix.addProduct(with: vector, to: &result)
        return result
    }

    /// Aᵀ · x.
    public func transposedMultiplied(by vector: [Double]) -> [Double] {
        var result = [Double](repeating: 0, count: columns)
        addProduct(with: vector, transposed: true, to: &result)
        return result
    }

    /// target += factor · A · x, or Aᵀ · x.
    func addProduct(with vector: [Double], transposed: Bool = false, factor: Double = 1, to target: inout [Double]) {
        precondition(vector.count == (transposed ? rows : columns), "a vector of \(vector.count) elements")
        precondition(target.count == (transposed ? columns : rows), "a target of \(target.count) elements")
        guard rows > 0, columns > 0 else { return }
        cblas_dgemv(
            CblasColMajor, transposed ? CblasTrans : CblasNoTrans, OpenBLAS.dimension(rows),
            OpenBLAS.dimension(columns), factor, elements, OpenBLAS.leading(rows), vector, 1, 1, &target, 1)
    }

    /// Aᵀ · A, both triangles (`dsyrk`).
    public var gram: Matrix {
        var result = Matrix(rows: columns, columns: columns)
        addGram(to: &result)
        result.mirrorUpperTriangle()
        return result
    }

    /// The upper triangle of target += Aᵀ · A.
    func addGram(to target: inout Matrix) {
        precondition(target.rows == columns && target.columns == columns, "a target of another shape")
        guard rows > 0, columns > 0 else { return }
        cblas_dsyrk(
            CblasColMajor, CblasUpper, CblasTrans, OpenBLAS.dimension(columns), OpenBLAS.dimension(rows), 1, elements,
            OpenBLAS.leading(rows), 1, &target.elements, OpenBLAS.leading(columns))
    }

    /// Makes a symmetric matrix of its upper triangle.
    mutating func mirrorUpperTriangle() {
        let count = rows
        elements.withUnsafeMutableBufferPointer { buffer in
            for j in 0..<count { for i in 0..<j { buffer[j + i * count] = buffer[i + j * count] } }
        }
    }

    /// xᵀ · A · x.
    public func quadraticForm(_ vector: [Double]) -> Double { Vector.dot(vector, self * vector) }
}

/// What vectors are asked for here.
enum Vector {
    static func dot(_ left: [Double], _ right: [Double]) -> Double {
        precondition(left.count == right.count, "vectors of \(left.count) and \(right.count) elements")
        var sum = 0.0
        for index in left.indices { sum += left[index] * right[index] }
        return sum
    }

    /// target += factor · x.
    static func add(_ factor: Double, _ vector: [Double], to target: inout [Double]) {
        precondition(vector.count == target.count, "vectors of \(vector.count) and \(target.count) elements")
        for index in target.indices { target[index] += factor * vector[index] }
    }

    static func largestMagnitude(_ vector: [Double]) -> Double { vector.reduce(0) { max($0, abs($1)) } }

    static func sum(_ vector: [Double]) -> Double { vector.reduce(0, +) }
}
