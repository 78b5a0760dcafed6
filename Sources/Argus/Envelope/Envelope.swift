internal import StructuredData

/// What all task types do with the envelope before their own work.
enum Envelope {
    static func asOf(_ input: JSON) throws(Rejection) -> TimePoint? {
        guard let text = input["asOf"]?.stringValue else { return nil }
        guard let point = TimePoint(text) else {
            throw Rejection(
                Finding(
                    .badTime, path: JSONPointer(tokens: ["asOf"]),
                    "/asOf: \(JSON.string(text).text()) is no time; write YYYY-MM-DD or RFC 3339"))
        }
        return point
    }

    /// The repairs that are allowed, which stand beside the parameters or in them.
    static func repair(_ input: JSON) throws(Rejection) -> JSON? {
        guard let outside = input["repair"] else { return input["params"]?["repair"] }
        guard let inside = input["params"]?["repair"], inside != outside else { return outside }
        let path = JSONPointer(tokens: ["repair"])
        throw Rejection(Finding(.schema, path: path, "\(path): /params/repair says something else; give one of them"))
    }

    /// Reads every input, and only then rejects, so that all that is wrong is said at once.
    static func read(
        _ input: JSON, _ reader: InputReader, into answer: inout AnswerBuilder
    ) throws(Rejection) -> [Dataset] {
        var datasets: [Dataset] = []
        var bad: [Finding] = []
        var names: Set<String> = []
        for (index, named) in (input["inputs"]?.arrayValue ?? []).enumerated() {
            let path = JSONPointer(tokens: ["inputs", String(index)])
            let name = named["name"]?.stringValue ?? ""
            guard names.insert(name).inserted else {
                bad.append(
                    Finding(.duplicateInput, input: name, path: path, "\(path): two inputs are called \(name)"))
                continue
            }
            do throws(Rejection) {
                let outcome = try reader.read(named, at: path)
                datasets.append(outcome.dataset)
                answer.inputs.append(outcome.lineage)
                answer.findings += outcome.notes
                if outcome.isRepaired { answer.isDegraded = true }
            } catch {
                bad += error.findings
            }
        }
        guard bad.isEmpty else { throw Rejection(bad) }
        return datasets
    }

    static func symbols(of datasets: [Dataset], kind: ReturnKind) throws(Rejection) -> [SymbolSeries] {
        let symbols = datasets.flatMap { SymbolSeries.all(in: $0, kind: kind) }
        var owners: [String: String] = [:]
        for symbol in symbols {
            if let other = owners.updateValue(symbol.input, forKey: symbol.symbol) {
                throw Rejection(
                    Finding(
                        .duplicateSymbol, input: symbol.input, symbol: symbol.symbol,
                        "the symbol \(symbol.symbol) is in the inputs \(other) and \(symbol.input)"))
            }
        }
        return symbols
    }
}
