/// Durations as text: `1h2m3.5s`.
package enum DurationText {
    private static let units: [(name: String, nanoseconds: Double, whole: Int64)] = [
        ("ns", 1, 1), ("us", 1e3, 1000), ("µs", 1e3, 1000), ("μs", 1e3, 1000), ("ms", 1e6, 1_000_000),
        ("s", 1e9, 1_000_000_000), ("m", 60e9, 60_000_000_000), ("h", 3600e9, 3_600_000_000_000),
    ]

    /// In nanoseconds; `nil` for what is no duration, or does not fit 64 bits.
    package static func parse(_ text: String) -> Int64? {
        var rest = Substring(text)
        let isNegative = rest.first == "-"
        if isNegative || rest.first == "+" { rest.removeFirst() }
        if rest == "0" { return 0 }
        guard !rest.isEmpty else { return nil }
        var total: Int64 = 0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            var fraction = Substring()
            if rest.first == "." {
                rest.removeFirst()
                fraction = rest.prefix { $0.isASCII && $0.isNumber }
                rest = rest.dropFirst(fraction.count)
            }
            guard !digits.isEmpty || !fraction.isEmpty else { return nil }
            let name = rest.prefix { $0 != "." && !($0.isASCII && $0.isNumber) }
            rest = rest.dropFirst(name.count)
            guard let unit = units.first(where: { $0.name == name }), let whole = digits.isEmpty ? 0 : Int64(digits)
            else { return nil }
            let (product, overflow) = whole.multipliedReportingOverflow(by: unit.whole)
            let part = fraction.isEmpty ? 0 : Int64((Double("0.\(fraction.prefix(18))") ?? 0) * unit.nanoseconds)
            let (sum, sumOverflow) = product.addingReportingOverflow(part)
            let (next, nextOverflow) = total.addingReportingOverflow(sum)
            if overflow || sumOverflow || nextOverflow { return nil }
            total = next
        }
        return isNegative ? -total : total
    }

    /// In seconds, with as many digits as needed: `90.5s`.
    static func text(_ nanoseconds: Int64) -> String {
        let sign = nanoseconds < 0 ? "-" : ""
        let magnitude = nanoseconds.magnitude
        var fraction = ""
        if magnitude % 1_000_000_000 > 0 {
            let digits = String(magnitude % 1_000_000_000)
            fraction = "." + String(repeating: "0", count: 9 - digits.count) + digits
            while fraction.hasSuffix("0") { fraction.removeLast() }
        }
        return "\(sign)\(magnitude / 1_000_000_000)\(fraction)s"
    }
}
