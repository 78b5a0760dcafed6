internal import StructuredData

/// Checks that the symbols that parameters name are there.
struct AdvisoryNames {
    private let symbols: [String]
    private let known: Set<String>

    init(_ symbols: [String]) {
        self.symbols = symbols
        known = Set(symbols)
    }

    /// - Throws: a finding for each unknown symbol, with its path.
    func check(_ parameters: AdvisoryParameters) throws(Rejection) {
        let root = AdvisoryParameters.path
        let constraints = AdvisoryParameters.constraintsPath
        var findings: [Finding] = []
        func check(_ names: some Sequence<String>, _ path: JSONPointer) {
            for name in names.sorted() where !known.contains(name) { findings.append(unknown(name, path)) }
        }
        check(parameters.constraints.bounds.keys, constraints.appending("bounds"))
        for (index, group) in parameters.constraints.groups.enumerated() {
            check(group.symbols, constraints.appending("groups").appending(index).appending("symbols"))
        }
        check(parameters.holdings.keys, root.appending("holdings"))
        check(parameters.prices.keys, root.appending("prices"))
        check((parameters.marketWeights ?? [:]).keys, root.appending("marketWeights"))
        check(parameters.costs.volumes.keys, root.appending("costs").appending("impact").appending("adv"))
        if case .given(let means) = parameters.mean { check(means.keys, root.appending("mean")) }
        for (index, view) in parameters.views.enumerated() {
            let path = root.appending("views").appending(index)
            check(view.long.keys, path.appending("long"))
            check(view.short.keys, path.appending("short"))
            if view.long.isEmpty, view.short.isEmpty {
                findings.append(Finding(.schema, path: path, "\(path): a view needs symbols in long or short"))
            }
        }
        guard findings.isEmpty else { throw Rejection(findings) }
    }

    private func unknown(_ name: String, _ path: JSONPointer) -> Finding {
        let hint = Spelling.nearest(to: name, among: symbols).map { "; did you mean \($0)?" } ?? ""
        return Finding(
            .unknownSymbol, symbol: name, path: path,
            "\(path): no input has the symbol \(JSON.string(name).text())\(hint)")
    }
}
