import FoundationEssentials
import GRDB
import StructuredData

/// Objects and their recent changes in one SQLite file.
///
/// Write-ahead log with `synchronous=FULL`: each commit is on the disk before it returns, so that it survives the loss of power.
/// What that costs is shared by all writes that wait for the same commit. A second server on the file fails at once instead of
/// corrupting what the first believes; what only reads, such as a backup, may come beside it.
///
/// The `history` table holds what each changed object was *before*. What it was afterwards is the next change's "before", or the
/// object itself, so that every state is written once.
final class SQLiteObjectStorage: ObjectStorage {
    /// Versions begin here, so that a small number that somebody made up is recognised as one that is gone.
    private static let firstVersion: Int64 = 100
    /// A change writes about this much more to the log than its texts: the rest of two pages.
    private static let overheadBytes = 8 << 10

    private let queue: DatabaseQueue
    /// An empty file beside the store that is locked for as long as it is used.
    private let lock: DatabaseQueue?
    private let checkpoints: LogCheckpoints?

    /// - Parameter path: `nil`: in memory.
    init(path: String?) throws(LocalAPIServerError) {
        var configuration = Configuration()
        configuration.label = "das.apiserver.sqlite"
        configuration.busyMode = .timeout(2)
        do {
            lock = try path.map(Self.lock)
            if let path {
                configuration.prepareDatabase { database in
                    try database.execute(sql: "PRAGMA journal_mode=WAL")
                    try database.execute(sql: "PRAGMA synchronous=FULL")
                    try database.execute(sql: "PRAGMA wal_autocheckpoint=0")
                }
                queue = try DatabaseQueue(path: path, configuration: configuration)
                checkpoints = LogCheckpoints(path: path)
            } else {
                queue = try DatabaseQueue(configuration: configuration)
                checkpoints = nil
            }
            try queue.write { database in try Self.createTables(database) }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
            throw LocalAPIServerError(
                .storage,
                "\(path ?? "the store") is in use by another process; stop that one, or name another directory")
        } catch {
            throw LocalAPIServerError(.storage, "\(path ?? "the store") cannot be opened: \(error)")
        }
    }

