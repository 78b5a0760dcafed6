import HTTPTypes
import Hummingbird
import ServerConnections
import Synchronization
import TaskProtocol

/// Bounds the memory that request bodies take together: a call with a large one is let in when there is room for it, else asked
/// to come back. Small ones, which heartbeats are, are always let in.
final class BodyBudget: Sendable {
    /// Bodies up to this many bytes do not count.
    static let smallBytes = 64 << 10

    private let limit: Int
    private let taken = Mutex(0)

    init(limit: Int) { self.limit = limit }

    /// Runs `operation` once there is room for a body of so many bytes.
    /// - Throws: `Problem` 503 where there is none now.
    func holding<Value>(_ bytes: Int, _ operation: () async throws -> Value) async throws -> Value {
        if bytes <= Self.smallBytes { return try await operation() }
        let isRoom = taken.withLock { taken in
            // One is let in whatever its size, or it would never be.
            if taken > 0, taken + bytes > limit { return false }
            taken += bytes
            return true
        }
        guard isRoom else { throw Problems.unavailable("too many large bodies are on their way in; come back later") }
        defer { taken.withLock { $0 -= bytes } }
        return try await operation()
    }
}

/// Applies the budget to each call whose body is read whole. Results that are sent as a stream (`PUT`) have bounds of their own.
struct BodyBudgetMiddleware: RouterMiddleware {
    typealias Context = GatewayContext

    let budget: BodyBudget

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        if request.method == .put || request.method == .get { return try await next(request, context) }
        // Without a length the body may become as long as any.
        let bytes = request.headers[.contentLength].flatMap { Int($0) } ?? ProtocolLimits.bodyBytes
        guard bytes <= ProtocolLimits.bodyBytes else { throw Problems.bodyTooLarge() }
        let isEmpty = request.headers[.contentLength] == nil && request.headers[.transferEncoding] == nil
        if isEmpty || bytes <= BodyBudget.smallBytes { return try await next(request, context) }
        return try await budget.holding(bytes) {
            // To parse it takes its time.
            try await withoutLoop { try await next(request, context) }
        }
    }
}
