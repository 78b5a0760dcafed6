/// Counts a swarm's arrivals by the second. Times are milliseconds of one clock.
package struct ArrivalTracker: Sendable, Equatable {
    /// Arrivals of each of the last seconds; second s stands at s modulo their number.
    private var counts = [Int](repeating: 0, count: ArrivalWindows.slowSeconds)
    /// The latest second that stands in `counts`.
    private var latest: Int64
    /// Since when all arrivals are noted.
    private let start: Int64

    package init(start milliseconds: Int64) {
        start = milliseconds
        latest = milliseconds / 1000
    }

    /// Arrivals may be noted late and out of order; those older than the slow window are left out.
    package mutating func note(at milliseconds: Int64) {
        let second = milliseconds / 1000
        advance(to: second)
        if latest - second < Int64(counts.count) { counts[index(second)] += 1 }
    }

    /// - Parameter arrivalsBefore: what others have counted over the last minute, for as long as this has not been noting that long.
    package mutating func windows(now milliseconds: Int64, arrivalsBefore: Int) -> ArrivalWindows {
        advance(to: milliseconds / 1000)
        var slow = window(ArrivalWindows.slowSeconds, milliseconds)
        if milliseconds - start < Int64(slow.milliseconds) { slow.count = max(slow.count, arrivalsBefore) }
        return ArrivalWindows(slow: slow, fast: window(ArrivalWindows.fastSeconds, milliseconds))
    }

    /// The last whole seconds but one, and what has passed of this one.
    private func window(_ seconds: Int, _ milliseconds: Int64) -> ArrivalWindow {
        let count = (0..<Int64(seconds)).reduce(0) { $0 + counts[index(latest - $1)] }
        return ArrivalWindow(count: count, milliseconds: (seconds - 1) * 1000 + Int(milliseconds % 1000))
    }

    private mutating func advance(to second: Int64) {
        guard second > latest else { return }
        for passed in 0..<min(second - latest, Int64(counts.count)) { counts[index(second - passed)] = 0 }
        latest = second
    }

    private func index(_ second: Int64) -> Int {
        let remainder = Int(second % Int64(counts.count))
        return remainder < 0 ? remainder + counts.count : remainder
    }
}
