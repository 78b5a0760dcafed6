import CoreMetrics
import Telemetry
import Testing

@Suite struct PrometheusTests {
    private let registry = PrometheusRegistry()
    private var factory: PrometheusMetricsFactory { PrometheusMetricsFactory(registry) }

    private func lines() -> Set<Substring> { Set(registry.text().split(separator: "\n")) }

    @Test func `Counters of one name and labels are one series`() {
        factory.makeCounter(label: "das_tasks_submitted_total", dimensions: [("type", "a")]).increment(by: 2)
        factory.makeCounter(label: "das_tasks_submitted_total", dimensions: [("type", "a")]).increment(by: 3)
        factory.makeCounter(label: "das_tasks_submitted_total", dimensions: [("type", "b")]).increment(by: 1)
        #expect(lines().contains("das_tasks_submitted_total{type=\"a\"} 5"))
        #expect(lines().contains("das_tasks_submitted_total{type=\"b\"} 1"))
        #expect(lines().contains("# TYPE das_tasks_submitted_total counter"))
    }

    @Test func `A timer is a histogram in seconds with cumulative buckets`() {
        let timer = factory.makeTimer(label: "das_task_wait_seconds", dimensions: [])
        timer.recordNanoseconds(2_000_000)
        timer.recordNanoseconds(40_000_000_000)
        #expect(lines().contains("das_task_wait_seconds_bucket{le=\"0.001\"} 0"))
        #expect(lines().contains("das_task_wait_seconds_bucket{le=\"0.0025\"} 1"))
        #expect(lines().contains("das_task_wait_seconds_bucket{le=\"30\"} 1"))
        #expect(lines().contains("das_task_wait_seconds_bucket{le=\"60\"} 2"))
        #expect(lines().contains("das_task_wait_seconds_bucket{le=\"+Inf\"} 2"))
        #expect(lines().contains("das_task_wait_seconds_count 2"))
        #expect(lines().contains("das_task_wait_seconds_sum 40.002"))
    }

    @Test func `Label values are escaped and names made valid`() {
        factory.makeMeter(label: "queue.depth", dimensions: [("swarm-name", "a\"b\\c\nd")]).set(Int64(7))
        #expect(lines().contains("queue_depth{swarm_name=\"a\\\"b\\\\c\\nd\"} 7"))
    }

    @Test func `One metric cannot grow without bound`() {
        for index in 0..<(PrometheusRegistry.maxSeriesPerMetric + 5) {
            factory.makeCounter(label: "many_total", dimensions: [("n", "\(index)")]).increment(by: 1)
        }
        #expect(lines().count { $0.hasPrefix("many_total{") } == PrometheusRegistry.maxSeriesPerMetric)
        #expect(lines().contains("das_metrics_dropped_series_total 5"))
    }

    @Test func `A name that is taken by another kind is dropped rather than mixed`() {
        factory.makeCounter(label: "x_total", dimensions: []).increment(by: 1)
        factory.makeMeter(label: "x_total", dimensions: []).set(Int64(9))
        #expect(lines().contains("x_total 1"))
    }
}
