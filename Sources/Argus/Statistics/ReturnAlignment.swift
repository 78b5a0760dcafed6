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
