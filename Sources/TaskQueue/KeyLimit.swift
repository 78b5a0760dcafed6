/// What bounds the tasks of one `concurrencyKey` within a namespace, in whichever swarms they are.
///
/// Limits are records of the store, one for a namespace and key; a key without one is a mutex (`standard`), as in most build
/// systems: its tasks run one at a time. A limit counts from the moment it is set. One that is lowered takes no task from its
/// agent: it gives out no other until enough have ended.
package struct KeyLimit: Sendable, Hashable {
    /// Tasks that may be leased at once; 0: the key is stopped; `nil`: as many as there are.
    package var maxConcurrent: Int?
    /// How often a task may be leased; `nil`: as often as can be.
    package var rate: RateLimit?

    package init(maxConcurrent: Int? = nil, rate: RateLimit? = nil) {
        self.maxConcurrent = maxConcurrent.map { min(max($0, 0), Self.largestConcurrency) }
        self.rate = rate
    }

    package static let standard = KeyLimit(maxConcurrent: 1)
    package static let largestConcurrency = 1_000_000
}

/// A key with a limit of its own.
package struct KeyLimitEntry: Sendable, Hashable {
    package var key: String
    package var limit: KeyLimit

    package init(key: String, limit: KeyLimit) {
        self.key = key
        self.limit = limit
    }
}

/// A token bucket: each lease takes a token, the bucket holds `burst` of them and gets another each `intervalMicroseconds`.
///
/// So within any time w there are at most `burst + w / interval` leases. Whole numbers only, so that every store counts alike.
package struct RateLimit: Sendable, Hashable {
    /// 1 µs to 100 days.
    package let intervalMicroseconds: Int64
    /// 1 to 1,000,000.
    package let burst: Int

    package static let intervals: ClosedRange<Int64> = 1...8_640_000_000_000
    package static let bursts = 1...1_000_000

    package init(intervalMicroseconds: Int64, burst: Int) {
        self.intervalMicroseconds = min(
            max(intervalMicroseconds, Self.intervals.lowerBound), Self.intervals.upperBound)
        self.burst = min(max(burst, Self.bursts.lowerBound), Self.bursts.upperBound)
    }

    /// A rate that is no whole number of microseconds apart is taken as the next slower one.
    package init(perSecond: Double, burst: Int) {
        let interval = (1_000_000 / perSecond).rounded(.up)
        let isUsable = perSecond > 0 && interval < Double(Self.intervals.upperBound)
        self.init(intervalMicroseconds: isUsable ? Int64(interval) : Self.intervals.upperBound, burst: burst)
    }

    package var perSecond: Double { 1_000_000 / Double(intervalMicroseconds) }
}

/// How full a token bucket is, as one number: the moment, in microseconds, at which it will be full (the theoretical arrival
/// time of the generic cell rate algorithm, ITU-T I.371). A bucket that nobody took from for long needs no record.
package struct TokenBucket: Sendable, Hashable {
    package var fullAt: Int64

    package init(fullAt: Int64 = 0) { self.fullAt = fullAt }

    package func tokens(_ limit: RateLimit, at now: StoreTime) -> Int {
        let missing = max(fullAt - now.microseconds, 0)
        // Of a token that is still coming in there is none yet.
        let absent = (missing + limit.intervalMicroseconds - 1) / limit.intervalMicroseconds
        return max(limit.burst - Int(min(absent, Int64(limit.burst))), 0)
    }

    /// Takes a token, there or not.
    package mutating func take(_ limit: RateLimit, at now: StoreTime) {
        fullAt = max(fullAt, now.microseconds) + limit.intervalMicroseconds
    }

    /// When there will be one token more than now; `nil`: it is full.
    package func nextToken(_ limit: RateLimit, at now: StoreTime) -> StoreTime? {
        let missing = fullAt - now.microseconds
        guard missing > 0 else { return nil }
        let absent = (missing + limit.intervalMicroseconds - 1) / limit.intervalMicroseconds
        let full = min(absent, Int64(limit.burst))
        let micros = fullAt - (full - 1) * limit.intervalMicroseconds
        return StoreTime(milliseconds: (micros + 999) / 1000)
    }

    /// The bucket under another limit: it lacks no more than that one can hold.
    package func under(_ limit: RateLimit?, at now: StoreTime) -> TokenBucket {
        guard let limit else { return TokenBucket() }
        return TokenBucket(fullAt: min(fullAt, now.microseconds + Int64(limit.burst) * limit.intervalMicroseconds))
    }
}

extension StoreTime {
    /// Microseconds since 1970; times that do not fit stay at the end of the range.
    package var microseconds: Int64 {
        let (product, overflow) = milliseconds.multipliedReportingOverflow(by: 1000)
        return overflow ? (milliseconds > 0 ? .max : .min) : product
    }
}
