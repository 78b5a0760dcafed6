/// A dense matrix of doubles, by columns.
public struct Matrix: Sendable, Equatable {
    public let rows: Int
    public let columns: Int
    /// Column after column: element (i, j) is at `i + j * rows`.
    public var elements: [Double]

    /// A matrix of zeros.
    public init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
        elements = [Double](repeating: 0, count: rows * columns)
    }

    /// - Parameter elements: column after column, `rows * columns` of them.
    public init(rows: Int, columns: Int, elements: [Double]) {
        precondition(
            elements.count == rows * columns, "\(elements.count) elements make no \(rows) by \(columns) matrix")
        self.rows = rows
        self.columns = columns
        self.elements = elements
    }

    /// - Parameter rows: of equal length.
    public init(rows: [[Double]]) {
        self.init(rows: rows.count, columns: rows.first?.count ?? 0)
        for (i, row) in rows.enumerated() {
            precondition(row.count == columns, "row \(i) has \(row.count) elements, and row 0 has \(columns)")
            for (j, value) in row.enumerated() { self[i, j] = value }
        }
    }

    /// - Parameter columns: of equal length.
    public init(columns: [[Double]]) {
        let rows = columns.first?.count ?? 0
        precondition(columns.allSatisfy { $0.count == rows }, "the columns differ in length")
        self.init(rows: rows, columns: columns.count, elements: Array(columns.joined()))
    }

    public static func diagonal(_ values: [Double]) -> Matrix {
        var matrix = Matrix(rows: values.count, columns: values.count)
        for (index, value) in values.enumerated() { matrix[index, index] = value }
        return matrix
    }

    public static func identity(_ count: Int) -> Matrix { diagonal([Double](repeating: 1, count: count)) }

    public subscript(row: Int, column: Int) -> Double {
        get { elements[row + column * rows] }
        set { elements[row + column * rows] = newValue }
    }

    public func row(_ index: Int) -> [Double] { (0..<columns).map { self[index, $0] } }

    public func column(_ index: Int) -> [Double] { Array(elements[index * rows..<(index + 1) * rows]) }

    public var diagonal: [Double] { (0..<min(rows, columns)).map { self[$0, $0] } }

    public var transposed: Matrix {
        var result = Matrix(rows: columns, columns: rows)
        for j in 0..<columns { for i in 0..<rows { result[j, i] = self[i, j] } }
        return result
    }

    /// The rows and columns at `indexes`, in their order.
    public func principal(_ indexes: [Int]) -> Matrix {
        var result = Matrix(rows: indexes.count, columns: indexes.count)
        for (j, column) in indexes.enumerated() {
            for (i, row) in indexes.enumerated() { result[i, j] = self[row, column] }
        }
        return result
    }

    /// The columns at `indexes`, in their order.
    public func selecting(columns indexes: [Int]) -> Matrix {
        Matrix(rows: rows, columns: indexes.count, elements: indexes.flatMap { elements[$0 * rows..<($0 + 1) * rows] })
    }

    /// The rows at `indexes`, in their order.
    public func selecting(rows indexes: [Int]) -> Matrix {
        var result = Matrix(rows: indexes.count, columns: columns)
        for j in 0..<columns { for (i, row) in indexes.enumerated() { result[i, j] = self[row, j] } }
        return result
    }

    public var isFinite: Bool { elements.allSatisfy(\.isFinite) }

    /// The largest absolute value; 0 where there are no elements.
    public var largestMagnitude: Double { elements.reduce(0) { max($0, abs($1)) } }

    public static func * (factor: Double, matrix: Matrix) -> Matrix {
        var result = matrix
        for index in result.elements.indices { result.elements[index] *= factor }
        return result
    }

    public static func + (left: Matrix, right: Matrix) -> Matrix { left.combined(with: right, +) }
    public static func - (left: Matrix, right: Matrix) -> Matrix { left.combined(with: right, -) }

    private func combined(with other: Matrix, _ operation: (Double, Double) -> Double) -> Matrix {
        precondition(rows == other.rows && columns == other.columns, "matrices of different shape")
        var result = self
        for index in elements.indices { result.elements[index] = operation(elements[index], other.elements[index]) }
        return result
    }
}
