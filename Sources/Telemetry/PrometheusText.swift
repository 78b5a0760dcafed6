/// The Prometheus text format.
enum PrometheusText {
    static func labels(_ labels: PrometheusRegistry.Labels) -> String {
        labels.pairs.map { "\($0.name)=\"\(escaped($0.value))\"" }.joined(separator: ",")
    }

    static func lines(
        name: String, labels: String, kind: PrometheusRegistry.Kind, value: Series.Value
    ) -> String {
        guard kind == .histogram else { return "\(name)\(braced(labels)) \(number(value.number))\n" }
        var output = ""
        var cumulated = 0
        for (index, count) in value.counts.enumerated() {
            cumulated += count
            let bound = index < value.bounds.count ? number(value.bounds[index]) : "+Inf"
            let all = labels.isEmpty ? "le=\"\(bound)\"" : "\(labels),le=\"\(bound)\""
            output += "\(name)_bucket\(braced(all)) \(cumulated)\n"
        }
        output += "\(name)_sum\(braced(labels)) \(number(value.sum))\n"
        output += "\(name)_count\(braced(labels)) \(value.count)\n"
        return output
    }

    private static func braced(_ labels: String) -> String { labels.isEmpty ? "" : "{\(labels)}" }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if let whole = Int64(exactly: value) { return String(whole) }
        return "\(value)"
    }

    private static func escaped(_ text: String) -> String {
        var output = ""
        for character in text {
            switch character {
            case "\\": output += "\\\\"
            case "\"": output += "\\\""
            case "\n": output += "\\n"
            default: output.append(character)
            }
        }
        return output
    }
}

/// Names that Prometheus accepts.
enum MetricName {
    static func metric(_ name: String) -> String { cleaned(name, colons: true) }

    static func label(_ name: String) -> String { cleaned(name, colons: false) }

    private static func cleaned(_ name: String, colons: Bool) -> String {
        var output = ""
        for scalar in name.unicodeScalars {
            let isLetter = ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
            let isDigit = ("0"..."9").contains(scalar)
            if isLetter || (isDigit && !output.isEmpty) || (colons && scalar == ":") {
                output.unicodeScalars.append(scalar)
            } else {
                output += "_"
            }
        }
        return output.isEmpty ? "_" : output
    }
}
