internal import FoundationEssentials
internal import HTTPTransport
internal import Synchronization

/// What shows the server who asks.
struct Credentials: Sendable, Hashable {
    /// The `Authorization` header.
    var authorization: String?
    var identity: ClientIdentity?
}

/// The credentials of the moment.
final class CredentialSource: Sendable {
    /// A token file is read again after this long. The kubelet replaces a token long before it ends.
    static let rereadSeconds: Double = 10
    /// A plugin's credentials are replaced so long before they end, or, where they are short-lived, when a fifth of their time is
    /// left.
    static let renewalSeconds: Double = 60

    private struct TokenFile {
        var header: String
        var readAt: Duration
    }

    /// What a plugin gave.
    private struct Issued {
        var credential: PluginCredential
        /// Seconds since 1970.
        var renewAt: Double
    }

    private let authentication: ClientConfiguration.Authentication
    private let identity: ClientIdentity?
    private let now: @Sendable () -> Duration
    private let wallSeconds: @Sendable () -> Double
    private let runPlugin: @Sendable (CredentialPlugin) async throws -> [UInt8]
    private let tokenFile = Mutex<TokenFile?>(nil)
    private let issued = Mutex<Issued?>(nil)
    private let pauses = Mutex(PluginPauses())
    private let pluginRun = SharedRun<Credentials>()

    /// - Parameters:
    ///   - now: A clock that only goes forward.
    ///   - wallSeconds: Seconds since 1970, which plugins count in.
    init(
        _ configuration: ClientConfiguration,
        now: @escaping @Sendable () -> Duration,
        wallSeconds: @escaping @Sendable () -> Double = { Date().timeIntervalSince1970 },
        runPlugin: @escaping @Sendable (CredentialPlugin) async throws -> [UInt8] = { try await PluginProcess.run($0) }
    ) {
        authentication = configuration.authentication
        identity = configuration.tls.identity
        self.now = now
        self.wallSeconds = wallSeconds
        self.runPlugin = runPlugin
    }

    func current() async throws -> Credentials {
        switch authentication {
        case .none: return Credentials(identity: identity)
        case .bearer(let token): return Credentials(authorization: "Bearer \(token)", identity: identity)
        case .basic(let username, let password):
            let pair = Data("\(username):\(password)".utf8).base64EncodedString()
            return Credentials(authorization: "Basic \(pair)", identity: identity)
        case .tokenFile(let path): return Credentials(authorization: try header(path), identity: identity)
        case .plugin(let plugin):
            if let usable = usable(besides: nil) { return usable }
            do {
                return try await obtain(plugin, besides: nil)
            } catch let error as KubernetesClientError {
                // Renewal begins before the end: the old credentials may still be good.
                guard let issued = issued.withLock({ $0 }), let end = issued.credential.expiresAt, wallSeconds() < end
                else { throw error }
                return merged(issued.credential.credentials)
            }
        }
    }

    /// Looks for other credentials after the server refused `refused`.
    ///
    /// - Returns: Whether there are others now.
    func renew(refused: Credentials) async throws -> Bool {
        switch authentication {
        case .none, .bearer, .basic: return false
        case .tokenFile(let path):
            guard let token = try? Self.token(in: path) else { return false }
            let header = "Bearer \(token)"
            let now = now()
            tokenFile.withLock { $0 = TokenFile(header: header, readAt: now) }
            return header != refused.authorization
        case .plugin(let plugin):
            if usable(besides: refused) != nil { return true }
            // What it gave last was refused, too.
            let now = now()
            guard pauses.withLock({ $0.mayReplace(now: now) }) else { return false }
            let isOther = try await obtain(plugin, besides: refused) != refused
            pauses.withLock { isOther ? $0.replaced() : $0.repeatedItself(now: now) }
            return isOther
        }
    }
}

// Token files.
extension CredentialSource {
    private func header(_ path: String) throws(KubernetesClientError) -> String {
        let now = now()
        let known = tokenFile.withLock { $0 }
        if let known, now - known.readAt < .seconds(Self.rereadSeconds) { return known.header }
        let header: String
        do {
            header = "Bearer \(try Self.token(in: path))"
        } catch {
            // While the file is being replaced, the old token is still good.
            guard let known else { throw error }
            return known.header
        }
        tokenFile.withLock { $0 = TokenFile(header: header, readAt: now) }
        return header
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

// Plugins.
extension CredentialSource {
    /// What the plugin gave last, where that is good for a while yet and not what the server refused.
    private func usable(besides refused: Credentials?) -> Credentials? {
        guard let issued = issued.withLock({ $0 }), wallSeconds() < issued.renewAt else { return nil }
        let credentials = merged(issued.credential.credentials)
        return credentials == refused ? nil : credentials
    }

    private func obtain(_ plugin: CredentialPlugin, besides refused: Credentials?) async throws -> Credentials {
        let run: () async throws -> Credentials = {
            // Somebody's run may have ended while this one waited for its turn.
            if let usable = self.usable(besides: refused) { return usable }
            let credential = try await self.run(plugin)
            let now = self.wallSeconds()
            let renewAt = credential.expiresAt.map { $0 - min(Self.renewalSeconds, max($0 - now, 0) / 5) }
            self.issued.withLock { $0 = Issued(credential: credential, renewAt: renewAt ?? .infinity) }
            return self.merged(credential.credentials)
        }
        let (credentials, isOwn) = try await pluginRun.join(run)
        // Another's run may have begun before the server refused what it gives.
        return credentials == refused && !isOwn ? try await pluginRun.join(run).value : credentials
    }

    /// Runs the plugin, unless it failed so lately that its error still stands for it.
    private func run(_ plugin: CredentialPlugin) async throws -> PluginCredential {
        let now = now()
        if let error = pauses.withLock({ $0.failure(now: now) }) { throw error }
        do {
            let credential = try PluginCredential(parsing: await runPlugin(plugin), of: plugin)
            pauses.withLock { $0.succeeded() }
            return credential
        } catch let error as KubernetesClientError {
            let now = self.now()
            pauses.withLock { $0.failed(error, now: now) }
            throw error
        }
    }

    /// A plugin that gives a token alone leaves the kubeconfig's certificate in use.
    private func merged(_ credentials: Credentials) -> Credentials {
        Credentials(authorization: credentials.authorization, identity: credentials.identity ?? identity)
    }
}
