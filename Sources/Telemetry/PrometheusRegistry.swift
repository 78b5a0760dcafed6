import Synchronization

/// Holds the values of all metrics of the process and writes them in the Prometheus text format 0.0.4.
///
/// Time series are made on first use and stay; the number of series of one metric is bounded, and what comes over the bound
/// is counted in `das_metrics_dropped_series_total`.
public final class PrometheusRegistry: Sendable {
    package enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    /// Upper bounds in seconds of the buckets of every histogram of durations.
    package static let defaultBuckets: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800,
    ]
    package static let maxSeriesPerMetric = 2000

    struct Family {
        var kind: Kind
        var series: [Labels: Series] = [:]
    }

    /// Label names and values in the order of their names.
    struct Labels: Hashable {
        var pairs: [Pair]

        struct Pair: Hashable {
            var name: String
            var value: String
        }

        init(_ dimensions: [(String, String)]) {
            pairs = dimensions.map { Pair(name: MetricName.label($0.0), value: $0.1) }.sorted { $0.name < $1.name }
        }
    }

    private struct State {
        var families: [String: Family] = [:]
        var dropped = 0
    }

    private let state = Mutex(State())

    public init() {}

    /// The series of the metric `name` with these labels, made where it is not there yet. Over the bound, or where the name
    /// is taken by another kind, a series that is not exported.
    func series(_ name: String, kind: Kind, dimensions: [(String, String)]) -> Series {
        let name = MetricName.metric(name)
        let labels = Labels(dimensions)
        return state.withLock { state in
            var family = state.families[name] ?? Family(kind: kind)
            if let found = family.series[labels], family.kind == kind { return found }
            let made = Series(buckets: kind == .histogram ? Self.defaultBuckets : [])
            guard family.kind == kind, family.series.count < Self.maxSeriesPerMetric else {
                state.dropped += 1
                return made
            }
            family.series[labels] = made
            state.families[name] = family
            return made
        }
    }

    /// All metrics, sorted by name and labels.
    public func text() -> String {
        let (families, dropped) = state.withLock { ($0.families, $0.dropped) }
        var output = ""
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            output += "# TYPE \(name) \(family.kind.rawValue)\n"
            let rows = family.series.map { (PrometheusText.labels($0.key), $0.value) }.sorted { $0.0 < $1.0 }
            for (labels, series) in rows {
                output += PrometheusText.lines(name: name, labels: labels, kind: family.kind, value: series.snapshot())
            }
        }
        output += "# TYPE das_metrics_dropped_series_total counter\ndas_metrics_dropped_series_total \(dropped)\n"
        return output
    }
}
