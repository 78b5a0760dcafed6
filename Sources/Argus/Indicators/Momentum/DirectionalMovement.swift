/// Wilder's directional movement (New Concepts in Technical Trading Systems, 1978): how far a bar goes beyond the one before
/// it, up or down, whichever is farther; with the true range, each as a sum over about `period` bars.
struct DirectionalMovement {
    private let inversePeriod: Double
    private(set) var plus = 0.0
    private(set) var minus = 0.0
    private(set) var range = 0.0

    init(period: Int) { inversePeriod = 1 / Double(period) }

    /// The movement of one bar.
    @inline(__always)
    static func movement(_ bars: BarColumns, _ row: Int) -> (plus: Double, minus: Double) {
        let up = bars.first[row] - bars.first[row &- 1]
        let down = bars.second[row &- 1] - bars.second[row]
        let plus = up - down > 0 ? up : 0
        let minus = down - up > 0 ? down : 0
        return (up > 0 ? plus : 0, down > 0 ? minus : 0)
    }

    /// Adds a bar to plain sums.
    @inline(__always)
    mutating func add(_ bars: BarColumns, _ row: Int) {
        let (plus, minus) = Self.movement(bars, row)
        self.plus += plus
        self.minus += minus
        range += TrueRange.range(bars, row)
    }

    /// Adds a bar to the sums, which lose the part of one bar.
    @inline(__always)
    mutating func smooth(_ bars: BarColumns, _ row: Int) {
        smoothMovement(bars, row)
        range = range - range * inversePeriod + TrueRange.range(bars, row)
    }

    /// The same for the movement alone, which needs no close.
    @inline(__always)
    mutating func smoothMovement(_ bars: BarColumns, _ row: Int) {
        let (plus, minus) = Self.movement(bars, row)
        self.plus = self.plus - self.plus * inversePeriod + plus
        self.minus = self.minus - self.minus * inversePeriod + minus
    }

    @inline(__always)
    mutating func addMovement(_ bars: BarColumns, _ row: Int) {
        let (plus, minus) = Self.movement(bars, row)
        self.plus += plus
        self.minus += minus
    }

    /// +DI and −DI in percent; nothing while there was no range.
    @inline(__always)
    var indicators: (plus: Double, minus: Double)? {
        range > 0 ? (100 * (plus / range), 100 * (minus / range)) : nil
    }

    /// DX: the difference of the indicators in percent of their sum; nothing where there is none.
    @inline(__always)
    var index: Double? {
        guard let (plus, minus) = indicators, !isNearZero(minus + plus) else { return nil }
        return 100 * (abs(minus - plus) / (minus + plus))
    }
}

/// The direction that an indicator of directional movement looks at.
protocol MovementDirection {
    static func part<Value>(_ values: (plus: Value, minus: Value)) -> Value
}

enum UpwardMovement: MovementDirection {
    @inline(__always)
    static func part<Value>(_ values: (plus: Value, minus: Value)) -> Value { values.plus }
}

enum DownwardMovement: MovementDirection {
    @inline(__always)
    static func part<Value>(_ values: (plus: Value, minus: Value)) -> Value { values.minus }
}

/// PLUS_DM and MINUS_DM. The first value is the plain sum of `period` − 1 movements.
struct DirectionalMovementSum<Direction: MovementDirection>: IndicatorKernel {
    private let period: Int
    private var movement: DirectionalMovement
    private var hasPrevious = false

    init(period: Int) {
        self.period = period
        movement = DirectionalMovement(period: period)
    }

    var lookback: Int { max(period - 1, 1) }
    var reach: Int { 1 }

    @inline(__always)
    mutating func warm(_ bars: BarColumns, _ row: Int) {
        if hasPrevious { movement.addMovement(bars, row) }
        hasPrevious = true
    }

    @inline(__always)
    mutating func first(_ bars: BarColumns, _ row: Int) -> Double {
        guard period > 1 else { return next(bars, row) }
        movement.addMovement(bars, row)
        return Direction.part((movement.plus, movement.minus))
    }

    @inline(__always)
    mutating func next(_ bars: BarColumns, _ row: Int) -> Double {
        guard period > 1 else { return Direction.part(DirectionalMovement.movement(bars, row)) }
        movement.smoothMovement(bars, row)
        return Direction.part((movement.plus, movement.minus))
    }
}

