internal import StructuredData

/// A move of the market that the book is put through.
struct StressScenario: Sendable {
    enum Kind: Sendable {
        /// What happened from one time to another, both included, happens again at once.
        case replay(from: String, to: String, range: ClosedRange<Double>)
        /// Returns by symbol; `*` stands for those that are not named.
        case shocks([String: Double])
        /// Moves of factors, and how much each symbol's return follows them.
        case factors([String: Double], exposures: [String: [String: Double]])
    }

    let name: String
    let kind: Kind
    let path: JSONPointer
    /// As it was given.
    let json: JSON

    /// The shock of all symbols that have none of their own.
    static let everySymbol = "*"

    init(_ json: JSON, at path: JSONPointer) throws(Rejection) {
        name = json["name"]?.stringValue ?? ""
        self.path = path
        self.json = json
        if let shocks = json["shocks"] {
            kind = .shocks(Self.numbers(shocks))
        } else if let factors = json["factors"] {
            let exposures = (json["exposures"]?.objectValue ?? [:]).map { ($0.key, Self.numbers($0.value)) }
            kind = .factors(
                Self.numbers(factors), exposures: Dictionary(exposures, uniquingKeysWith: { first, _ in first }))
        } else {
            let (from, to) = (try Self.time(json, "from", path), try Self.time(json, "to", path))
            // A day as the end reaches to its end.
            let end = to.point.isDay ? to.point.end.nextDown : to.point.start
            guard from.point.start <= end else {
                throw Rejection(
                    Finding(
                        .badTime, path: path.appending("to"),
                        "\(path.appending("to")): \(to.text) comes before \(from.text)"))
            }
            kind = .replay(from: from.text, to: to.text, range: from.point.start...end)
        }
    }

    private static func numbers(_ json: JSON) -> [String: Double] {
        Dictionary(
            (json.objectValue ?? [:]).map { ($0.key, $0.value.doubleValue ?? .nan) },
            uniquingKeysWith: { first, _ in first })
    }

    private static func time(
        _ json: JSON, _ field: String, _ path: JSONPointer
    ) throws(Rejection) -> (text: String, point: TimePoint) {
        let text = json[field]?.stringValue ?? ""
        guard let point = TimePoint(text) else {
            throw Rejection(
                Finding(
                    .badTime, path: path.appending(field),
                    "\(path.appending(field)): \(JSON.string(text).text()) is no time; write YYYY-MM-DD or RFC 3339"))
        }
        return (text, point)
    }

    /// Each holding's return in this scenario.
    func returns(
        of book: Book, _ known: [String: SymbolSeries], findings: inout [Finding]
    ) throws(Rejection) -> [Double] {
        switch kind {
        case .shocks(let shocks):
            try check(shocks.keys.filter { $0 != Self.everySymbol }, "shocks", known)
            return book.symbols.map { shocks[$0] ?? shocks[Self.everySymbol] ?? 0 }
        case .factors(let factors, let exposures):
            try check(Array(exposures.keys), "exposures", known)
            for factor in factors.keys.sorted() where !exposures.values.contains(where: { $0[factor] != nil }) {
                findings.append(
                    Finding(
                        .unusedFactor, path: path.appending("factors").appending(factor),
                        "\(path): no symbol has an exposure to the factor \(factor)"))
            }
            return book.symbols.map { symbol in
                (exposures[symbol] ?? [:]).sorted { $0.key < $1.key }
                    .reduce(0) { $0 + $1.value * (factors[$1.key] ?? 0) }
            }
        case .replay(_, _, let range):
            var bad: [Finding] = []
            var returns: [Double] = []
            for symbol in book.symbols {
                guard let series = known[symbol] else { continue }
                if let value = replay(series, range, findings: &findings) {
                    returns.append(value)
                } else {
                    bad.append(
                        Finding(
                            .scenarioWithoutData, input: series.input, symbol: symbol, path: path,
                            "\(path): \(symbol) has no returns in the scenario \(JSON.string(name).text())"
                                + (series.points.isEmpty ? ", since its input has no times" : "")))
                }
            }
            guard bad.isEmpty else { throw Rejection(bad) }
            return returns
        }
    }

    /// A range whose ends lie so much further out than the data, in seconds, is not covered: holidays are shorter.
    private static let longestHoliday = 7 * 86_400.0

    /// The compounded return of the rows in `range`; `nil` where there is none.
    private func replay(
        _ series: SymbolSeries, _ range: ClosedRange<Double>, findings: inout [Finding]
    ) -> Double? {
        let rows = series.points.indices.filter { range.contains(series.points[$0].start) }
        // The first price has no return that leads to it.
        let first = rows.first.map { max(series.level(ofRow: $0), 1) }
        guard let first, let last = rows.last.map({ series.level(ofRow: $0) }), first <= last else { return nil }
        let begins = series.points[0].start
        let ends = series.points[series.points.count - 1].start
        if begins > range.lowerBound + Self.longestHoliday || ends < range.upperBound - Self.longestHoliday {
            findings.append(
                Finding(
                    .scenarioPartial, input: series.input, symbol: series.symbol, path: path,
                    "\(path): the data of \(series.symbol), \(series.times.first ?? "") to \(series.times.last ?? ""), cover "
                        + "the scenario \(JSON.string(name).text()) in part"))
        }
        return series.levels[last] / series.levels[first - 1] - 1
    }

    private func check(
        _ symbols: [String], _ member: String, _ known: [String: SymbolSeries]
    ) throws(Rejection) {
        let bad = symbols.filter { known[$0] == nil }.sorted()
        guard bad.isEmpty else {
            throw Rejection(bad.map { .unknown($0, known.keys, at: path.appending(member).appending($0)) })
        }
    }
}
