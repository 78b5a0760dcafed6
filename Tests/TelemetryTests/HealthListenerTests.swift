import CoreMetrics
import CurlTransport
import HTTPTransport
import Logging
import Synchronization
import Telemetry
import Testing

@Suite("The health listener", .timeLimit(.minutes(1)))
struct HealthListenerTests {
    private let registry = PrometheusRegistry()

    private final class Flag: Sendable {
        private let value: Mutex<Bool>
        init(_ value: Bool) { self.value = Mutex(value) }
        var isSet: Bool { value.withLock { $0 } }
        func set(_ new: Bool) { value.withLock { $0 = new } }
    }

    /// Asks one listener.
    private struct Asker {
        var transport: CurlTransport
        var port: Int

        func get(_ path: String) async throws -> HTTPResponse {
            try await transport.send(HTTPRequest(.get, "http://127.0.0.1:\(port)\(path)"))
        }
    }

    /// Runs `body` while a listener serves that is ready where the flag is set.
    private func listen(_ ready: Flag, _ body: (Asker) async throws -> Void) async throws {
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let listener = HealthListener(
            host: "127.0.0.1", port: 0, registry: registry, logger: Logger(label: "test"), isReady: { ready.isSet },
            onListening: { port.yield($0) })
        let run = Task { try await listener.run() }
        defer { run.cancel() }
        let transport = CurlTransport()
        defer { transport.shutdown() }
        for await port in ports {
            try await body(Asker(transport: transport, port: port))
            return
        }
    }

    @Test func `It is alive from the start, and ready when it says so`() async throws {
        let ready = Flag(false)
        try await listen(ready) { asker in
            var seen = [try await asker.get("/healthz").status, try await asker.get("/readyz").status]
            ready.set(true)
            seen.append(try await asker.get("/readyz").status)
            ready.set(false)
            seen.append(try await asker.get("/readyz").status)
            seen.append(try await asker.get("/healthz").status)
            seen.append(try await asker.get("/nothing").status)
            #expect(seen == [200, 503, 200, 503, 200, 404])
        }
    }

    @Test func `Metrics are served in Prometheus' format`() async throws {
        PrometheusMetricsFactory(registry).makeCounter(label: "seen_total", dimensions: []).increment(by: 3)
        try await listen(Flag(true)) { asker in
            let answer = try await asker.get("/metrics")
            #expect(answer.status == 200)
            #expect(answer.headers["Content-Type"]?.hasPrefix("text/plain; version=0.0.4") == true)
            #expect(String(decoding: answer.body, as: UTF8.self).split(separator: "\n").contains("seen_total 3"))
        }
    }

    @Test(arguments: ["here", ":80", "host:", "host:70000", "host:-1"])
    func `An address that is none is refused`(text: String) {
        #expect(throws: InvalidListenAddress.self) {
            try HealthListener(listening: text, registry: registry) { true }
        }
    }

    @Test func `An address that another program has is named`() async throws {
        try await listen(Flag(true)) { asker in
            let second = HealthListener(
                host: "127.0.0.1", port: asker.port, registry: registry, logger: Logger(label: "test"),
                isReady: { true })
            let error = await #expect(throws: (any Error).self) { try await second.run() }
            #expect(
                error.map { "\($0)" }
                    == "cannot listen on 127.0.0.1:\(asker.port): Address already in use; choose another address")
        }
    }
}
