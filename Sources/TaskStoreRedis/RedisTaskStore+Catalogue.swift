import StructuredData
package import TaskQueue

extension RedisTaskStore {
    package func putCatalogue(_ entry: CatalogueEntry) async throws {
        var serving = PackWriter()
        serving.array(2)
        serving.bool(entry.isSuspended)
        serving.array(entry.capabilities.count)
        for type in entry.capabilities { serving.text(type) }
        _ = try await run(
            .putCatalogue,
            [
                Array(entry.namespace.utf8), Array(entry.swarm.utf8),
                try JSON(encoding: entry).serialized(.sortedKeys), serving.bytes,
            ])
    }

    package func removeCatalogue(namespace: String, swarm: String) async throws {
        _ = try await run(.removeCatalogue, [Array(namespace.utf8), Array(swarm.utf8)])
    }

    package func catalogue() async throws -> [CatalogueEntry] {
        try await run(.catalogue).elements()
            .map { try JSON.parse($0.bytes()).decode(CatalogueEntry.self) }
            .sorted { ($0.namespace, $0.swarm) < ($1.namespace, $1.swarm) }
    }
}
