internal import FoundationEssentials
internal import Synchronization

/// The `Authorization` header of the moment.
final class CredentialSource: Sendable {
    /// A token file is read again after this long. The kubelet replaces a token long before it ends.
    static let rereadSeconds: Double = 10

    private struct Cached {
        var header: String
        var readAt: Duration
    }

    private let authentication: ClientConfiguration.Authentication
    private let now: @Sendable () -> Duration
    private let cached = Mutex<Cached?>(nil)

    init(_ authentication: ClientConfiguration.Authentication, now: @escaping @Sendable () -> Duration) {
        self.authentication = authentication
        self.now = now
    }

    func authorization() throws(KubernetesClientError) -> String? {
        switch authentication {
        case .none: return nil
        case .bearer(let token): return "Bearer \(token)"
        case .basic(let username, let password):
            return "Basic \(Data("\(username):\(password)".utf8).base64EncodedString())"
        case .tokenFile(let path):
            let now = now()
            let known = cached.withLock { $0 }
            if let known, now - known.readAt < .seconds(Self.rereadSeconds) { return known.header }
            let header: String
            do {
                header = "Bearer \(try Self.token(in: path))"
            } catch {
                // While the file is being replaced, the old token is still good.
                guard let known else { throw error }
                return known.header
            }
            cached.withLock { $0 = Cached(header: header, readAt: now) }
            return header
        }
    }

    /// Reads rotated credentials again after the server refused the ones in use.
    ///
    /// - Returns: Whether there are others now.
    func refresh() -> Bool {
        guard case .tokenFile(let path) = authentication, let token = try? Self.token(in: path) else { return false }
        let now = now()
        return cached.withLock { cached in
            let isNew = cached?.header != "Bearer \(token)"
            cached = Cached(header: "Bearer \(token)", readAt: now)
            return isNew
        }
    }

    private static func token(in path: String) throws(KubernetesClientError) -> String {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw KubernetesClientError(.credentials, "the token file \(path) cannot be read: \(error)")
        }
        let token = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isWhitespace).joined()
        guard !token.isEmpty else { throw KubernetesClientError(.credentials, "the token file \(path) is empty") }
        return token
    }
}
