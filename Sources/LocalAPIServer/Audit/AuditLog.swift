import Foundation
import Logging
import StructuredData
import Synchronization

/// Writes what was asked of the server to a file, one line of JSON an event (`audit.k8s.io/v1`, level Metadata).
///
/// A line is in the file before the request's answer is on its way: what a client was told can be looked up, whatever happens next.
/// It is appended to the system's cache of the file and never waits for the disk.
final class AuditLog: Sendable {
    private let file: Mutex<FileHandle>
    private let logger: Logger

    /// - Parameter path: made where it is missing, appended to where it is there.
    /// - Throws: `LocalAPIServerError` where it cannot be written.
    init(path: String, logger: Logger) throws(LocalAPIServerError) {
        self.logger = logger
        let manager = FileManager.default
        if !manager.fileExists(atPath: path) {
            // Who asked for what is nobody else's business.
            _ = manager.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
        }
        do {
            let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
            _ = try handle.seekToEnd()
            file = Mutex(handle)
        } catch {
            throw LocalAPIServerError(
                .badConfiguration, "the audit log \(path) cannot be written: \(error.localizedDescription)")
        }
    }

    func write(_ event: JSON) {
        let line = Data(event.serialized() + [UInt8(ascii: "\n")])
        let failure: (any Error)? = file.withLock { file in
            do {
                try file.write(contentsOf: line)
                return nil
            } catch {
                return error
            }
        }
        // The request has been done: refusing its answer would undo nothing.
        if let failure { logger.error("an audit event could not be written", metadata: ["error": "\(failure)"]) }
    }
}
