package import CoreMetrics

/// The swift-metrics backend. Timers become histograms in seconds; aggregating recorders become histograms, others gauges.
package struct PrometheusMetricsFactory: MetricsFactory {
    private let registry: PrometheusRegistry

    package init(_ registry: PrometheusRegistry) { self.registry = registry }

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        SeriesCounter(series: registry.series(label, kind: .counter, dimensions: dimensions))
    }

    package func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        SeriesCounter(series: registry.series(label, kind: .counter, dimensions: dimensions))
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        SeriesMeter(series: registry.series(label, kind: .gauge, dimensions: dimensions))
    }

    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        aggregate
            ? SeriesHistogram(series: registry.series(label, kind: .histogram, dimensions: dimensions))
            : SeriesMeter(series: registry.series(label, kind: .gauge, dimensions: dimensions))
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        SeriesHistogram(series: registry.series(label, kind: .histogram, dimensions: dimensions))
    }

    // Series stay for the life of the process: their number is bounded, and a counter must not start anew.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}
}

private final class SeriesCounter: CounterHandler, FloatingPointCounterHandler {
    private let series: Series
    init(series: Series) { self.series = series }
    func increment(by amount: Int64) { series.add(Double(amount)) }
    func increment(by amount: Double) { series.add(amount) }
    func reset() { series.reset() }
}

private final class SeriesMeter: MeterHandler, RecorderHandler {
    private let series: Series
    init(series: Series) { self.series = series }
    func set(_ value: Int64) { series.set(Double(value)) }
    func set(_ value: Double) { series.set(value) }
    func increment(by amount: Double) { series.add(amount) }
    func decrement(by amount: Double) { series.add(-amount) }
    func record(_ value: Int64) { series.set(Double(value)) }
    func record(_ value: Double) { series.set(value) }
}

private final class SeriesHistogram: TimerHandler, RecorderHandler {
    private let series: Series
    init(series: Series) { self.series = series }
    func recordNanoseconds(_ duration: Int64) { series.observe(Double(duration) / 1e9) }
    func record(_ value: Int64) { series.observe(Double(value)) }
    func record(_ value: Double) { series.observe(value) }
}
