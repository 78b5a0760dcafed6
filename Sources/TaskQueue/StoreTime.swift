/// A moment of the store's time, in milliseconds since 1970-01-01T00:00:00Z.
package struct StoreTime: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    package var milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    package init(from decoder: any Decoder) throws {
        milliseconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(milliseconds)
    }

    package var description: String { "\(milliseconds) ms" }

    package static func < (left: StoreTime, right: StoreTime) -> Bool { left.milliseconds < right.milliseconds }

    /// The moment `milliseconds` later; it stays at the far end of time instead of overflowing.
    package static func + (time: StoreTime, milliseconds: Int64) -> StoreTime {
        let (sum, overflow) = time.milliseconds.addingReportingOverflow(milliseconds)
        return StoreTime(milliseconds: overflow ? (milliseconds > 0 ? .max : .min) : sum)
    }

    /// Milliseconds from `earlier` to `later`.
    package static func - (later: StoreTime, earlier: StoreTime) -> Int64 {
        let (difference, overflow) = later.milliseconds.subtractingReportingOverflow(earlier.milliseconds)
        return overflow ? (later > earlier ? .max : .min) : difference
    }
}

/// Where a store takes `now` from: the store's own server's time, advanced monotonically, never back. A store asks once for
/// each call and hands the answer to the machine, so that whoever holds the clock decides what time it is.
package protocol StoreClock: Sendable {
    func now() -> StoreTime
}
