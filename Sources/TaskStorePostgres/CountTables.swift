import StructuredData
import TaskQueue

/// How many live tasks namespaces have.
enum LiveTable {
    /// Programs count in parts of their own, so that they seldom wait for each other's transactions.
    private static let parts: Int64 = 8
    private static let part = Int64.random(in: 0..<parts)

    static let count = Statement(
        "live_count",
        """
        INSERT INTO live AS old (namespace, part, tasks) SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[])
        ON CONFLICT (namespace, part) DO UPDATE SET tasks = old.tasks + excluded.tasks
        """)

    static func counting(_ changes: [String: Int]) -> Request? {
        let changes = changes.filter { $0.value != 0 }.sorted { $0.key < $1.key }
        if changes.isEmpty { return nil }
        var parameters = Parameters()
        parameters.add(changes.map(\.key))
        parameters.add(changes.map { _ in part })
        parameters.add(changes.map { Int64($0.value) })
        return Request(count, parameters)
    }
}

/// How a `FailureGroup` lies in the table `failures`.
enum FailureTable {
    static let join = Statement(
        "failures_join",
        """
        INSERT INTO failures AS old (namespace, swarm, fingerprint, code, pattern, count, first, last, examples)
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[],
        $8::bigint[], $9::text[])
        ON CONFLICT (namespace, swarm, fingerprint) DO UPDATE SET count = old.count + excluded.count,
        first = least(old.first, excluded.first), last = greatest(old.last, excluded.last),
        examples = array_to_string((string_to_array(excluded.examples, E'\\n')
        || string_to_array(old.examples, E'\\n'))[1:\(FailureGroup.maxExamples)], E'\\n')
        """)

    static let most = Statement(
        "failures_most",
        """
        SELECT namespace, swarm, code, pattern, count, first, last, examples FROM failures
        WHERE namespace = $1::text AND ($2::text IS NULL OR swarm = $2::text)
        ORDER BY count DESC, last DESC, swarm, code, pattern LIMIT $3::bigint
        """)

    static func joining(_ groups: [FailureGroup]) -> Request {
        let groups = groups.sorted {
            ($0.namespace, $0.swarm, $0.fingerprint.id) < ($1.namespace, $1.swarm, $1.fingerprint.id)
        }
        var parameters = Parameters()
        parameters.add(groups.map(\.namespace))
        parameters.add(groups.map(\.swarm))
        parameters.add(groups.map(\.fingerprint.id))
        parameters.add(groups.map(\.fingerprint.code))
        parameters.add(groups.map(\.fingerprint.pattern))
        parameters.add(groups.map { Int64($0.count) })
        parameters.add(groups.map(\.first.milliseconds))
        parameters.add(groups.map(\.last.milliseconds))
        // The identifiers of tasks are of one line.
        parameters.add(groups.map { $0.examples.map(\.text).joined(separator: "\n") })
        return Request(join, parameters)
    }

    static func read(_ row: inout RowReader) throws -> FailureGroup {
        FailureGroup(
            namespace: try row.text(), swarm: try row.text(),
            fingerprint: FailureFingerprint(code: try row.text(), pattern: try row.text()), count: try row.int(),
            first: try row.time(), last: try row.time(),
            examples: try row.text().split(separator: "\n").map { TaskID(String($0)) })
    }
}
