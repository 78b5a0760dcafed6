internal import StructuredData

/// Makes data of JSON arrays: the forms `bars`, `table` and `returns`.
struct ArrayReader {
    let name: String
    let form: Dataset.Form
    /// Where the form stands in the task's input.
    let path: JSONPointer

    func dataset(time: JSON?, columns: [(name: String, values: JSON)]) throws(Rejection) -> Dataset {
        var times: [String] = []
        var points: [TimePoint] = []
        if let elements = time?.arrayValue {
            times.reserveCapacity(elements.count)
            points.reserveCapacity(elements.count)
            for (index, element) in elements.enumerated() {
                guard let text = element.stringValue else {
                    throw wrongType(element, in: path.appending("time"), at: index, expected: "a string")
                }
                guard let point = TimePoint(text) else {
                    throw Rejection(
                        Finding(
                            .badTime, input: name, row: index + 1, path: path.appending("time").appending(index),
                            "\(name), row \(index + 1): \(element.text()) is no time; write YYYY-MM-DD or RFC 3339"))
                }
                times.append(text)
                points.append(point)
            }
        }
        var read: [Dataset.Column] = []
        for (column, values) in columns {
            read.append(Dataset.Column(name: column, values: try numbers(values, column: column)))
        }
        let longest = time == nil ? read.first?.values.count ?? 0 : times.count
        if let odd = read.first(where: { $0.values.count != longest }) {
            let other = time == nil ? read[0].name : "time"
            throw Rejection(
                Finding(
                    .lengthMismatch, input: name, path: columnPath(odd.name),
                    "\(name): \(odd.name) has \(odd.values.count) values, but \(other) has \(longest)"))
        }
        return Dataset(name: name, form: form, times: times, points: points, columns: read)
    }

    private func numbers(_ json: JSON, column: String) throws(Rejection) -> [Double] {
        guard let elements = json.arrayValue else {
            throw Rejection(
                Finding(
                    .schema, input: name, path: columnPath(column),
                    "\(columnPath(column)): an array is expected, and is \(json.typeName)"))
        }
        var values: [Double] = []
        values.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            if let value = element.doubleValue {
                // A caller may hand over numbers that JSON text could not hold.
                values.append(value.isFinite ? value : .nan)
            } else if element.isNull {
                values.append(.nan)
            } else {
                throw wrongType(element, in: columnPath(column), at: index, expected: "a number or null")
            }
        }
        return values
    }

    private func columnPath(_ column: String) -> JSONPointer {
        form == .bars ? path.appending(column) : path.appending("columns").appending(column)
    }

    private func wrongType(_ element: JSON, in array: JSONPointer, at index: Int, expected: String) -> Rejection {
        let path = array.appending(index)
        return Rejection(
            Finding(
                .schema, input: name, row: index + 1, path: path,
                "\(path): \(expected) is expected in row \(index + 1) of \(name), and is \(element.text())"))
    }
}
