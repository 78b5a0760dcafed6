/// Wilder's averages of gains and of losses: means over the first `period` changes, then his smoothing.
struct GainsAndLosses {
    private let others: Double
    private let inversePeriod: Double
    private(set) var gain = 0.0
    private(set) var loss = 0.0
    private var hasPrevious = false

    init(period: Int) {
        others = Double(period - 1)
        inversePeriod = 1 / Double(period)
    }

    @inline(__always)
    mutating func warm(_ values: UnsafePointer<Double>, _ row: Int) {
        if hasPrevious { add(values[row] - values[row &- 1]) }
        hasPrevious = true
    }

    @inline(__always)
    mutating func first(_ values: UnsafePointer<Double>, _ row: Int) {
        add(values[row] - values[row &- 1])
        gain *= inversePeriod
        loss *= inversePeriod
    }

    @inline(__always)
    mutating func next(_ values: UnsafePointer<Double>, _ row: Int) {
        let change = values[row] - values[row &- 1]
        gain = (gain * others + (change > 0 ? change : 0)) * inversePeriod
        loss = (loss * others + (change < 0 ? -change : 0)) * inversePeriod
    }

    @inline(__always)
    private mutating func add(_ change: Double) { if change < 0 { loss -= change } else { gain += change } }
}

/// Wilder's relative strength index (New Concepts in Technical Trading Systems, 1978), 100 · gain/(gain + loss).
///
/// Without any change it is 0, as in TA-Lib.
struct RelativeStrengthIndex: SeriesKernel {
    private let period: Int
    private var averages: GainsAndLosses

    init(period: Int) {
        self.period = period
        averages = GainsAndLosses(period: period)
    }

    var lookback: Int { period }
    var reach: Int { 1 }

    @inline(__always)
    mutating func warm(_ values: UnsafePointer<Double>, _ row: Int) { averages.warm(values, row) }

    @inline(__always)
    mutating func first(_ values: UnsafePointer<Double>, _ row: Int) -> Double {
        averages.first(values, row)
        return index
    }

    @inline(__always)
    mutating func next(_ values: UnsafePointer<Double>, _ row: Int) -> Double {
        averages.next(values, row)
        return index
    }

    @inline(__always)
    private var index: Double {
        let total = averages.gain + averages.loss
        return total == 0 ? 0 : 100 * (averages.gain / total)
    }
}

/// Chande's momentum oscillator with Wilder's averages, 100 · (gain − loss)/(gain + loss).
struct ChandeMomentumOscillator: SeriesKernel {
    private let period: Int
    private var averages: GainsAndLosses

    init(period: Int) {
        self.period = period
        averages = GainsAndLosses(period: period)
    }

    var lookback: Int { period }
    var reach: Int { 1 }

    @inline(__always)
    mutating func warm(_ values: UnsafePointer<Double>, _ row: Int) { averages.warm(values, row) }

    @inline(__always)
    mutating func first(_ values: UnsafePointer<Double>, _ row: Int) -> Double {
        averages.first(values, row)
        return oscillator
    }

    @inline(__always)
    mutating func next(_ values: UnsafePointer<Double>, _ row: Int) -> Double {
        averages.next(values, row)
        return oscillator
    }

    @inline(__always)
    private var oscillator: Double {
        let total = averages.gain + averages.loss
        return total == 0 ? 0 : 100 * ((averages.gain - averages.loss) / total)
    }
}
