package import Logging

/// Keeps what is logged through its loggers, for tests to read and to wait for. Metadata is left out.
package final class LogRecorder: Sendable {
    private let stored = Observed<[(level: Logger.Level, message: String)]>([])

    package init() {}

    package var lines: [String] { stored.value.map(\.message) }
    package var warnings: [String] { stored.value.filter { $0.level == .warning }.map(\.message) }

    package func logger(_ level: Logger.Level = .trace) -> Logger {
        Logger(label: "test") { _ in Handler(recorder: self, logLevel: level) }
    }

    /// Waits until the lines so far fulfil a condition.
    package func wait(until isFulfilled: @escaping @Sendable ([String]) -> Bool) async throws {
        try await stored.wait { isFulfilled($0.map(\.message)) }
    }

    /// Waits for a line that holds `text`, from now or before.
    package func waitFor(_ text: String) async throws {
        try await wait { $0.contains { $0.contains(text) } }
    }

    private struct Handler: LogHandler {
        let recorder: LogRecorder
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level

        init(recorder: LogRecorder, logLevel: Logger.Level) {
            self.recorder = recorder
            self.logLevel = logLevel
        }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            recorder.stored.change { $0.append((event.level, "\(event.message)")) }
        }
    }
}
