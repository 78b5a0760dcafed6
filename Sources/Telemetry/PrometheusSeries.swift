import Synchronization

/// One time series: a number, or a histogram with its buckets.
final class Series: Sendable {
    struct Value: Sendable {
        var number = 0.0
        var bounds: [Double]
        /// Observations in each bucket alone; the last is the one above all bounds.
        var counts: [Int]
        var sum = 0.0

        var count: Int { counts.reduce(0, +) }
    }

    private let value: Mutex<Value>

    init(buckets: [Double]) {
        value = Mutex(Value(bounds: buckets, counts: Array(repeating: 0, count: buckets.count + 1)))
    }

    func add(_ amount: Double) { value.withLock { $0.number += amount } }

    func set(_ number: Double) { value.withLock { $0.number = number } }

    func observe(_ amount: Double) {
        value.withLock { value in
            let bucket = value.bounds.firstIndex { amount <= $0 } ?? value.bounds.count
            value.counts[bucket] += 1
            value.sum += amount
        }
    }

    func reset() {
        value.withLock { value in
            value = Value(bounds: value.bounds, counts: Array(repeating: 0, count: value.counts.count))
        }
    }

    func snapshot() -> Value { value.withLock { $0 } }
}
