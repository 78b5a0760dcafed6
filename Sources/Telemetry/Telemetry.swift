import CoreMetrics
public import Logging

/// Sets up logs and metrics for a program; libraries only use the swift-log and swift-metrics APIs.
public enum Telemetry {
    /// Installs the log handler and the metrics backend of the process. Call it once, before the first logger is made.
    @discardableResult
    public static func bootstrap(level: Logger.Level = .info, format: LogFormat = .text) -> PrometheusRegistry {
        LoggingSystem.bootstrap { label in LineLogHandler(label: label, level: level, format: format) }
        let registry = PrometheusRegistry()
        MetricsSystem.bootstrap(PrometheusMetricsFactory(registry))
        return registry
    }
}
