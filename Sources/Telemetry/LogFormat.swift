package import Logging
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// How log lines look.
public enum LogFormat: String, Sendable, CaseIterable {
    /// `2026-01-02T03:04:05.678Z info  das.operator: message key=value`
    case text
    /// One JSON object a line.
    case json
}

/// Writes log lines to standard error, whole lines at a time.
package struct LineLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let format: LogFormat

    package init(label: String, level: Logger.Level, format: LogFormat) {
        self.label = label
        self.logLevel = level
        self.format = format
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { _, new in new } }
        if let explicit = event.metadata { all.merge(explicit) { _, new in new } }
        let time = Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        let pairs = all.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }
        let line =
            switch format {
            case .text: text(time, event.level, "\(event.message)", pairs)
            case .json: json(time, event.level, "\(event.message)", pairs)
            }
        LogSink.write(line)
    }

    private func text(
        _ time: String, _ level: Logger.Level, _ message: String, _ pairs: [(String, String)]
    ) -> String {
        let name = level.rawValue
        let padded = name + String(repeating: " ", count: max(1, 9 - name.utf8.count))
        let tail = pairs.map { " \($0.0)=\($0.1.contains(" ") ? "\"\($0.1)\"" : $0.1)" }.joined()
        return "\(time) \(padded)\(label): \(message)\(tail)\n"
    }

    private func json(
        _ time: String, _ level: Logger.Level, _ message: String, _ pairs: [(String, String)]
    ) -> String {
        let members = [("time", time), ("level", level.rawValue), ("logger", label), ("message", message)] + pairs
        return "{" + members.map { "\(JSONText.quoted($0.0)):\(JSONText.quoted($0.1))" }.joined(separator: ",") + "}\n"
    }
}

/// Strings as JSON, without a parser's weight.
enum JSONText {
    static func quoted(_ text: String) -> String {
        var output = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\""
            case "\\": output += "\\\\"
            case "\n": output += "\\n"
            case "\r": output += "\\r"
            case "\t": output += "\\t"
            case _ where scalar.value < 0x20:
                let hexadecimal = String(scalar.value, radix: 16)
                output += "\\u" + String(repeating: "0", count: 4 - hexadecimal.utf8.count) + hexadecimal
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output + "\""
    }
}
