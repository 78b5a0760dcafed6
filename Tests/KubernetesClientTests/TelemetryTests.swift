import CoreMetrics
import HTTPTransport
import KubernetesModel
import Logging
import StructuredData
import Synchronization
import TestSupport
import Testing

@testable import KubernetesClient

@Suite struct TelemetryTests {
    @Test func requestsRetriesAndUnknownEventsAreCountedUnderClientGosNames() {
        let recorder = MetricsRecorder()
        let metrics = RequestMetrics(server: "https://cluster:6443/prefix", factory: recorder)
        metrics.record(.get, code: "200", duration: .seconds(2))
        metrics.record(.get, code: "200", duration: .milliseconds(1))
        metrics.record(.post, code: "<error>", duration: .zero)
        metrics.countRetry(.get, code: "429")
        #expect(metrics.countUnknownEvent(of: widgets))
        #expect(!metrics.countUnknownEvent(of: widgets))
        #expect(
            recorder.values == [
                "rest_client_requests_total code=200 host=cluster:6443 method=GET": 2,
                "rest_client_requests_total code=<error> host=cluster:6443 method=POST": 1,
                "rest_client_request_duration_seconds host=cluster:6443 verb=GET": 2_001_000_000,
                "rest_client_request_duration_seconds host=cluster:6443 verb=POST": 0,
                "rest_client_request_retries_total code=429 host=cluster:6443 verb=GET": 1,
                "rest_client_watch_unknown_events_total host=cluster:6443 resource=widgets.example.com": 2,
            ])
    }

    @Test func aWarningIsLoggedOnce() async throws {
        let headers: HTTPHeaders = [
            "Warning":
                #"299 - "v1 is \"old\", \\ and", 110 proxy:80 "stale", 299 host "gone in 1.40" "Wed, 21 Oct 2015 07:28:00 GMT""#
        ]
        let script = ScriptedClient([
            .json([:], headers: headers), .json([:], headers: headers), .json([:], headers: ["Warning": "odd"]),
        ])
        for _ in 0..<3 { _ = try await script.client.get(nodes, "n") }
        #expect(
            script.logs.warnings == [
                #"the API server warns: v1 is "old", \ and"#, "the API server warns: gone in 1.40",
                "the API server warns: odd",
            ])
    }
}

extension TelemetryTests {
    @Test(arguments: [
        (#"299 - "a""#, ["a"]), (#"299 - """#, []), (#"199 - "a""#, []), (#"299 - "a" , 299 - "b""#, ["a", "b"]),
        (#"299 - "a" "date""#, ["a"]), (#"299 - "a" "date", 299 - "b""#, ["a", "b"]), (#"299 - "a\"#, [#"299 - "a\"#]),
        (#"299 - "a"#, [#"299 - "a"#]), (#"29 - "a""#, [#"29 - "a""#]), (#"299 "a""#, [#"299 "a""#]),
        (#"299 - "a" b"#, [#"299 - "a" b"#]), (#"299 - "a","#, [#"299 - "a","#]), ("", [""]),
    ])
    func `warnings are read by the grammar of RFC 7234, and quoted whole where they do not keep to it`(
        value: String, texts: [String]
    ) {
        #expect(WarningLog.texts(value) == texts)
    }

    @Test func `whom warnings tell nothing new hears them quietly`() {
        let logs = LogRecorder()
        WarningLog(logs.logger(), level: .debug).report(["Warning": "299 - \"old\""])
        #expect(logs.warnings.isEmpty)
    }

    @Test func `the memory of warnings is bounded`() {
        let logs = LogRecorder()
        let log = WarningLog(logs.logger())
        for number in 0..<(WarningLog.maxRemembered + 10) { log.report(["Warning": "299 - \"\(number)\""]) }
        #expect(logs.warnings.count == WarningLog.maxRemembered)
        let long = WarningLog.texts("299 - \"\(String(repeating: "ä", count: 100_000))\"")
        #expect(long[0].utf8.count < WarningLog.maxTextBytes + 10)
    }
}

/// Sums what is recorded, by name and labels.
private final class MetricsRecorder: MetricsFactory {
    private final class Handler: CounterHandler, FloatingPointCounterHandler, MeterHandler, RecorderHandler,
        TimerHandler
    {
        private let add: @Sendable (Int64) -> Void

        init(_ add: @escaping @Sendable (Int64) -> Void) { self.add = add }

        func increment(by amount: Int64) { add(amount) }
        func increment(by amount: Double) { add(Int64(amount)) }
        func decrement(by amount: Double) { add(-Int64(amount)) }
        func set(_ value: Int64) { add(value) }
        func set(_ value: Double) { add(Int64(value)) }
        func record(_ value: Int64) { add(value) }
        func record(_ value: Double) { add(Int64(value)) }
        func recordNanoseconds(_ duration: Int64) { add(duration) }
        func reset() {}
    }

    private let sums = Mutex<[String: Int64]>([:])

    var values: [String: Int64] { sums.withLock { $0 } }

    private func handler(_ label: String, _ dimensions: [(String, String)]) -> Handler {
        let labels = dimensions.map { "\($0)=\($1)" }.sorted().joined(separator: " ")
        return Handler { amount in self.sums.withLock { $0["\(label) \(labels)", default: 0] += amount } }
    }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler { handler(label, dimensions) }

    func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler { handler(label, dimensions) }

    func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler { handler(label, dimensions) }

    func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler { handler(label, dimensions) }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler { handler(label, dimensions) }

    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    func destroyMeter(_ handler: any MeterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}
}
