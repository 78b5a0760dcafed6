package import TaskQueue

extension RedisTaskStore {
    package func putLimit(_ limit: KeyLimit, namespace: String, key: String) async throws {
        var writer = PackWriter()
        writer.array(3)
        writer.optional(limit.maxConcurrent.map(Int64.init(_:)))
        writer.optional(limit.rate?.intervalMicroseconds)
        writer.optional(limit.rate.map { Int64($0.burst) })
        _ = try await run(.setLimit, [Array(namespace.utf8), Array(key.utf8), writer.bytes])
    }

    package func removeLimit(namespace: String, key: String) async throws -> Bool {
        try await run(.setLimit, [Array(namespace.utf8), Array(key.utf8), []]) == .integer(1)
    }

    package func limits(namespace: String) async throws -> [KeyLimitEntry] {
        let parts = try await run(.limits, [Array(namespace.utf8)]).elements()
        var entries: [KeyLimitEntry] = []
        for index in stride(from: 0, to: parts.count - 1, by: 2) {
            entries.append(KeyLimitEntry(key: try parts[index].text(), limit: try Self.limit(parts[index + 1].bytes())))
        }
        return entries.sorted { $0.key < $1.key }
    }

    package func keyStanding(namespace: String, key: String) async throws -> KeyStanding {
        let parts = try await run(.keyStanding, [Array(namespace.utf8), Array(key.utf8)]).elements(atLeast: 3)
        var standing = KeyStanding(bucket: TokenBucket(fullAt: try parts[1].integer()))
        if let limit = parts[0].optionalBytes { standing.limit = try Self.limit(limit) }
        for place in try parts[2].elements() {
            let counts = try place.elements(atLeast: 4)
            standing.places[try counts[0].text()] = KeyStanding.Places(
                ready: Int(clamping: try counts[1].integer()), held: Int(clamping: try counts[2].integer()),
                leased: Int(clamping: try counts[3].integer()))
        }
        return standing
    }

    private static func limit(_ bytes: [UInt8]) throws(TaskStoreError) -> KeyLimit {
        var fields = try PackFields(bytes)
        let maxConcurrent = try fields.optionalInteger().map(Int.init(clamping:))
        let interval = try fields.optionalInteger()
        let burst = try fields.optionalInteger().map(Int.init(clamping:))
        let rate: RateLimit? =
            if let interval, let burst { RateLimit(intervalMicroseconds: interval, burst: burst) } else { nil }
        return KeyLimit(maxConcurrent: maxConcurrent, rate: rate)
    }
}
