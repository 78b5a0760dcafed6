/// When a CronJob is due: five fields (minute, hour, day of month, month, day of week) or a name such as `@hourly`.
///
/// As in cron, where both days are restricted a time is due if either fits. Times are those of a calendar without a time zone.
package struct CronSchedule: Sendable, Hashable {
    /// Why a text is no schedule.
    package struct Malformed: Error, Sendable, Hashable {
        package var message: String
    }

    /// A minute of a calendar.
    package struct Minute: Sendable, Hashable {
        package var minute: Int
        package var hour: Int
        package var day: Int
        package var month: Int
        /// 0 is Sunday.
        package var weekday: Int

        package init(minute: Int, hour: Int, day: Int, month: Int, weekday: Int) {
            self.minute = minute
            self.hour = hour
            self.day = day
            self.month = month
            self.weekday = weekday
        }

        /// - Parameter seconds: since 1970, by the clock that the schedule is read by.
        package init(seconds: Int64) {
            let text = Array(Timestamp.text(seconds: seconds).utf8)
            func number(_ range: Range<Int>) -> Int { Int(String(decoding: text[range], as: UTF8.self)) ?? 0 }
            let days = (seconds - (seconds % 86_400 + 86_400) % 86_400) / 86_400
            // The first day was a Thursday.
            let weekday = Int(((days + 4) % 7 + 7) % 7)
            self.init(
                minute: number(14..<16), hour: number(11..<13), day: number(8..<10), month: number(5..<7),
                weekday: weekday)
        }
    }

    private struct Field: Sendable, Hashable {
        var values: Set<Int>
        var isRestricted: Bool
    }

    private static let names = [
        "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
        "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
    ]
    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    private static let weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    private let minutes: Field
    private let hours: Field
    private let days: Field
    private let monthsOfYear: Field
    private let weekdaysOfWeek: Field

    package init(_ text: String) throws(Malformed) {
        let parts = (Self.names[text] ?? text).split(whereSeparator: \.isWhitespace)
        guard parts.count == 5 else {
            throw Malformed(message: "expected exactly 5 fields, found \(parts.count): [\(text)]")
        }
        minutes = try Self.field(parts[0], 0...59)
        hours = try Self.field(parts[1], 0...23)
        days = try Self.field(parts[2], 1...31)
        monthsOfYear = try Self.field(parts[3], 1...12, names: Self.months, firstName: 1)
        // Sunday is 7 as well.
        var weekdays = try Self.field(parts[4], 0...7, names: Self.weekdays, firstName: 0)
        if weekdays.values.contains(7) { weekdays.values.insert(0) }
        weekdaysOfWeek = weekdays
    }

    /// Whether a job is due in that minute.
    package func isDue(_ time: Minute) -> Bool {
        guard minutes.values.contains(time.minute), hours.values.contains(time.hour),
            monthsOfYear.values.contains(time.month)
        else { return false }
        let (day, weekday) = (days.values.contains(time.day), weekdaysOfWeek.values.contains(time.weekday))
        return days.isRestricted && weekdaysOfWeek.isRestricted ? day || weekday : day && weekday
    }

    private static func field(
        _ text: Substring, _ range: ClosedRange<Int>, names: [String] = [], firstName: Int = 0
    ) throws(Malformed) -> Field {
        var field = Field(values: [], isRestricted: true)
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let pieces = part.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            var step = 1
            if pieces.count == 2 {
                guard let number = Int(pieces[1]), number > 0 else {
                    throw Malformed(message: "failed to parse int from \(pieces[1]): a step is a number above 0")
                }
                step = number
            }
            let span = try span(
                pieces.first ?? "", range, names: names, firstName: firstName, isOpen: pieces.count == 2)
            if pieces.first == "*" || pieces.first == "?", step == 1 { field.isRestricted = false }
            field.values.formUnion(stride(from: span.lowerBound, through: span.upperBound, by: step))
        }
        return field
    }

    /// - Parameter isOpen: whether a single number stands for all from there on, as before a step.
    private static func span(
        _ text: Substring, _ range: ClosedRange<Int>, names: [String], firstName: Int, isOpen: Bool
    ) throws(Malformed) -> ClosedRange<Int> {
        if text == "*" || text == "?" { return range }
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        var numbers: [Int] = []
        for end in ends {
            let named = names.firstIndex(of: end.lowercased()).map { $0 + firstName }
            guard let number = named ?? Int(end) else {
                throw Malformed(message: "failed to parse int from \(end): it is neither a number nor a name")
            }
            guard range.contains(number) else {
                let side =
                    number < range.lowerBound
                    ? "below minimum (\(range.lowerBound))" : "above maximum (\(range.upperBound))"
                throw Malformed(message: "\(number) is \(side): \(text)")
            }
            numbers.append(number)
        }
        let first = numbers[0]
        let last = numbers.count > 1 ? numbers[1] : isOpen ? range.upperBound : first
        guard first <= last else {
            throw Malformed(message: "beginning of range (\(first)) beyond end of range (\(last)): \(text)")
        }
        return first...last
    }
}
