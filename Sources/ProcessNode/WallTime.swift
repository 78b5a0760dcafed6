private import FoundationEssentials
internal import KubernetesModel

/// The time of day, for what people and programs read; nothing is decided by it.
enum WallTime {
    static func microseconds() -> Int64 {
        Int64((Date().timeIntervalSince1970 * 1_000_000).rounded(.down))
    }

    static func timestamp() -> String { Timestamp.text(seconds: microseconds() / 1_000_000) }
    static func microTimestamp() -> String { Timestamp.text(microseconds: microseconds()) }
}
