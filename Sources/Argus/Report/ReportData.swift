internal import StructuredData

/// The series behind an answer, read again from the task's input: answers hold figures, pictures need the data.
struct ReportData {
    let symbols: [SymbolSeries]
    /// "SPX: 5031 rows, 1999-01-04 to 2018-12-31"
    let origin: String

    /// - Parameter input: the input of an answer that was not rejected.
    init(_ input: JSON, answer: JSON, environment: ArgusEnvironment) throws(Rejection) {
        let params = answer["lineage"]?["params"]
        let kind = params?["returns"]?.stringValue.flatMap(ReturnKind.init) ?? .simple
        let missing = params?["repair"]?["missing"]?.stringValue.flatMap(InputReader.MissingPolicy.init) ?? .reject
        let reader = InputReader(
            environment: environment, asOf: try Envelope.asOf(input), missing: missing, kind: kind)
        var unused = AnswerBuilder(version: TaskRun.version)
        symbols = try Envelope.symbols(of: try Envelope.read(input, reader, into: &unused), kind: kind)
        origin = Self.origin(answer["lineage"]?["inputs"]?.arrayValue ?? [])
    }

    /// Inputs with the same rows stand together.
    private static func origin(_ inputs: [JSON]) -> String {
        var names: [[String]] = []
        var places: [String: Int] = [:]
        var extents: [String] = []
        for input in inputs {
            var extent = "\(input["rows"]?.intValue ?? 0) rows"
            if let from = input["from"]?.stringValue, let to = input["to"]?.stringValue {
                extent += ", \(from) to \(to)"
            }
            let name = input["name"]?.stringValue ?? ""
            if let place = places[extent] {
                names[place].append(name)
            } else {
                places[extent] = names.count
                names.append([name])
                extents.append(extent)
            }
        }
        return zip(names, extents).map { "\($0.joined(separator: ", ")): \($1)" }.joined(separator: "; ")
    }

    func symbol(_ name: String) -> SymbolSeries? { symbols.first { $0.symbol == name } }
}

extension JSON {
    /// The members that are numbers, in their order.
    var numberMembers: [(name: String, value: Double)] {
        (objectValue ?? [:]).compactMap { name, value in value.doubleValue.map { (name, $0) } }
    }
}
