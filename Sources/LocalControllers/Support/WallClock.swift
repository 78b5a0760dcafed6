import FoundationEssentials
import KubernetesModel

/// The time of day, for others to read in conditions; and for those few decisions that Kubernetes
/// bases on it (a job's deadline and time to live, a taint's toleration).
struct WallClock: Sendable {
    /// RFC 3339, whole seconds.
    var timestamp: @Sendable () -> String

    /// Since 1970.
    var seconds: Int64 { Timestamp.seconds(timestamp()) ?? 0 }

    static let system = WallClock {
        Timestamp.text(seconds: Int64(Date().timeIntervalSince1970.rounded(.down)))
    }
}
