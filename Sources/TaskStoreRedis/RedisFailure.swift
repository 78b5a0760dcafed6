import TaskQueue

/// Why a command had no answer that can be used.
enum RedisFailure: Error, Sendable, Hashable {
    /// No connection can be had.
    case unreachable(String)
    /// The connection broke, or nothing came within the time for it.
    case lost(String)
    /// Redis answered an error.
    case refused(String)

    /// Whether no other attempt can do better until somebody has changed the server or the store URL.
    var isPermanent: Bool {
        guard case .refused(let text) = self else { return false }
        return ["NOAUTH", "WRONGPASS", "NOPERM", "DENIED", "MOVED", "CROSSSLOT"].contains(Self.code(text))
            || text.hasPrefix("ERR invalid password") || text.hasPrefix("ERR DB index")
            || text.hasPrefix("ERR AUTH") || text.hasPrefix("ERR invalid DB index")
    }

    /// Whether the connection is to be made anew: it leads to a server that cannot serve, and another may stand there by now.
    var endsConnection: Bool {
        guard case .refused(let text) = self else { return true }
        return ["READONLY", "NOAUTH", "LOADING", "MASTERDOWN", "DETACHED"].contains(Self.code(text))
    }

    /// The error of the store that this is.
    func storeError(_ location: RedisLocation) -> TaskStoreError {
        switch self {
        case .unreachable(let why):
            TaskStoreError(
                .unavailable,
                "no connection to \(location): \(why); is Redis running there, and does the network lead to it?",
                cause: self)
        case .lost(let why):
            TaskStoreError(
                .unavailable,
                "the connection to \(location) was lost: \(why); what was asked for may have been done or not",
                cause: self)
        case .refused(let text): Self.storeError(text, location, self)
        }
    }

    private static func code(_ text: String) -> String { String(text.prefix { $0 != " " }) }

    private static func storeError(_ text: String, _ location: RedisLocation, _ cause: RedisFailure) -> TaskStoreError {
        let advice: String =
            switch code(text) {
            case "NOAUTH", "WRONGPASS":
                "check user and password of the store URL"
            case "NOPERM":
                "the user needs the commands and keys that the documentation of TaskStoreRedis lists"
            case "DENIED": "it is in protected mode: give it a password, or let it listen on this machine alone"
            case "LOADING": "it is still reading its data; it will be there when that is done"
            case "READONLY": "this is a replica; let the store URL name the primary"
            case "MASTERDOWN", "NOREPLICAS", "CLUSTERDOWN": "mend its replication"
            case "OOM": "raise its maxmemory, or give the queue less to keep (shorter retention, smaller inputs)"
            case "MISCONF": "it cannot write to its disk; make room there and see its log"
            case "BUSY": "a script of somebody else's runs too long; SCRIPT KILL ends it"
            case "MOVED", "ASK", "CROSSSLOT":
                "in a Redis Cluster the store URL must name the primary that holds the slot of the key \(location.prefix)"
            case "DETACHED": "its data was removed, and is being set up anew"
            case "WRONGTYPE":
                "a key that begins with \(location.prefix) belongs to another program; choose another name in the store URL"
            default: text.hasPrefix("ERR invalid password") ? "check user and password of the store URL" : "see its log"
            }
        let isCorrupt = ["WRONGTYPE", "CORRUPT"].contains(code(text)) || text.contains("user_script:")
        return TaskStoreError(
            isCorrupt ? .corrupt : cause.isPermanent ? .cannotOpen : .unavailable,
            "Redis at \(location) refuses: \(text); \(advice)", cause: cause)
    }
}
