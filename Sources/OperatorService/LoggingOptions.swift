package import ArgumentParser
package import Logging
import ProgramSupport
package import Telemetry

/// `--log-level` and `--log-format`.
package struct LoggingOptions: ParsableArguments {
    @Option(name: .customLong("log-level"), help: "trace, debug, info, notice, warning, error or critical.")
    package var logLevel: String?

    @Option(name: .customLong("log-format"), help: "text or json.")
    package var format = "text"

    package init() {}

    package func level(or standard: Logger.Level) throws -> Logger.Level {
        guard let logLevel else { return standard }
        guard let level = Logger.Level(rawValue: logLevel) else {
            let all = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw CommandFailure(.usage, "--log-level is \"\(logLevel)\"; it must be one of \(all)")
        }
        return level
    }

    package var logFormat: LogFormat { LogFormat(rawValue: format) ?? .text }

    package func validate() throws {
        guard LogFormat(rawValue: format) != nil else {
            throw ValidationError("--log-format is \"\(format)\"; it must be text or json")
        }
    }
}
