/// A point in time, to the nanosecond, in the years 1 to 9999.
struct Instant: Sendable, Hashable, Comparable {
    static let secondsRange = -62_135_596_800...253_402_300_799 as ClosedRange<Int64>

    let seconds: Int64
    let nanoseconds: Int64

    /// `nil` outside the range.
    init?(seconds: Int64, nanoseconds: Int64 = 0) {
        guard Self.secondsRange.contains(seconds), (0..<1_000_000_000).contains(nanoseconds) else { return nil }
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    static func < (left: Instant, right: Instant) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }

    /// The instant some nanoseconds later; `nil` outside the range.
    func adding(_ duration: Int64) -> Instant? {
        let (whole, part) = CalendarDate.divide(duration, 1_000_000_000)
        let sum = nanoseconds + part
        return Instant(seconds: seconds + whole + sum / 1_000_000_000, nanoseconds: sum % 1_000_000_000)
    }

    /// In nanoseconds; `nil` where they do not fit.
    func since(_ earlier: Instant) -> Int64? {
        let (product, overflow) = (seconds - earlier.seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, sumOverflow) = product.addingReportingOverflow(nanoseconds - earlier.nanoseconds)
        return overflow || sumOverflow ? nil : sum
    }
}

// MARK: RFC 3339

extension Instant {
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int64? {
            guard range.upperBound <= bytes.count else { return nil }
            var value: Int64 = 0
            for byte in bytes[range] {
                guard (48...57).contains(byte) else { return nil }
                value = value * 10 + Int64(byte - 48)
            }
            return value
        }
        func sees(_ scalars: String, at index: Int) -> Bool {
            index < bytes.count && scalars.utf8.contains(bytes[index])
        }
        guard let year = number(0..<4), sees("-", at: 4), let month = number(5..<7), sees("-", at: 7),
            let day = number(8..<10), sees("Tt ", at: 10), let hour = number(11..<13), sees(":", at: 13),
            let minute = number(14..<16), sees(":", at: 16), let second = number(17..<19),
            let date = CalendarDate(year: year, month: month, day: day), hour < 24, minute < 60, second < 60
        else { return nil }
        var index = 19
        var nanoseconds: Int64 = 0
        if sees(".", at: index) {
            index += 1
            var scale: Int64 = 100_000_000
            let start = index
            while index < bytes.count, (48...57).contains(bytes[index]) {
                nanoseconds += Int64(bytes[index] - 48) * scale
                scale /= 10
                index += 1
            }
            guard index > start else { return nil }
        }
        var offset: Int64 = 0
        if sees("Zz", at: index), index + 1 == bytes.count {
            offset = 0
        } else if sees("+-", at: index), index + 6 == bytes.count, let hours = number(index + 1..<index + 3),
            sees(":", at: index + 3), let minutes = number(index + 4..<index + 6), hours < 24, minutes < 60
        {
            offset = (hours * 3600 + minutes * 60) * (bytes[index] == UInt8(ascii: "-") ? -1 : 1)
        } else {
            return nil
        }
        self.init(
            seconds: date.daysSince1970 * 86_400 + hour * 3600 + minute * 60 + second - offset,
            nanoseconds: nanoseconds)
    }

    /// In UTC, with as many digits of the fraction as it has.
    var text: String {
        let (day, second) = CalendarDate.divide(seconds, 86_400)
        let date = CalendarDate(daysSince1970: day)
        func pad(_ value: Int64, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        var fraction = ""
        if nanoseconds > 0 {
            fraction = "." + pad(nanoseconds, 9)
            while fraction.hasSuffix("0") { fraction.removeLast() }
        }
        return "\(pad(date.year, 4))-\(pad(date.month, 2))-\(pad(date.day, 2))T\(pad(second / 3600, 2)):"
            + "\(pad(second / 60 % 60, 2)):\(pad(second % 60, 2))\(fraction)Z"
    }
}

/// A day of the Gregorian calendar (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", 2013).
struct CalendarDate: Sendable, Hashable {
    let year, month, day: Int64

    /// `nil` where there is no such day.
    init?(year: Int64, month: Int64, day: Int64) {
        guard (1...12).contains(month), day >= 1, day <= Self.days(in: month, of: year) else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
    }

    private static func days(in month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    var daysSince1970: Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = Self.divide(shifted, 400)
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    init(daysSince1970: Int64) {
        let (era, dayOfEra) = Self.divide(daysSince1970 + 719_468, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        month = shifted < 10 ? shifted + 3 : shifted - 9
        day = dayOfYear - (153 * shifted + 2) / 5 + 1
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// From 0, Sunday.
    var dayOfWeek: Int64 { Self.divide(daysSince1970 + 4, 7).remainder }

    /// From 0.
    var dayOfYear: Int64 {
        guard let first = CalendarDate(year: year, month: 1, day: 1) else { return 0 }
        return daysSince1970 - first.daysSince1970
    }

    /// Division that rounds down.
    static func divide(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
