/// The body of `PUT /v1/namespaces/{ns}/limits/{key}`: what bounds the tasks that were submitted with this `concurrencyKey`. It
/// takes the place of the limit before, and is in force at once.
package struct KeyLimitRequest: Codable, Sendable, Hashable {
    /// Tasks that may run at once; 0 stops the key; absent: no bound.
    package var maxConcurrent: Int?
    /// How often a task may start; absent: as often as can be.
    package var ratePerSecond: Double?
    /// How many may start at once after a pause, with `ratePerSecond`; absent: 1.
    package var burst: Int?

    package init(maxConcurrent: Int? = nil, ratePerSecond: Double? = nil, burst: Int? = nil) {
        self.maxConcurrent = maxConcurrent
        self.ratePerSecond = ratePerSecond
        self.burst = burst
    }
}

/// A key with the limit in force and how it stands: the answer to `PUT` and `GET …/limits/{key}`.
package struct KeyLimitView: Codable, Sendable, Hashable {
    package var key: String
    /// `false`: the limit is the one of every key that has none of its own, one task at a time.
    package var isSet: Bool
    package var maxConcurrent: Int?
    package var ratePerSecond: Double?
    package var burst: Int?
    /// Tasks of the key that run, that are next, and that its limit holds; absent in lists.
    package var leased: Int?
    package var ready: Int?
    package var held: Int?

    package init(
        key: String, isSet: Bool, maxConcurrent: Int? = nil, ratePerSecond: Double? = nil, burst: Int? = nil,
        leased: Int? = nil, ready: Int? = nil, held: Int? = nil
    ) {
        self.key = key
        self.isSet = isSet
        self.maxConcurrent = maxConcurrent
        self.ratePerSecond = ratePerSecond
        self.burst = burst
        self.leased = leased
        self.ready = ready
        self.held = held
    }
}

/// The answer to `GET /v1/namespaces/{ns}/limits`: those that were set, in the order of their keys.
package struct KeyLimitList: Codable, Sendable, Hashable {
    package var limits: [KeyLimitView]

    package init(limits: [KeyLimitView]) { self.limits = limits }
}
