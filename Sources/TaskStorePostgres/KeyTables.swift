import TaskQueue

/// A concurrency key of a namespace.
struct KeyName: Hashable, Sendable, Comparable {
    var namespace: String
    var key: String

    init(namespace: String, key: String) {
        self.namespace = namespace
        self.key = key
    }

    /// The key of a task that has one.
    init?(_ record: TaskRecord) {
        guard let key = record.concurrencyKey else { return nil }
        self.init(namespace: record.namespace, key: key)
    }

    /// Who holds it decides alone about the tasks of the key.
    var lock: Int64 { AdvisoryLock.key("limit", namespace, key) }

    static func < (left: KeyName, right: KeyName) -> Bool {
        (left.namespace, left.key) < (right.namespace, right.key)
    }
}

/// A key as a transaction has found it, and as it has become since.
struct StoredKey: Sendable {
    var name: KeyName
    var found = KeyStanding()
    var standing = KeyStanding()
    /// It has a row in `keys`.
    var isStored = false
    var foundDue: StoreTime?
    /// It may have to be written.
    var isTouched = false
    /// A task that was to be moved is in somebody else's hands: the reaper is to look again at once.
    var isUnfinished = false

    mutating func touch(_ standing: KeyStanding) {
        self.standing = standing
        isTouched = true
    }

    func due(at now: StoreTime) -> StoreTime? { isUnfinished ? now : standing.due(at: now) }
}

/// How keys and their limits lie in the tables `limits`, `keys` and `key_places`.
enum KeyTables {
    /// What is known of some keys: a row for each, and one more for each further swarm.
    static let read = Statement(
        "keys_read",
        """
        SELECT name.namespace, name.key, max_concurrent, rate_interval, rate_burst, limits.key IS NOT NULL,
        full_at, due, swarm, ready, held, leased
        FROM unnest($1::text[], $2::text[]) AS name (namespace, key)
        LEFT JOIN limits ON limits.namespace = name.namespace AND limits.key = name.key
        LEFT JOIN keys ON keys.namespace = name.namespace AND keys.key = name.key
        LEFT JOIN key_places AS place ON place.namespace = name.namespace AND place.key = name.key
        """)

    static let limits = Statement(
        "limits",
        """
        SELECT key, max_concurrent, rate_interval, rate_burst FROM limits WHERE namespace = $1::text ORDER BY key
        """)

    static let due = Statement(
        "keys_due",
        """
        SELECT namespace, key FROM keys WHERE due <= $1::bigint ORDER BY due, namespace, key LIMIT $2::bigint
        """)

    private static let store = Statement(
        "keys_store",
        """
        INSERT INTO keys (namespace, key, full_at, due, empty)
        SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::boolean[])
        ON CONFLICT (namespace, key)
        DO UPDATE SET full_at = excluded.full_at, due = excluded.due, empty = excluded.empty
        """)
    private static let remove = Statement(
        "keys_remove",
        """
        DELETE FROM keys USING unnest($1::text[], $2::text[]) AS gone (namespace, key)
        WHERE keys.namespace = gone.namespace AND keys.key = gone.key
        """)
    private static let storePlaces = Statement(
        "key_places_store",
        """
        INSERT INTO key_places (namespace, key, swarm, ready, held, leased)
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[])
        ON CONFLICT (namespace, key, swarm)
        DO UPDATE SET ready = excluded.ready, held = excluded.held, leased = excluded.leased
        """)
    private static let removePlaces = Statement(
        "key_places_remove",
        """
        DELETE FROM key_places AS old USING unnest($1::text[], $2::text[], $3::text[]) AS gone (namespace, key, swarm)
        WHERE old.namespace = gone.namespace AND old.key = gone.key AND old.swarm = gone.swarm
        """)

    static let writing = [read, due, store, remove, storePlaces, removePlaces]

    static func reading(_ names: [KeyName]) -> Request { Request(read, parameters(names)) }

