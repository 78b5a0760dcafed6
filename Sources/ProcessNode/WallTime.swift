private import Glibc
internal import KubernetesModel

/// The time of day, for what people and programs read; nothing is decided by it.
enum WallTime {
    static func microseconds() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000
    }

    static func timestamp() -> String { Timestamp.text(seconds: microseconds() / 1_000_000) }
    static func microTimestamp() -> String { Timestamp.text(microseconds: microseconds()) }
}
