import StructuredData
import TaskQueue

/// How the catalogue lies in its table.
enum CatalogueTable {
    static func text(_ entry: CatalogueEntry) throws -> [UInt8] {
        try JSON(encoding: entry).serialized(.sortedKeys)
    }

    /// The entries, and the latest version among them and those removed.
    static func read(_ rows: Rows) throws -> (entries: [CatalogueEntry], version: Int64) {
        var version: Int64 = 0
        let entries = try rows.map { row -> CatalogueEntry? in
            version = max(version, try row.integer())
            return try row.optionalBytes().map { try JSON.parse($0).decode(CatalogueEntry.self) }
        }
        return (entries.compactMap(\.self), version)
    }
}
