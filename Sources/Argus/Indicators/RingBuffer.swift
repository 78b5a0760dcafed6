/// The last `capacity` values of a stream, oldest first.
struct RingBuffer: Sendable {
    private var storage: [Double]
    private var head = 0
    private(set) var count = 0

    init(capacity: Int) { storage = [Double](repeating: 0, count: capacity) }

    var isFull: Bool { count == storage.count }

    /// The oldest value held. Only where there is one.
    var oldest: Double { storage[isFull ? head : 0] }

    /// Adds a value; the oldest goes where the buffer is full.
    mutating func append(_ value: Double) {
        storage[head] = value
        head = head + 1 == storage.count ? 0 : head + 1
        if count < storage.count { count += 1 }
    }

    /// Calls `body` with each value, oldest first.
    func visit(_ body: (Double) -> Void) {
        if isFull { for index in head..<storage.count { body(storage[index]) } }
        for index in 0..<head { body(storage[index]) }
    }
}
