/// A convex quadratic program over n variables, with penalties:
///
///     minimise    ½ xᵀPx + qᵀx + Σⱼ κⱼ · max(0, rⱼᵀx − hⱼ)      over rows with a finite penalty κⱼ > 0
///     subject to  Ax = b,   rⱼᵀx ≤ hⱼ for rows whose penalty is infinite,   l ≤ x ≤ u
///
/// Rows with a penalty make linear programs of expected shortfall (Rockafellar and Uryasev 2000), proportional costs and
/// constraints that may bend, without variables of their own.
public struct QuadraticProgram: Sendable {
    /// P, n by n, symmetric positive semi-definite; `nil` where the objective is linear.
    public var quadratic: Matrix?
    /// q
    public var linear: [Double]
    /// l and u; infinite where there is no bound.
    public var lower: [Double]
    public var upper: [Double]
    /// A, p by n, and b.
    public var equalities: Matrix
    public var equalityValues: [Double]
    /// The rows r, m by n, their limits h and their penalties κ.
    public var rows: Matrix
    public var rowLimits: [Double]
    public var rowPenalties: [Double]

    /// A program without rows and equalities, which are then set as needed.
    public init(quadratic: Matrix?, linear: [Double], lower: [Double], upper: [Double]) {
        self.quadratic = quadratic
        self.linear = linear
        self.lower = lower
        self.upper = upper
        equalities = Matrix(rows: 0, columns: linear.count)
        equalityValues = []
        rows = Matrix(rows: 0, columns: linear.count)
        rowLimits = []
        rowPenalties = []
    }

    public var count: Int { linear.count }

    mutating func require(rows: Matrix, atMost limits: [Double]) {
        self.rows = rows
        rowLimits = limits
        rowPenalties = [Double](repeating: .infinity, count: limits.count)
    }

    /// The value of the objective at a point, penalties included.
    public func objective(at point: [Double]) -> Double {
        var value = Vector.dot(linear, point)
        if let quadratic { value += quadratic.quadraticForm(point) / 2 }
        guard rows.rows > 0 else { return value }
        let reached = rows * point
        for index in reached.indices where rowPenalties[index].isFinite {
            value += rowPenalties[index] * max(0, reached[index] - rowLimits[index])
        }
        return value
    }

    /// Px + q
    func gradient(at point: [Double]) -> [Double] {
        var gradient = linear
        quadratic?.addProduct(with: point, to: &gradient)
        return gradient
    }

    /// Whether the parts fit together and hold numbers only.
    var isWellFormed: Bool {
        let n = count
        return (quadratic.map { $0.rows == n && $0.columns == n && $0.isFinite } ?? true) && lower.count == n
            && upper.count == n && linear.allSatisfy(\.isFinite) && equalities.columns == n
            && equalities.rows == equalityValues.count && rows.columns == n && rows.rows == rowLimits.count
            && rows.rows == rowPenalties.count && equalities.isFinite && rows.isFinite
            && equalityValues.allSatisfy(\.isFinite) && rowLimits.allSatisfy(\.isFinite)
            && rowPenalties.allSatisfy { $0 > 0 } && !lower.contains { $0.isNaN || $0 == .infinity }
            && !upper.contains { $0.isNaN || $0 == -.infinity }
    }

    /// The largest coefficient of the objective, by which it is scaled; 1 where there is none.
    var objectiveScale: Double {
        let largest = max(
            quadratic?.largestMagnitude ?? 0, Vector.largestMagnitude(linear),
            rowPenalties.reduce(0) { $1.isFinite ? max($0, $1) : $0 })
        return largest > 0 ? largest : 1
    }

    /// The largest coefficient of each row that must hold, such as one of returns, by which its violation is measured; 1 for
    /// others, and where there is none.
    var rowSizes: [Double] {
        rowPenalties.indices.map { row in
            guard !rowPenalties[row].isFinite else { return 1 }
            let largest = (0..<count).reduce(0) { max($0, abs(rows[row, $1])) }
            return largest > 0 ? largest : 1
        }
    }

    /// The same program with rows that must hold in other units.
    func dividingRows(by sizes: [Double]) -> QuadraticProgram {
        guard sizes.contains(where: { $0 != 1 }) else { return self }
        var program = self
        for (row, size) in sizes.enumerated() where size != 1 {
            for column in 0..<count { program.rows[row, column] /= size }
            program.rowLimits[row] /= size
        }
        return program
    }

    /// The same program with a little more room within bounds and rows that must hold.
    func widened(by room: Double) -> QuadraticProgram {
        var program = self
        program.lower = lower.map { $0 - room }
        program.upper = upper.map { $0 + room }
        program.rowLimits = rowLimits.indices.map { rowPenalties[$0].isFinite ? rowLimits[$0] : rowLimits[$0] + room }
        return program
    }

    /// The same program with its objective multiplied.
    func scaled(by factor: Double) -> QuadraticProgram {
        guard factor != 1 else { return self }
        var program = self
        program.quadratic = quadratic.map { factor * $0 }
        program.linear = linear.map { $0 * factor }
        program.rowPenalties = rowPenalties.map { $0 * factor }
        return program
    }
}
