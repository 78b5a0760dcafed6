import Foundation

extension FunctionLibrary {
    /// The parts of times and durations; of times in UTC, or in a zone given by its offset, such as `+01:00`, or its name.
    static let times = FunctionLibrary(
        parts.flatMap { part in
            let id = part.name.dropFirst(3).reduce(into: "") { id, letter in
                id += letter.isUppercase && !id.isEmpty ? "_" + letter.lowercased() : letter.lowercased()
            }
            let zones = ["", ", string"].map {
                "\(part.name) .timestamp_to_\(id)\($0.isEmpty ? "" : "_with_tz")(timestamp\($0)) -> int"
            }
            return part.ofDuration == nil ? zones : zones + ["\(part.name) .duration_to_\(id)(duration) -> int"]
        }.joined(separator: "\n"),
        Dictionary(
            uniqueKeysWithValues: parts.map { part in
                let implementation: Implementation = { arguments throws(EvaluationError) in
                    if case .duration(let nanoseconds) = arguments[0], let ofDuration = part.ofDuration {
                        return .int(ofDuration(nanoseconds))
                    }
                    let instant = try arguments[0].timestamp()
                    let zone = arguments.count > 1 ? try offset(of: try arguments[1].string(), at: instant) : 0
                    return .int(part.ofTime(LocalTime(instant, offset: zone)))
                }
                return (part.name, implementation)
            }))

    private struct Part: Sendable {
        var name: String
        var ofDuration: (@Sendable (Int64) -> Int64)?
        var ofTime: @Sendable (LocalTime) -> Int64
    }

    private static let parts: [Part] = [
        Part(name: "getFullYear") { $0.date.year },
        Part(name: "getMonth") { $0.date.month - 1 },
        Part(name: "getDayOfYear") { $0.date.dayOfYear },
        Part(name: "getDayOfMonth") { $0.date.day - 1 },
        Part(name: "getDate") { $0.date.day },
        Part(name: "getDayOfWeek") { $0.date.dayOfWeek },
        Part(name: "getHours", ofDuration: { $0 / 3_600_000_000_000 }, ofTime: { $0.second / 3600 }),
        Part(name: "getMinutes", ofDuration: { $0 / 60_000_000_000 }, ofTime: { $0.second / 60 % 60 }),
        Part(name: "getSeconds", ofDuration: { $0 / 1_000_000_000 }, ofTime: { $0.second % 60 }),
        Part(name: "getMilliseconds", ofDuration: { $0 / 1_000_000 % 1000 }, ofTime: { $0.nanoseconds / 1_000_000 }),
    ]

    /// Seconds east of UTC.
    private static func offset(of zone: String, at instant: Instant) throws(EvaluationError) -> Int64 {
        if zone == "UTC" || zone == "Z" || zone.isEmpty { return 0 }
        let isWest = zone.hasPrefix("-")
        let parts = zone.drop { $0 == "+" || $0 == "-" }.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count != 2, zone.contains("/"), let named = TimeZone(identifier: zone) {
            return Int64(named.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant.seconds))))
        }
        guard parts.count == 2, let hours = Int64(parts[0]), let minutes = Int64(parts[1]), (0..<24).contains(hours),
            (0..<60).contains(minutes)
        else {
            throw .invalid(
                "unknown time zone \(zone): write an offset from UTC, such as +01:00, or a name, such as Europe/Berlin")
        }
        return (hours * 3600 + minutes * 60) * (isWest ? -1 : 1)
    }
}

/// A time as a clock and a calendar show it.
private struct LocalTime {
    let date: CalendarDate
    /// Of the day.
    let second: Int64
    let nanoseconds: Int64

    init(_ instant: Instant, offset: Int64) {
        let (day, second) = CalendarDate.divide(instant.seconds + offset, 86_400)
        date = CalendarDate(daysSince1970: day)
        self.second = second
        nanoseconds = instant.nanoseconds
    }
}
