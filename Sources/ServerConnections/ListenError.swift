private import Glibc
internal import NIOCore

/// An address that a server cannot listen on.
package struct ListenError: Error, CustomStringConvertible {
    package var host: String
    package var port: Int
    private var cause: IOError

    /// - Returns: `nil` where `error` does not say that an address cannot be had.
    package init?(_ host: String, _ port: Int, _ error: any Error) {
        // The system's call stands first in what it says; all others come later in a server's life.
        guard let cause = error as? IOError, "\(cause)".hasPrefix("bind(") else { return nil }
        (self.host, self.port, self.cause) = (host, port, cause)
    }

    package var description: String {
        let reason = String(cString: strerror(cause.errnoCode))
        let name = host.contains(":") ? "[\(host)]" : host
        return "cannot listen on \(name):\(port): \(reason); choose another address"
    }

    /// Runs a server that listens there.
    /// - Throws: `ListenError` where it cannot, else what `server` throws.
    package static func naming(
        _ host: String, _ port: Int, _ server: () async throws -> Void
    ) async throws {
        do { try await server() } catch { throw ListenError(host, port, error) ?? error }
    }
}