    /// Takes the lock, which ends with the process however that ends.
    private static func lock(for path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "das.apiserver.lock"
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA locking_mode=EXCLUSIVE")
            try database.execute(sql: "PRAGMA journal_mode=MEMORY")
        }
        let queue = try DatabaseQueue(path: path + ".lock", configuration: configuration)
        // A lock that was taken for a write stays in this mode.
        try queue.write { database in try database.execute(sql: "PRAGMA user_version=1") }
        return queue
    }

    private static func createTables(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE IF NOT EXISTS object (
                    resource TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
                    version INTEGER NOT NULL, fields TEXT NOT NULL, body BLOB NOT NULL,
                    uid TEXT NOT NULL DEFAULT '', labels TEXT NOT NULL DEFAULT '{}',
                    PRIMARY KEY (resource, namespace, name)) WITHOUT ROWID;
                CREATE TABLE IF NOT EXISTS history (
                    version INTEGER PRIMARY KEY, time REAL NOT NULL, kind INTEGER NOT NULL,
                    resource TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
                    previousVersion INTEGER, previousFields TEXT, previousBody BLOB);
                CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
                """)
        guard try !database.columns(in: "object").contains(where: { $0.name == "uid" }) else { return }
        // A file from before these two were kept beside the body; a row without them is read from its body.
        try database.execute(
            sql: """
                ALTER TABLE object ADD COLUMN uid TEXT NOT NULL DEFAULT '';
                ALTER TABLE object ADD COLUMN labels TEXT NOT NULL DEFAULT '{}';
                """)
    }

    func restore() async throws -> RestoredState {
        try await queue.read { database in
            let version = try Self.number("resourceVersion", database) ?? Self.firstVersion
            let compacted = try Self.number("compactedVersion", database) ?? Self.firstVersion
            let objects = try Self.objects(database)
            let history = try Self.history(database, objects: objects)
            return RestoredState(
                resourceVersion: version, compactedVersion: compacted, objects: objects, history: history)
        }
    }

    /// No body is taken apart: of a large store that alone would take longer than a start may.
    private static func objects(_ database: Database) throws -> [StoredObject] {
        var objects: [StoredObject] = []
        objects.reserveCapacity(try Int.fetchOne(database, sql: "SELECT count(*) FROM object") ?? 0)
        // Rows come in the order of the key, so that neighbours can share what their places have in common.
        var resource = ""
        var namespace = ""
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT resource, namespace, name, version, fields, body, uid, labels FROM object
                ORDER BY resource, namespace, name
                """)
        while let row = try rows.next() {
            if let other: String = row[0], other != resource { resource = other }
            if let other: String = row[1], other != namespace { namespace = other }
            let location = ObjectLocation(resource: resource, namespace: namespace, name: row[2])
            let body = try row.withUnsafeData(atIndex: 5) { $0.map { [UInt8]($0) } ?? [] }
            let uid: String = row[6]
            if uid.isEmpty {
                objects.append(try object(at: location, version: row[3], fields: row[4], body: body))
            } else {
                objects.append(
                    StoredObject(
                        location: location, uid: uid, resourceVersion: row[3], labels: try texts(row[7]),
                        fields: try texts(row[4]), body: body))
            }
        }
        return objects
    }

    /// Walks back from the objects as they are, so that each change finds the state it led to.
    private static func history(_ database: Database, objects: [StoredObject]) throws -> [StoredChange] {
        var current: [ObjectLocation: StoredObject] = [:]
        for object in objects { current[object.location] = object }
        var history: [StoredChange] = []
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT version, time, kind, resource, namespace, name, previousVersion, previousFields, previousBody
                FROM history ORDER BY version DESC
                """)
        while let row = try rows.next() {
            let version: Int64 = row[0]
            let location = ObjectLocation(resource: row[3], namespace: row[4], name: row[5])
            var previous: StoredObject?
            if let previousVersion: Int64 = row[6], let fields: String = row[7], let body: Data = row[8] {
                previous = try object(at: location, version: previousVersion, fields: fields, body: [UInt8](body))
            }
            guard let kind = StoredChange.Kind(rawValue: row[2]) else { continue }
            let object = kind == .deleted ? try previous?.deleted(at: version) : current[location]
            if let object {
                history.append(StoredChange(kind: kind, time: row[1], object: object, previous: previous))
            }
            current[location] = previous
        }
        return history.reversed()
    }

    func commit(_ changes: [StoredChange]) async throws {
        guard let last = changes.last else { return }
        try write(changes, version: last.version)
        let bytes = changes.reduce(0) { sum, change in
            sum + Self.overheadBytes + change.object.body.count + (change.previous?.body.count ?? 0)
        }
        await checkpoints?.committed(bytes, by: queue)
    }

    /// Waits for the disk on the thread that calls.
    private func write(_ changes: [StoredChange], version: Int64) throws {
        try queue.write { database in
            for change in changes { try Self.write(change, database) }
            try Self.set("resourceVersion", String(version), database)
        }
    }

    private static func write(_ change: StoredChange, _ database: Database) throws {
        let location = change.object.location
        if change.kind == .deleted {
            try database.cachedStatement(
                sql: "DELETE FROM object WHERE resource = ? AND namespace = ? AND name = ?"
            ).execute(arguments: [location.resource, location.namespace, location.name])
        } else {
            try database.cachedStatement(
                sql: """
                    INSERT OR REPLACE INTO object (resource, namespace, name, version, fields, body, uid, labels)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """
            ).execute(arguments: [
                location.resource, location.namespace, location.name, change.version, text(change.object.fields),
                Data(change.object.body), change.object.uid, text(change.object.labels),
            ])
        }
        try database.cachedStatement(
            sql: """
                INSERT INTO history (version, time, kind, resource, namespace, name, previousVersion, previousFields,
                    previousBody) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            change.version, change.time, change.kind.rawValue, location.resource, location.namespace, location.name,
            change.previous?.resourceVersion, change.previous.map { text($0.fields) },
            change.previous.map { Data($0.body) },
        ])
    }

    func trimHistory(through version: Int64) async throws {
        let removed = try await queue.write { database in
            try database.execute(sql: "DELETE FROM history WHERE version <= ?", arguments: [version])
            let removed = database.changesCount
            try Self.set("compactedVersion", String(version), database)
            return removed
        }
        // The pages of what goes are written, too.
        await checkpoints?.committed(removed << 10, by: queue)
    }

    func value(_ name: String) async throws -> String? {
        try await queue.read { database in
            try String.fetchOne(database, sql: "SELECT value FROM setting WHERE name = ?", arguments: [name])
        }
    }

    func setValue(_ value: String, for name: String) async throws {
        try await queue.write { database in try Self.set(name, value, database) }
    }

    private static func number(_ name: String, _ database: Database) throws -> Int64? {
        let text = try String.fetchOne(database, sql: "SELECT value FROM setting WHERE name = ?", arguments: [name])
        return text.flatMap(Int64.init)
    }

    private static func set(_ name: String, _ value: String, _ database: Database) throws {
        try database.cachedStatement(sql: "INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)")
            .execute(arguments: [name, value])
    }

    private static func object(
        at location: ObjectLocation, version: Int64, fields: String, body: [UInt8]
    ) throws -> StoredObject {
        let object = try JSON.parse(body)
        return StoredObject(
            location: location, uid: object["metadata"]?["uid"]?.stringValue ?? "", resourceVersion: version,
            labels: StoredObject.labels(of: object), fields: try texts(fields), body: body)
    }

    private static func text(_ values: [String: String]) -> String { values.isEmpty ? "{}" : JSON(values).text() }

    private static func texts(_ text: String) throws -> [String: String] {
        if text == "{}" { return [:] }
        var values: [String: String] = [:]
        for (name, value) in try JSON.parse(text).objectValue ?? [:] { values[name] = value.stringValue }
        return values
    }
}