    static func readKeys(_ rows: Rows) throws -> [StoredKey] {
        var keys: [KeyName: StoredKey] = [:]
        _ = try rows.map { row in
            let name = KeyName(namespace: try row.text(), key: try row.text())
            let limit = try limit(&row)
            let hasLimit = try row.bool()
            let fullAt = try row.optionalInteger()
            let due = try row.optionalTime()
            var key = keys[name] ?? StoredKey(name: name)
            key.found.limit = hasLimit ? limit : .standard
            key.found.bucket = TokenBucket(fullAt: fullAt ?? 0)
            key.isStored = fullAt != nil
            key.foundDue = due
            if let swarm = row.optionalText() {
                key.found.places[swarm] = KeyStanding.Places(
                    ready: try row.int(), held: try row.int(), leased: try row.int())
            }
            key.standing = key.found
            keys[name] = key
        }
        return Array(keys.values)
    }

    static func limit(_ row: inout RowReader) throws -> KeyLimit {
        let maxConcurrent = try row.optionalInt()
        let interval = try row.optionalInteger()
        let burst = try row.optionalInt()
        let rate: RateLimit? =
            if let interval, let burst { RateLimit(intervalMicroseconds: interval, burst: burst) } else { nil }
        return KeyLimit(maxConcurrent: maxConcurrent, rate: rate)
    }

    static func setting(_ limit: KeyLimit?, of name: KeyName) -> Request {
        let place: [Cell] = [.text(name.namespace), .text(name.key)]
        guard let limit else {
            return Request("DELETE FROM limits WHERE namespace = $1::text AND key = $2::text", place[0], place[1])
        }
        return Request(
            """
            INSERT INTO limits (namespace, key, max_concurrent, rate_interval, rate_burst)
            VALUES ($1::text, $2::text, $3::bigint, $4::bigint, $5::bigint)
            ON CONFLICT (namespace, key) DO UPDATE SET max_concurrent = excluded.max_concurrent,
            rate_interval = excluded.rate_interval, rate_burst = excluded.rate_burst
            """, place[0], place[1], Cell(limit.maxConcurrent), Cell(limit.rate?.intervalMicroseconds),
            Cell(limit.rate?.burst))
    }

    /// Statements that store what has become of keys.
    static func changes(of keys: [StoredKey], at now: StoreTime) -> [Request] {
        let keys = keys.sorted { $0.name < $1.name }
        let gone = keys.filter { $0.standing.isIdle(at: now) }
        let removed = gone.filter(\.isStored)
        let stored = keys.filter { key in
            !key.standing.isIdle(at: now)
                && (!key.isStored || key.standing.bucket != key.found.bucket || key.due(at: now) != key.foundDue
                    || key.standing.places.isEmpty != key.found.places.isEmpty)
        }
        var requests: [Request] = []
        if !removed.isEmpty { requests.append(Request(remove, parameters(removed.map(\.name)))) }
        if !stored.isEmpty {
            var parameters = parameters(stored.map(\.name))
            parameters.add(stored.map(\.standing.bucket.fullAt))
            parameters.add(.integer, stored.map { Cell($0.due(at: now)?.milliseconds) })
            parameters.add(.boolean, stored.map { .boolean($0.standing.places.isEmpty) })
            requests.append(Request(store, parameters))
        }
        return requests + placeChanges(of: keys)
    }

    private static func placeChanges(of keys: [StoredKey]) -> [Request] {
        var changed: [(name: KeyName, swarm: String, places: KeyStanding.Places)] = []
        var gone: [(name: KeyName, swarm: String)] = []
        for key in keys {
            for swarm in Set(key.found.places.keys).union(key.standing.places.keys).sorted() {
                let after = key.standing.places[swarm]
                if key.found.places[swarm] == after { continue }
                if let after { changed.append((key.name, swarm, after)) } else { gone.append((key.name, swarm)) }
            }
        }
        var requests: [Request] = []
        if !gone.isEmpty {
            var parameters = parameters(gone.map(\.name))
            parameters.add(gone.map(\.swarm))
            requests.append(Request(removePlaces, parameters))
        }
        if !changed.isEmpty {
            var parameters = parameters(changed.map(\.name))
            parameters.add(changed.map(\.swarm))
            parameters.add(changed.map { Int64($0.places.ready) })
            parameters.add(changed.map { Int64($0.places.held) })
            parameters.add(changed.map { Int64($0.places.leased) })
            requests.append(Request(storePlaces, parameters))
        }
        return requests
    }

    private static func parameters(_ names: [KeyName]) -> Parameters {
        var parameters = Parameters()
        parameters.add(names.map(\.namespace))
        parameters.add(names.map(\.key))
        return parameters
    }
}
