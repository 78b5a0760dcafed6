import Synchronization

/// A client's token as its calls carry it. A file is read again from time to time: projected service-account tokens are replaced
/// long before they end.
final class BearerToken: Sendable {
    /// How long what was read from a file is used, as with the Kubernetes API's clients.
    static let rereadAfter = Duration.seconds(10)

    private struct Known {
        var header: String
        var readAt: ContinuousClock.Instant
    }

    private let source: TokenSource
    private let now: @Sendable () -> ContinuousClock.Instant
    private let known = Mutex<Known?>(nil)

    init(_ source: TokenSource, now: @escaping @Sendable () -> ContinuousClock.Instant) {
        self.source = source
        self.now = now
    }

    /// The `Authorization` header.
    func header() throws(GatewayError) -> String? {
        let now = now()
        if let known = known.withLock(\.self), known.readAt.duration(to: now) < Self.rereadAfter { return known.header }
        guard let token = try source.current() else { return nil }
        let header = "Bearer \(token)"
        known.withLock { $0 = Known(header: header, readAt: now) }
        return header
    }

    /// The token was not accepted: the next call reads it anew.
    func wasRefused() { known.withLock { $0 = nil } }
}
