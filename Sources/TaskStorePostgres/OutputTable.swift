import TaskQueue

/// How what attempts have written lies in the table `outputs`. A task's row changes under the lock on the task.
enum OutputTable {
    static let append = Statement(
        "outputs_append",
        """
        INSERT INTO outputs AS old (sequence, bytes, written)
        SELECT sequence, \(tail(of: "more")), octet_length(more) FROM unnest($1::bigint[], $2::bytea[])
        AS new (sequence, more)
        ON CONFLICT (sequence) DO UPDATE SET written = old.written + excluded.written,
        bytes = \(tail(of: "(old.bytes || excluded.bytes)"))
        """)

    static let read = Statement(
        "output",
        "SELECT bytes, written FROM outputs WHERE sequence = (SELECT sequence FROM tasks WHERE id = $1::text)")

    private static func tail(of bytes: String) -> String {
        "substring(\(bytes) FROM greatest(octet_length(\(bytes)) - \(TaskOutput.maxBytes), 0) + 1)"
    }

    static func appending(_ outputs: [Int64: [UInt8]]) -> Request {
        let outputs = outputs.sorted { $0.key < $1.key }
        var parameters = Parameters()
        parameters.add(outputs.lazy.map(\.key))
        parameters.add(.bytes, outputs.lazy.map { .bytes($0.value) })
        return Request(append, parameters)
    }

    static func read(_ row: inout RowReader) throws -> TaskOutput {
        TaskOutput(bytes: try row.bytes(), end: try row.integer())
    }
}
