internal import StructuredData

/// Turns a named input of the envelope into checked data.
struct InputReader: Sendable {
    /// What to do with rows where a value is missing.
    enum MissingPolicy: String, Sendable, CaseIterable {
        case reject
        case dropRow = "drop-row"
        case forwardFill = "forward-fill"
    }

    /// Data that passed every check.
    struct Outcome {
        var dataset: Dataset
        /// The entry of `lineage.inputs`.
        var lineage: JSON
        /// What is worth saying though the data is good.
        var notes: [Finding] = []
        /// Whether a repair was made.
        var isRepaired = false
    }

    let environment: ArgusEnvironment
    /// Nothing that was not known by then is used; `nil`: everything is.
    let asOf: TimePoint?
    let missing: MissingPolicy
    let kind: ReturnKind

    /// Reads the input at `path` of the envelope, which fits the schema but for the elements of its arrays.
    func read(_ input: JSON, at path: JSONPointer) throws(Rejection) -> Outcome {
        var notes: [Finding] = []
        var dataset = try parse(input, at: path, notes: &notes)
        try checkTimes(dataset)
        if let asOf {
            guard dataset.hasTimes else {
                throw Rejection(
                    Finding(
                        .asOfNeedsTime, input: dataset.name, path: path,
                        "\(dataset.name) has no times, so that asOf cannot be applied; give returns.time"))
            }
            dataset.truncate(to: dataset.points.firstIndex { !$0.isKnown(asOf: asOf) } ?? dataset.rowCount)
        }
        guard dataset.rowCount > 0 else {
            let limit = asOf == nil ? "" : " on or before asOf"
            throw Rejection(
                Finding(.tooFewBars, input: dataset.name, path: path, "\(dataset.name) has no rows\(limit)"))
        }
        try DatasetChecks(dataset, kind: kind).throwIfBad()
        notes += DatasetChecks.inconsistentBars(dataset)

        var outcome = Outcome(dataset: dataset, lineage: dataset.lineage(), notes: notes)
        let repairs = try outcome.dataset.repairMissing(missing)
        outcome.notes += repairs
        outcome.isRepaired = !repairs.isEmpty
        if case .returns(let unit) = dataset.form, unit == .percent {
            for index in outcome.dataset.columns.indices {
                outcome.dataset.columns[index].values = outcome.dataset.columns[index].values.map { $0 / unit.scale }
            }
        }
        return outcome
    }

    private func parse(_ input: JSON, at path: JSONPointer, notes: inout [Finding]) throws(Rejection) -> Dataset {
        let name = input["name"]?.stringValue ?? ""
        if let bars = input["bars"]?.objectValue {
            let columns = PriceColumn.allCases.compactMap { column in
                bars[column.rawValue].map { (column.rawValue, $0) }
            }
            return try ArrayReader(name: name, form: .bars, path: path.appending("bars"))
                .dataset(time: bars["time"], columns: columns)
        }
        if let table = input["table"] {
            return try ArrayReader(name: name, form: .table, path: path.appending("table"))
                .dataset(time: table["time"], columns: Self.members(table["columns"]))
        }
        if let returns = input["returns"] {
            let unit = input["unit"]?.stringValue.flatMap(Dataset.ReturnUnit.init) ?? .fraction
            return try ArrayReader(name: name, form: .returns(unit), path: path.appending("returns"))
                .dataset(time: returns["time"], columns: Self.members(returns["columns"]))
        }
        if let text = input["csv"]?.stringValue {
            return try CSVDatasetReader(name: name, path: path.appending("csv"))
                .dataset(Array(text.utf8), notes: &notes)
        }
        let file = input["file"]?.stringValue ?? ""
        let bytes = try contents(of: file, input: name, path: path.appending("file"))
        return try CSVDatasetReader(name: name, path: path.appending("file")).dataset(bytes, notes: &notes)
    }

    private static func members(_ json: JSON?) -> [(String, JSON)] {
        json?.objectValue.map { $0.map { ($0.key, $0.value) } } ?? []
    }

    private func contents(of file: String, input: String, path: JSONPointer) throws(Rejection) -> [UInt8] {
        guard let readFile = environment.readFile else {
            throw Rejection(
                Finding(
                    .fileNotReadable, input: input, path: path,
                    "\(input): \"file\" works with `agent-runner run` only; in a task give the text as \"csv\", "
                        + "or point inputFrom at a ConfigMap"))
        }
        do {
            return try readFile(file)
        } catch {
            throw Rejection(
                Finding(
                    .fileNotReadable, input: input, path: path,
                    "\(input): the file \"\(file)\" cannot be read: \(error)"))
        }
    }

    private func checkTimes(_ dataset: Dataset) throws(Rejection) {
        for index in dataset.points.indices.dropFirst() {
            let (before, now) = (dataset.points[index - 1].start, dataset.points[index].start)
            guard before >= now else { continue }
            let what =
                before == now
                ? "the time \(dataset.times[index]) stands twice"
                : "the time \(dataset.times[index]) comes after \(dataset.times[index - 1])"
            throw Rejection(
                Finding(
                    before == now ? .duplicateTime : .unsortedTime, input: dataset.name, row: dataset.rows[index],
                    "\(dataset.name), row \(dataset.rows[index]): \(what); times must rise strictly"))
        }
    }
}
