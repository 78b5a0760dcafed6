internal import StructuredData

/// A covariance that was given, checked and, where that is allowed, repaired.
struct GivenCovariance {
    private let rows: [String: [String: Double]]
    private let repairs: Bool
    private let path = AdvisoryParameters.path.appending("covariance").appending("matrix")
    /// How far from symmetric a matrix may be, relative to its largest element.
    private static let asymmetry = 1e-9

    init(_ rows: [String: [String: Double]], repairs: Bool) {
        self.rows = rows
        self.repairs = repairs
    }

    func matrix(_ symbols: [String], into answer: inout AnswerBuilder) throws(Rejection) -> Matrix {
        var matrix = Matrix(rows: symbols.count, columns: symbols.count)
        for (j, column) in symbols.enumerated() {
            for (i, row) in symbols.enumerated() {
                guard let value = rows[row]?[column] else {
                    throw Rejection(
                        Finding(
                            .missingValue, symbol: row, path: path,
                            "\(path): there is no covariance of \(row) and \(column)"))
                }
                matrix[i, j] = value
            }
        }
        let scale = matrix.largestMagnitude
        for j in symbols.indices {
            for i in 0..<j where abs(matrix[i, j] - matrix[j, i]) > Self.asymmetry * scale {
                throw Rejection(
                    Finding(
                        .schema, symbol: symbols[i], path: path,
                        "\(path): \(symbols[i]) with \(symbols[j]) is \(NumberText.shortest(matrix[i, j])), but the other way \(NumberText.shortest(matrix[j, i]))"
                    ))
            }
            for i in 0..<j { matrix[j, i] = matrix[i, j] }
        }
        matrix = try positiveSemidefinite(matrix, into: &answer)
        if let flat = symbols.indices.first(where: { !(matrix[$0, $0] > 0) }) {
            throw Rejection(
                Finding(
                    .constantSeries, symbol: symbols[flat], path: path,
                    "\(path): \(symbols[flat]) has no variance; leave it out"))
        }
        return matrix
    }

    private func positiveSemidefinite(
        _ matrix: Matrix, into answer: inout AnswerBuilder
    ) throws(Rejection) -> Matrix {
        guard let repair = try? PositiveSemidefiniteRepair(matrix) else {
            throw Rejection(
                Finding(.noConvergence, path: path, "\(path): its eigenvalues cannot be found"))
        }
        guard repair.isRepaired else { return matrix }
        let distance = NumberText.shortest(repair.distance)
        let lowest = NumberText.shortest(repair.lowestEigenvalue)
        let what = "\(path) is not positive semi-definite (lowest eigenvalue \(lowest))"
        guard repairs else {
            throw Rejection(
                Finding(
                    .notPositiveSemidefinite, path: path,
                    "\(what); the nearest one is at a distance of \(distance), and \"repair\": {\"covariance\": \"nearest\"} takes it"
                ))
        }
        answer.isDegraded = true
        answer.findings.append(
            Finding(
                .covarianceRepaired, path: path,
                "\(what); the nearest one, at a distance of \(distance), was taken"
            ))
        return repair.matrix
    }
}
