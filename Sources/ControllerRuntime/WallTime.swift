internal import KubernetesModel

#if canImport(FoundationEssentials)
    private import FoundationEssentials
#else
    private import Foundation
#endif

/// The time of day, only ever written for others to read; nothing is decided by it.
enum WallTime {
    static func microseconds() -> Int64 { Int64(Date().timeIntervalSince1970 * 1e6) }
    static func microTimestamp() -> String { Timestamp.text(microseconds: microseconds()) }
}
