/// The last values of a series, in one piece of memory, so that a kernel reads them as it reads a column.
///
/// Values are written one after another; when the memory is full, the last ones move to its front. With `n` values to keep,
/// that is one move of `n` for at least `n` values. A copy shares the memory.
struct SeriesHistory {
    private final class Storage {
        let values: UnsafeMutablePointer<Double>

        init(capacity: Int) {
            values = .allocate(capacity: capacity)
            // Rows before the first one are never part of a value; zeros keep what is read there by accident the same.
            values.initialize(repeating: 0, count: capacity)
        }

        deinit { values.deallocate() }
    }

    /// The fewest values between two moves.
    private static let smallestSpace = 1024

    private let storage: Storage
    private let mutableValues: UnsafeMutablePointer<Double>
    private let reach: Int
    private let capacity: Int
    private var end = 0

    /// - Parameter reach: how many values before the newest one are read.
    init(reach: Int) {
        self.reach = reach
        capacity = reach + max(reach, Self.smallestSpace)
        storage = Storage(capacity: capacity)
        mutableValues = storage.values
    }

    /// The values; those before the row that ``append(_:)`` answered are the earlier ones.
    @inline(__always)
    var values: UnsafePointer<Double> { UnsafePointer(mutableValues) }

    /// Adds a value and answers its row.
    @inline(__always)
    mutating func append(_ value: Double) -> Int {
        if end == capacity {
            Self.moveToFront(mutableValues, end: end, count: reach)
            end = reach
        }
        let row = end
        mutableValues[row] = value
        end = row &+ 1
        return row
    }

    /// The value that was appended `count` values ago, the newest being one ago.
    @inline(__always)
    func oldest(_ count: Int) -> Double { mutableValues[end &- count] }

    /// The memory, for what fills it in another order.
    @inline(__always)
    var memory: UnsafeMutablePointer<Double> { mutableValues }

    /// Puts a value at a place, for what keeps a ring in the memory instead.
    @inline(__always)
    func replace(_ place: Int, with value: Double) { mutableValues[place] = value }

    /// Apart from `self`, which so can stay in registers.
    @inline(never)
    private static func moveToFront(_ values: UnsafeMutablePointer<Double>, end: Int, count: Int) {
        values.update(from: values + (end - count), count: count)
    }
}
