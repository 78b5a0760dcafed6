/// Sample covariance and correlation of several symbols' returns.
struct Comovement: Sendable {
    let symbols: [String]
    /// Per period, divisor n − 1; by row and column in the order of `symbols`.
    let covariance: [[Double]]
    /// NaN where a symbol's returns do not vary.
    let correlation: [[Double]]

    /// - Parameter returns: one series for each symbol, of equal length, two returns or more.
    init(symbols: [String], returns: [[Double]]) {
        self.symbols = symbols
        let deviations = returns.map { series in
            let mean = series.reduce(0, +) / Double(series.count)
            return series.map { $0 - mean }
        }
        var matrix = [[Double]](repeating: [Double](repeating: 0, count: symbols.count), count: symbols.count)
        for i in symbols.indices {
            for j in 0...i {
                let (left, right) = (deviations[i], deviations[j])
                var sum = 0.0
                for row in left.indices { sum += left[row] * right[row] }
                matrix[i][j] = sum / Double(left.count - 1)
                matrix[j][i] = matrix[i][j]
            }
        }
        covariance = matrix
        correlation = symbols.indices.map { i in
            symbols.indices.map { j in
                let scale = matrix[i][i].squareRoot() * matrix[j][j].squareRoot()
                if i == j { return scale > 0 ? 1 : .nan }
                // Rounding may lead a hair beyond what a correlation can be.
                return scale > 0 ? min(1, max(-1, matrix[i][j] / scale)) : .nan
            }
        }
    }
}

/// Brings the returns of several symbols to common times.
struct ReturnAlignment {
    /// The returns of each symbol over the common periods.
    let returns: [[Double]]
    /// The most rows that any symbol lost.
    let droppedRows: Int

    /// `nil` where symbols without times differ in length, or fewer than two common returns are left.
    ///
    /// Prices are compared at the times that all symbols have; returns between them are compounded.
    init?(_ symbols: [SymbolSeries], kind: ReturnKind) {
        guard let first = symbols.first else { return nil }
        let areEqual = symbols.allSatisfy {
            $0.rowCount == first.rowCount && $0.returns.count == first.returns.count
                && ($0.points.isEmpty || first.points.isEmpty || $0.points == first.points)
        }
        if areEqual {
            returns = symbols.map(\.returns)
            droppedRows = 0
        } else {
            guard symbols.allSatisfy({ !$0.points.isEmpty }) else { return nil }
            var common = Set(first.points.map(\.start))
            for symbol in symbols.dropFirst() { common.formIntersection(symbol.points.map(\.start)) }
            returns = symbols.map { symbol in
                let rows = symbol.points.indices.filter { common.contains(symbol.points[$0].start) }
                return SymbolSeries.returns(of: rows.map { symbol.levels[symbol.level(ofRow: $0)] }, kind)
            }
            droppedRows = (symbols.map(\.rowCount).max() ?? 0) - common.count
        }
        guard let count = returns.first?.count, count >= ReturnStatistics.fewestReturns else { return nil }
    }
}
