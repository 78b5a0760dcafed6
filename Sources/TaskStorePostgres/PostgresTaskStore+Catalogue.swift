package import TaskQueue

extension PostgresTaskStore {
    package func putCatalogue(_ entry: CatalogueEntry) async throws {
        let text = try CatalogueTable.text(entry)
        try await write { transaction in
            if try transaction.lockedEntry(namespace: entry.namespace, swarm: entry.swarm) == entry { return }
            try transaction.storeEntry(text, namespace: entry.namespace, swarm: entry.swarm)
        }
    }

    package func removeCatalogue(namespace: String, swarm: String) async throws {
        try await write { transaction in
            if try transaction.lockedEntry(namespace: namespace, swarm: swarm) == nil { return }
            try transaction.storeEntry(nil, namespace: namespace, swarm: swarm)
        }
    }

    package func catalogue() async throws -> [CatalogueEntry] {
        try await read(Request(Statements.catalogue)) { try CatalogueTable.read($0).entries }
    }
}

extension StoreTransaction {
    /// The entry as it stays until this transaction changes it. Changes of the catalogue wait for each other, so that its versions
    /// rise in the order of commits.
    fileprivate func lockedEntry(namespace: String, swarm: String) throws -> CatalogueEntry? {
        _ = try rows(Request("LOCK TABLE catalogue IN SHARE ROW EXCLUSIVE MODE"))
        let (entries, _) = try CatalogueTable.read(try rows(Request(Statements.catalogue)))
        return entries.first { $0.namespace == namespace && $0.swarm == swarm }
    }

    fileprivate func storeEntry(_ text: [UInt8]?, namespace: String, swarm: String) throws {
        _ = try rows(
            Request(
                """
                INSERT INTO catalogue (namespace, swarm, version, entry)
                VALUES ($1::text, $2::text, nextval('catalogue_version'), $3::bytea)
                ON CONFLICT (namespace, swarm) DO UPDATE SET version = excluded.version, entry = excluded.entry
                """, .text(namespace), .text(swarm), Cell(text)))
        feed(.catalogue, namespace: namespace, swarm: swarm)
    }
}
