internal import StructuredData

/// A time as data gives it: a day (`YYYY-MM-DD`) or an instant (RFC 3339).
struct TimePoint: Sendable, Equatable {
    /// When it begins, in seconds since 1970 UTC; a day begins at 00:00 UTC. Times are in order where these are.
    var start: Double
    var isDay: Bool

    private static let secondsPerDay = 86_400.0

    /// When what is dated so is known: a day's bar at the day's end, an instant's at that instant.
    var end: Double { isDay ? start + Self.secondsPerDay : start }

    init?(_ text: String) {
        var text = text
        if let day = text.withUTF8({ Self.day($0) }) {
            start = Double(day) * Self.secondsPerDay
            isDay = true
        } else if let seconds = RFC3339.secondsSince1970(text) {
            start = seconds
            isDay = false
        } else {
            return nil
        }
    }

    /// Whether something dated so may be used where nothing after `asOf` may: a day as limit reaches to its 24:00 UTC.
    func isKnown(asOf limit: TimePoint) -> Bool {
        limit.isDay && !isDay ? start < limit.end : end <= limit.end
    }

    /// Days since 1970-01-01 of `YYYY-MM-DD`; `nil` where it is no such date.
    private static func day(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = number(bytes[0..<4]), let month = number(bytes[5..<7]), let day = number(bytes[8..<10]),
            (1...12).contains(month), day >= 1
        else { return nil }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard day <= lengths[month - 1] else { return nil }
        // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms" (2013): years begin in March.
        let marchYear = month <= 2 ? year - 1 : year
        let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func number(_ digits: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        var value = 0
        for byte in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return value
    }
}
