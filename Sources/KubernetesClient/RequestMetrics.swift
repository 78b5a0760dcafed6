internal import HTTPTransport
internal import KubernetesModel
internal import Metrics
internal import Synchronization

/// The client's metrics, under client-go's names. Their labels are bounded: methods, status codes, the one server.
final class RequestMetrics: Sendable {
    private struct Handles {
        var requests: [String: Counter] = [:]
        var durations: [HTTPRequest.Method: Timer] = [:]
        var retries: [String: Counter] = [:]
        var unknownEvents: [ResourceType: Counter] = [:]
    }

    private let host: String
    private let factory: any MetricsFactory
    // Asking the metrics system for a handle takes its locks and builds label sets; once for each is enough.
    private let handles = Mutex(Handles())

    init(server: String, factory: any MetricsFactory = MetricsSystem.factory) {
        self.factory = factory
        let authority = server.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first
        host = authority.map(String.init) ?? server
    }

    func record(_ method: HTTPRequest.Method, code: String, duration: Duration) {
        let (counter, timer) = handles.withLock { handles in
            (
                Self.handle(&handles.requests, "\(method.rawValue) \(code)") {
                    Counter(
                        label: "rest_client_requests_total",
                        dimensions: [("code", code), ("method", method.rawValue), ("host", host)], factory: factory)
                },
                Self.handle(&handles.durations, method) {
                    Timer(
                        label: "rest_client_request_duration_seconds",
                        dimensions: [("verb", method.rawValue), ("host", host)], factory: factory)
                }
            )
        }
        counter.increment()
        timer.record(duration: duration)
    }

    /// `code` is the status, or the transport's error code, that led to another attempt.
    func countRetry(_ method: HTTPRequest.Method, code: String) {
        let counter = handles.withLock { handles in
            Self.handle(&handles.retries, "\(method.rawValue) \(code)") {
                Counter(
                    label: "rest_client_request_retries_total",
                    dimensions: [("code", code), ("verb", method.rawValue), ("host", host)], factory: factory)
            }
        }
        counter.increment()
    }

    /// - Returns: Whether this was the first of its resource.
    func countUnknownEvent(of resource: ResourceType) -> Bool {
        let (counter, isFirst) = handles.withLock { handles in
            let isFirst = handles.unknownEvents[resource] == nil
            let counter = Self.handle(&handles.unknownEvents, resource) {
                Counter(
                    label: "rest_client_watch_unknown_events_total",
                    dimensions: [("resource", resource.qualifiedPlural), ("host", host)], factory: factory)
            }
            return (counter, isFirst)
        }
        counter.increment()
        return isFirst
    }

    private static func handle<Key, Handle>(
        _ handles: inout [Key: Handle], _ key: Key, make: () -> Handle
    ) -> Handle {
        if let handle = handles[key] { return handle }
        let handle = make()
        handles[key] = handle
        return handle
    }
}
