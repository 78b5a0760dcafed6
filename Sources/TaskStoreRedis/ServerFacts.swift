import TaskQueue

/// What a Redis says of itself, and whether tasks may be kept in it.
struct ServerFacts: Sendable, Hashable {
    static let oldestVersion = 7

    var version: String
    var evictionPolicy: String
    /// `nil`: unknown, since CONFIG is not allowed.
    var appendFsync: String?
    var hasAppendOnlyFile: Bool
    /// Whether snapshots are taken; `nil`: unknown.
    var hasSnapshots: Bool?

    static let questions = [
        RedisCommand("INFO"),
        RedisCommand("CONFIG", "GET", "appendfsync"),
        RedisCommand("CONFIG", "GET", "save"),
    ]

    /// - Parameter answers: the replies to `questions`.
    /// - Throws: `refused` where INFO was.
    init(_ answers: [RedisReply]) throws(RedisFailure) {
        guard answers.count == 3 else { throw .refused("INFO had no answer") }
        if case .error(let text) = answers[0] { throw .refused(text) }
        var values: [Substring: Substring] = [:]
        for line in (answers[0].optionalText ?? "").split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            let name = line.prefix { $0 != ":" }
            values[name] = line.dropFirst(name.count + 1)
        }
        version = String(values["redis_version"] ?? "unknown")
        evictionPolicy = String(values["maxmemory_policy"] ?? "unknown")
        hasAppendOnlyFile = values["aof_enabled"] == "1"
        appendFsync = Self.setting(answers[1])
        hasSnapshots = Self.setting(answers[2]).map { !$0.isEmpty }
    }

    private static func setting(_ reply: RedisReply) -> String? {
        guard case .array(let pair) = reply, pair.count >= 2 else { return nil }
        return pair[1].optionalText
    }

    /// - Throws: `cannotOpen` with what to do.
    func check(_ location: RedisLocation) throws(TaskStoreError) {
        let major = Int(version.prefix { $0 != "." }) ?? 0
        guard major >= Self.oldestVersion else {
            throw TaskStoreError(
                .cannotOpen,
                "Redis at \(location) is version \(version); the task store needs \(Self.oldestVersion) or later: upgrade it"
            )
        }
        guard evictionPolicy == "noeviction" else {
            throw TaskStoreError(
                .cannotOpen,
                "Redis at \(location) may evict tasks: its maxmemory-policy is \(evictionPolicy); set it with "
                    + "CONFIG SET maxmemory-policy noeviction, and in redis.conf, or use another Redis")
        }
    }

    var durability: RedisDurability {
        guard hasAppendOnlyFile else { return .none(hasSnapshots: hasSnapshots ?? false) }
        return switch appendFsync {
        case "always": .always
        case "everysec": .everySecond
        case "no": .operatingSystem
        default: .unknown
        }
    }
}

/// What an answered call is worth when the machine of the Redis goes down. As long as only the Redis process ends, however it does,
/// an append-only file loses nothing that was answered.
package enum RedisDurability: Sendable, Hashable {
    /// On the disk before it is answered.
    case always
    case everySecond
    case operatingSystem
    /// There is no append-only file.
    case none(hasSnapshots: Bool)
    case unknown

    /// For a log line.
    package var promise: String {
        switch self {
        case .always: "appendfsync is always: what was answered is on the disk"
        case .everySecond:
            "appendfsync is everysec: should its machine go down, the last second of answered calls may be undone "
                + "(set appendfsync always to lose nothing)"
        case .operatingSystem:
            "appendfsync is no: should its machine go down, what the operating system has not written yet, often "
                + "30 seconds of answered calls, is undone (set appendfsync always to lose nothing)"
        case .none(let hasSnapshots):
            "there is no append-only file: whenever it ends, "
                + (hasSnapshots ? "all calls since the last snapshot are undone" : "all tasks are lost")
                + " (set appendonly yes, and appendfsync always to lose nothing)"
        case .unknown:
            "it does not say how it writes its append-only file (CONFIG GET is not allowed): with Redis's default, "
                + "appendfsync everysec, the last second of answered calls may be undone should its machine go down"
        }
    }

    /// Whether somebody should think about it.
    var isWeak: Bool {
        switch self {
        case .always, .everySecond, .unknown: false
        case .operatingSystem, .none: true
        }
    }
}
