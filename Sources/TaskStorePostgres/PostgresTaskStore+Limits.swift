package import TaskQueue

extension PostgresTaskStore {
    package func putLimit(_ limit: KeyLimit, namespace: String, key: String) async throws {
        let name = KeyName(namespace: namespace, key: key)
        try await write(Needs(keys: [name])) { try $0.setLimit(limit, of: name) }
    }

    package func removeLimit(namespace: String, key: String) async throws -> Bool {
        let name = KeyName(namespace: namespace, key: key)
        return try await write(Needs(keys: [name])) { transaction in
            let found = try transaction.rows(
                Request(
                    "SELECT 1::bigint FROM limits WHERE namespace = $1::text AND key = $2::text", .text(namespace),
                    .text(key)))
            if found.count == 0 { return false }
            try transaction.setLimit(nil, of: name)
            return true
        }
    }

    package func limits(namespace: String) async throws -> [KeyLimitEntry] {
        try await read(Request(KeyTables.limits, Parameters(.text(namespace)))) { rows in
            try rows.map { row in KeyLimitEntry(key: try row.text(), limit: try KeyTables.limit(&row)) }
        }
    }

    package func keyStanding(namespace: String, key: String) async throws -> KeyStanding {
        try await read(KeyTables.reading([KeyName(namespace: namespace, key: key)])) { rows in
            try KeyTables.readKeys(rows).first?.standing ?? KeyStanding()
        }
    }
}
