/// The greatest or the least value of the last bars, with its row.
///
/// The window is searched when the extreme leaves it; a new value that is no worse takes its place at once. With equal
/// values, which of them counts so depends on the way there, as in TA-Lib. A copy shares nothing.
struct WindowExtreme<Order: ExtremeOrder> {
    /// How far the row of the extreme lies before the current row.
    private(set) var age: Int
    private(set) var value = 0.0

    init() { age = .max - 1 }

    /// - Parameter oldest: how far the window reaches back.
    @inline(__always)
    mutating func next(_ values: UnsafePointer<Double>, _ row: Int, oldest: Int) {
        age &+= 1
        let newest = values[row]
        if age > oldest {
            search(values, row, oldest: oldest)
        } else if Order.isNoWorse(newest, value) {
            age = 0
            value = newest
        }
    }

    @inline(__always)
    private mutating func search(_ values: UnsafePointer<Double>, _ row: Int, oldest: Int) {
        var found = row &- oldest
        var best = values[found]
        var index = found &+ 1
        while index <= row {
            let candidate = values[index]
            if Order.replaces(candidate, best) {
                found = index
                best = candidate
            }
            index &+= 1
        }
        age = row &- found
        value = best
    }
}

/// The greatest or the least value of the last `period` bars, without its row.
///
/// By van Herk and by Gil and Werman (1992, 1993): bars go in blocks of `period`. A window is the end of one block, whose
/// extremes are laid down when the block is full, and the beginning of the next, whose extreme goes along.
struct BlockExtreme<Order: ExtremeOrder> {
    private let period: Int
    /// The extremes of the last block's ends, the longest first.
    private let ends: SeriesHistory
    private var place: Int
    private var beginning = 0.0

    init(period: Int) {
        self.period = period
        ends = SeriesHistory(reach: period)
        place = period - 1
    }

    /// The extreme of the window that ends at a row. The first call must be for the first full window.
    @inline(__always)
    mutating func next(_ values: UnsafePointer<Double>, _ row: Int) -> Double {
        place &+= 1
        if place == period {
            place = 0
            Self.lay(values + (row &- period &+ 1), into: ends.memory, count: period)
            beginning = Order.none
            return ends.memory[0]
        }
        beginning = Order.better(values[row], beginning)
        return Order.better(ends.memory[place], beginning)
    }

    /// The extremes of up to `period` windows, the first of which ends at a row.
    @inline(__always)
    func block(_ values: UnsafePointer<Double>, _ row: Int, count: Int, into extremes: UnsafeMutablePointer<Double>) {
        Self.lay(values + (row &- period &+ 1), into: ends.memory, count: period)
        let (ends, entering) = (ends.memory, values + row)
        extremes[0] = ends[0]
        var beginning = Order.none
        for index in 1..<max(count, 1) {
            beginning = Order.better(entering[index], beginning)
            extremes[index] = Order.better(ends[index], beginning)
        }
    }

    /// Apart from `self`, which so can stay in registers.
    @inline(never)
    private static func lay(
        _ block: UnsafePointer<Double>, into ends: UnsafeMutablePointer<Double>, count: Int
    ) {
        var best = Order.none
        var index = count
        while index > 0 {
            index &-= 1
            best = Order.better(block[index], best)
            ends[index] = best
        }
    }
}

/// The highest and the lowest values of the same windows, block by block.
struct BlockExtremes {
    private let period: Int
    private let highest: BlockExtreme<Highest>
    private let lowest: BlockExtreme<Lowest>
    private let highs: SeriesHistory
    private let lows: SeriesHistory

    init(period: Int) {
        self.period = period
        highest = BlockExtreme(period: period)
        lowest = BlockExtreme(period: period)
        highs = SeriesHistory(reach: period)
        lows = SeriesHistory(reach: period)
    }

    /// Calls `body` with each window's last row and extremes.
    @inline(__always)
    func forEach(
        highs highValues: UnsafePointer<Double>, lows lowValues: UnsafePointer<Double>, count: Int,
        _ body: (_ row: Int, _ high: Double, _ low: Double) -> Void
    ) {
        let (high, low) = (highs.memory, lows.memory)
        var row = period &- 1
        while row < count {
            let rows = min(period, count &- row)
            highest.block(highValues, row, count: rows, into: high)
            lowest.block(lowValues, row, count: rows, into: low)
            for index in 0..<rows { body(row &+ index, high[index], low[index]) }
            row &+= rows
        }
        withExtendedLifetime(self) {}
    }
}

/// Which of two values an extreme keeps.
protocol ExtremeOrder {
    /// The extreme of nothing.
    static var none: Double { get }
    static func better(_ first: Double, _ second: Double) -> Double
    static func isNoWorse(_ candidate: Double, _ best: Double) -> Bool
    /// In a search from the oldest value to the newest.
    static func replaces(_ candidate: Double, _ best: Double) -> Bool
}

/// The highest value; in a search the oldest of equal ones.
enum Highest: ExtremeOrder {
    @inline(__always)
    static var none: Double { -.infinity }
    @inline(__always)
    static func better(_ first: Double, _ second: Double) -> Double { first > second ? first : second }
    @inline(__always)
    static func isNoWorse(_ candidate: Double, _ best: Double) -> Bool { candidate >= best }
    @inline(__always)
    static func replaces(_ candidate: Double, _ best: Double) -> Bool { candidate > best }
}

/// The lowest value; in a search the oldest of equal ones.
enum Lowest: ExtremeOrder {
    @inline(__always)
    static var none: Double { .infinity }
    @inline(__always)
    static func better(_ first: Double, _ second: Double) -> Double { first < second ? first : second }
    @inline(__always)
    static func isNoWorse(_ candidate: Double, _ best: Double) -> Bool { candidate <= best }
    @inline(__always)
    static func replaces(_ candidate: Double, _ best: Double) -> Bool { candidate < best }
}

/// The highest value, the newest of equal ones.
enum LatestHighest: ExtremeOrder {
    @inline(__always)
    static var none: Double { -.infinity }
    @inline(__always)
    static func better(_ first: Double, _ second: Double) -> Double { first > second ? first : second }
    @inline(__always)
    static func isNoWorse(_ candidate: Double, _ best: Double) -> Bool { candidate >= best }
    @inline(__always)
    static func replaces(_ candidate: Double, _ best: Double) -> Bool { candidate >= best }
}

/// The lowest value, the newest of equal ones.
enum LatestLowest: ExtremeOrder {
    @inline(__always)
    static var none: Double { .infinity }
    @inline(__always)
    static func better(_ first: Double, _ second: Double) -> Double { first < second ? first : second }
    @inline(__always)
    static func isNoWorse(_ candidate: Double, _ best: Double) -> Bool { candidate <= best }
    @inline(__always)
    static func replaces(_ candidate: Double, _ best: Double) -> Bool { candidate <= best }
}