/// PLUS_DI and MINUS_DI: the movement in percent of the true range; for a period of one, the plain ratio of the bar.
struct DirectionalIndicator<Direction: MovementDirection>: IndicatorKernel {
    private let period: Int
    private var movement: DirectionalMovement
    private var hasPrevious = false

    init(period: Int) {
        self.period = period
        movement = DirectionalMovement(period: period)
    }

    var lookback: Int { period }
    var reach: Int { 1 }

    @inline(__always)
    mutating func warm(_ bars: BarColumns, _ row: Int) {
        if hasPrevious { movement.add(bars, row) }
        hasPrevious = true
    }

    @inline(__always)
    mutating func next(_ bars: BarColumns, _ row: Int) -> Double {
        guard period > 1 else {
            let part = Direction.part(DirectionalMovement.movement(bars, row))
            let range = TrueRange.range(bars, row)
            return part > 0 && range > 0 ? part / range : 0
        }
        movement.smooth(bars, row)
        return movement.range > 0 ? 100 * (Direction.part((movement.plus, movement.minus)) / movement.range) : 0
    }
}

/// DX: the difference of +DI and −DI in percent of their sum. Where there is neither, the last value stays.
struct DirectionalMovementIndex: IndicatorKernel {
    private let period: Int
    private var movement: DirectionalMovement
    private var hasPrevious = false
    private var index = 0.0

    init(period: Int) {
        self.period = period
        movement = DirectionalMovement(period: period)
    }

    var lookback: Int { period }
    var reach: Int { 1 }

    @inline(__always)
    mutating func warm(_ bars: BarColumns, _ row: Int) {
        if hasPrevious { movement.add(bars, row) }
        hasPrevious = true
    }

    @inline(__always)
    mutating func next(_ bars: BarColumns, _ row: Int) -> Double {
        movement.smooth(bars, row)
        if let value = movement.index { index = value }
        return index
    }
}

/// ADX: the mean of the first `period` values of DX, then Wilder's smoothing.
struct AverageDirectionalIndex: IndicatorKernel {
    private let period: Int
    private let inversePeriod: Double
    private var movement: DirectionalMovement
    private var rows = 0
    private var average = 0.0

    init(period: Int) {
        self.period = period
        inversePeriod = 1 / Double(period)
        movement = DirectionalMovement(period: period)
    }

    var lookback: Int { 2 * period - 1 }
    var reach: Int { 1 }

    @inline(__always)
    mutating func warm(_ bars: BarColumns, _ row: Int) {
        if rows >= period {
            movement.smooth(bars, row)
            if let index = movement.index { average += index }
        } else if rows > 0 {
            movement.add(bars, row)
        }
        rows += 1
    }

    @inline(__always)
    mutating func first(_ bars: BarColumns, _ row: Int) -> Double {
        warm(bars, row)
        average /= Double(period)
        return average
    }

    @inline(__always)
    mutating func next(_ bars: BarColumns, _ row: Int) -> Double {
        movement.smooth(bars, row)
        if let index = movement.index { average -= (average - index) * inversePeriod }
        return average
    }
}

/// ADXR: the mean of ADX and of ADX `period` − 1 bars before.
struct AverageDirectionalRating: IndicatorKernel {
    private let period: Int
    private var index: AverageDirectionalIndex
    private var rows = 0
    private var values: SeriesHistory

    init(period: Int) {
        self.period = period
        index = AverageDirectionalIndex(period: period)
        values = SeriesHistory(reach: period)
    }

    var lookback: Int { index.lookback + period - 1 }
    var reach: Int { 1 }

    @inline(__always)
    mutating func warm(_ bars: BarColumns, _ row: Int) {
        if rows > index.lookback {
            _ = values.append(index.next(bars, row))
        } else if rows == index.lookback {
            _ = values.append(index.first(bars, row))
        } else {
            index.warm(bars, row)
        }
        rows += 1
    }

    @inline(__always)
    mutating func next(_ bars: BarColumns, _ row: Int) -> Double {
        let value = index.next(bars, row)
        let place = values.append(value)
        return (value + values.values[place &- period &+ 1]) / 2
    }
}
