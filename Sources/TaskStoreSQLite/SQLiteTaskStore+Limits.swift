import GRDB
package import TaskQueue

extension SQLiteTaskStore {
    package func putLimit(_ limit: KeyLimit, namespace: String, key: String) async throws {
        try await write { transaction in
            try transaction.setLimit(limit, of: KeyName(namespace: namespace, key: key))
        }
    }

    package func removeLimit(namespace: String, key: String) async throws -> Bool {
        try await write { transaction in
            let known = try transaction.row(
                LimitRow.select + "WHERE namespace = ? AND key = ?", [namespace, key])
            guard known != nil else { return false }
            try transaction.setLimit(nil, of: KeyName(namespace: namespace, key: key))
            return true
        }
    }

    package func limits(namespace: String) async throws -> [KeyLimitEntry] {
        try await read { db in
            try Row.fetchAll(
                db.cachedStatement(sql: LimitRow.select + "WHERE namespace = ? ORDER BY key"),
                arguments: [namespace]
            ).map(LimitRow.read)
        }
    }

    package func keyStanding(namespace: String, key: String) async throws -> KeyStanding {
        try await read { db in
            try StoreTransaction.key(KeyName(namespace: namespace, key: key), db).standing
        }
    }
}
