import FoundationEssentials
import KubernetesModel

/// The time of day, for others to read in conditions; nothing is decided by it.
struct WallClock: Sendable {
    /// RFC 3339, whole seconds.
    var timestamp: @Sendable () -> String

    static let system = WallClock {
        Timestamp.text(seconds: Int64(Date().timeIntervalSince1970.rounded(.down)))
    }
}
