/// SAR and SAREXT: Wilder's parabolic stop and reverse (New Concepts in Technical Trading Systems, 1978).
///
/// The first bar only gives the first extreme. The second one's direction is that of the greater directional movement, up
/// where there is none, unless a start value says otherwise.
struct ParabolicStop: IndicatorKernel {
    /// How a position's acceleration begins, rises and ends.
    struct Acceleration: Sendable {
        var initial: Double
        var step: Double
        var maximum: Double

        init(initial: Double, step: Double, maximum: Double) {
            self.initial = min(initial, maximum)
            self.step = min(step, maximum)
            self.maximum = maximum
        }
    }

    private let startValue: Double
    private let offsetOnReverse: Double
    private let long: Acceleration
    private let short: Acceleration
    /// Whether values of short positions are negative.
    private let isSigned: Bool
    private var isLong = true
    private var stop = 0.0
    private var extreme = 0.0
    private var acceleration = 0.0

    init(acceleration: Double, maximum: Double) {
        let both = Acceleration(initial: acceleration, step: acceleration, maximum: maximum)
        (startValue, offsetOnReverse, long, short, isSigned) = (0, 0, both, both, false)
    }

    init(startValue: Double, offsetOnReverse: Double, long: Acceleration, short: Acceleration) {
        self.startValue = startValue
        self.offsetOnReverse = offsetOnReverse
        self.long = long
        self.short = short
        isSigned = true
    }

    var lookback: Int { 1 }
    var reach: Int { 1 }

    mutating func first(_ bars: BarColumns, _ row: Int) -> Double {
        let (high, low) = (bars.first[row], bars.second[row])
        if startValue == 0 {
            isLong = DirectionalMovement.movement(bars, row).minus <= 0
            stop = isLong ? bars.second[row - 1] : bars.first[row - 1]
        } else {
            isLong = startValue > 0
            stop = abs(startValue)
        }
        extreme = isLong ? high : low
        acceleration = isLong ? long.initial : short.initial
        // There is no bar before that would bound the stop but this one itself.
        return take(high: high, low: low, previousHigh: high, previousLow: low)
    }

    @inline(__always)
    mutating func next(_ bars: BarColumns, _ row: Int) -> Double {
        take(
            high: bars.first[row], low: bars.second[row], previousHigh: bars.first[row &- 1],
            previousLow: bars.second[row &- 1])
    }

    @inline(__always)
    private mutating func take(high: Double, low: Double, previousHigh: Double, previousLow: Double) -> Double {
        let answer: Double
        if isLong {
            if low <= stop {
                isLong = false
                stop = above(extreme, previousHigh, high)
                if offsetOnReverse != 0 { stop += stop * offsetOnReverse }
                answer = isSigned ? -stop : stop
                acceleration = short.initial
                extreme = low
                stop = above(stop + acceleration * (extreme - stop), previousHigh, high)
            } else {
                answer = stop
                if high > extreme {
                    extreme = high
                    acceleration = min(acceleration + long.step, long.maximum)
                }
                stop = below(stop + acceleration * (extreme - stop), previousLow, low)
            }
        } else {
            if high >= stop {
                isLong = true
                stop = below(extreme, previousLow, low)
                if offsetOnReverse != 0 { stop -= stop * offsetOnReverse }
                answer = stop
                acceleration = long.initial
                extreme = high
                stop = below(stop + acceleration * (extreme - stop), previousLow, low)
            } else {
                answer = isSigned ? -stop : stop
                if low < extreme {
                    extreme = low
                    acceleration = min(acceleration + short.step, short.maximum)
                }
                stop = above(stop + acceleration * (extreme - stop), previousHigh, high)
            }
        }
        return answer
    }

    /// A short position's stop is not below the highs of two bars.
    @inline(__always)
    private func above(_ stop: Double, _ first: Double, _ second: Double) -> Double {
        let raised = stop < first ? first : stop
        return raised < second ? second : raised
    }

    /// A long position's stop is not above the lows of two bars.
    @inline(__always)
    private func below(_ stop: Double, _ first: Double, _ second: Double) -> Double {
        let lowered = stop > first ? first : stop
        return lowered > second ? second : lowered
    }
}
