import FoundationEssentials
import GRDB
import StructuredData
package import TaskQueue

extension SQLiteTaskStore {
    package func putCatalogue(_ entry: CatalogueEntry) async throws {
        let text = Data(try JSON(encoding: entry).serialized(.sortedKeys))
        try await write { transaction in
            let known = try transaction.entry(namespace: entry.namespace, swarm: entry.swarm)
            if known == entry { return }
            transaction.context.forgetCached()
            try transaction.run(
                """
                INSERT INTO catalogue (namespace, swarm, entry) VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET entry = excluded.entry
                """, [entry.namespace, entry.swarm, text])
            try transaction.feed(.catalogue, namespace: entry.namespace, swarm: entry.swarm)
        }
    }

    package func removeCatalogue(namespace: String, swarm: String) async throws {
        try await write { transaction in
            guard try transaction.entry(namespace: namespace, swarm: swarm) != nil else { return }
            transaction.context.forgetCached()
            try transaction.run("DELETE FROM catalogue WHERE namespace = ? AND swarm = ?", [namespace, swarm])
            try transaction.feed(.catalogue, namespace: namespace, swarm: swarm)
        }
    }

    package func catalogue() async throws -> [CatalogueEntry] {
        try await read(StoreTransaction.catalogue)
    }
}
