package import CertificateStore
import Foundation
import LocalAPIServer

/// Copies of a cluster's data directory.
///
/// Flow: the task store is copied before the API server's, so that a task of the copy has its object there, while an object that is
/// newer than the queue is only queued again; certificates, keys and ports follow. What runs on the node is left out: a cluster on
/// the copy starts its pods itself, and never meets the processes of the first.
package enum ClusterBackup {
    package struct TargetExists: Error, Sendable {
        package var path: String
    }

    private static let apiStore = "api.sqlite"
    private static let databases = ["tasks.sqlite", apiStore]
    private static let files = ["pki", "api.port", "gateway.port"]

    /// Whether a folder is one that `das up` has run on.
    package static func isCluster(_ path: String) throws -> Bool {
        FileManager.default.fileExists(atPath: "\(path)/\(apiStore)")
    }

    /// - Parameter target: a folder that does not exist; it is there once all of the copy is.
    package static func copy(_ source: DataDirectory, to target: String) async throws {
        let manager = FileManager.default
        let final = URL(fileURLWithPath: target).standardizedFileURL.path
        guard !manager.fileExists(atPath: final) else { throw TargetExists(path: final) }
        let unfinished = "\(final).unfinished"
        if manager.fileExists(atPath: unfinished) { try manager.removeItem(atPath: unfinished) }
        let copy = try DataDirectory(unfinished)
        for name in databases where manager.fileExists(atPath: source.file(name)) {
            try await DatabaseCopy.copy(source.file(name), to: copy.file(name))
            // Both hold secrets.
            try manager.setAttributes([.posixPermissions: 0o600], ofItemAtPath: copy.file(name))
        }
        for name in files where manager.fileExists(atPath: source.file(name)) {
            try manager.copyItem(atPath: source.file(name), toPath: copy.file(name))
        }
        try manager.moveItem(atPath: unfinished, toPath: final)
    }
}
