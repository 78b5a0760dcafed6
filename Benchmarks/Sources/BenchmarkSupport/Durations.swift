import Foundation

/// How long the repetitions of one thing took.
package struct Durations: Sendable {
    package private(set) var milliseconds: [Double] = []

    package init() {}

    package mutating func add(_ duration: Duration) { milliseconds.append(duration.milliseconds) }

    package mutating func add(contentsOf other: Durations) { milliseconds += other.milliseconds }

    /// The least value that `percent` of all do not exceed (nearest rank).
    package func percentile(_ percent: Double) -> Double {
        guard !milliseconds.isEmpty else { return .nan }
        let rank = Int((percent / 100 * Double(milliseconds.count)).rounded(.up))
        return milliseconds.sorted()[min(max(rank, 1), milliseconds.count) - 1]
    }

    /// The two that are told beside a figure.
    package var text: String { "p50 \(percentile(50).text(digits: 1)) ms, p99 \(percentile(99).text(digits: 1)) ms" }

    /// Runs `body` and notes how long it took.
    package mutating func measure<Value>(_ body: () async throws -> Value) async rethrows -> Value {
        let start = ContinuousClock.now
        let value = try await body()
        add(start.duration(to: .now))
        return value
    }
}

extension Duration {
    package var milliseconds: Double { Double(components.seconds) * 1e3 + Double(components.attoseconds) * 1e-15 }
    package var seconds: Double { milliseconds / 1e3 }
}

extension Double {
    package func text(digits: Int) -> String {
        formatted(.number.precision(.fractionLength(digits)).grouping(.never).locale(Locale(identifier: "en_US_POSIX")))
    }
}
