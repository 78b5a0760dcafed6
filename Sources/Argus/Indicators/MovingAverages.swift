/// Simple moving average by TA-Lib's running sum: the new value is added, the mean taken, the oldest value subtracted.
struct SimpleMovingAverage: IndicatorKernel {
    private let period: Double
    private var window: RingBuffer
    private var total = 0.0

    init(period: Int) {
        self.period = Double(period)
        window = RingBuffer(capacity: period)
    }

    mutating func next(_ value: Double) -> Double? {
        window.append(value)
        total += value
        guard window.isFull else { return nil }
        let mean = total / period
        total -= window.oldest
        return mean
    }

    mutating func next(_ sample: IndicatorSample) -> IndicatorValue? { next(sample.first).map { IndicatorValue($0) } }
}

/// Exponential moving average, seeded with the mean of its first `period` values (TA-Lib's classic compatibility).
struct ExponentialMovingAverage: IndicatorKernel {
    private let period: Int
    private let factor: Double
    private var seen = 0
    private var average = 0.0

    /// - Parameter factor: the weight of the newest value; 2/(period + 1) unless a function fixes another.
    init(period: Int, factor: Double? = nil) {
        self.period = period
        self.factor = factor ?? 2.0 / Double(period + 1)
    }

    mutating func next(_ value: Double) -> Double? {
        // A period of one means no smoothing: (x − previous)·1 + previous would round.
        guard period > 1 else { return value }
        guard seen >= period else {
            seen += 1
            average += value
            guard seen == period else { return nil }
            average /= Double(period)
            return average
        }
        average = (value - average) * factor + average
        return average
    }

    mutating func next(_ sample: IndicatorSample) -> IndicatorValue? { next(sample.first).map { IndicatorValue($0) } }
}

/// The kinds of moving average that functions with a `matype` parameter can be given, by TA-Lib's numbers.
enum MovingAverageKind: Int, CaseIterable, Sendable {
    case simple = 0
    case exponential = 1

    /// TA-Lib's names in the order of its numbers, those that are not available here among them.
    static let names = ["SMA", "EMA", "WMA", "DEMA", "TEMA", "TRIMA", "KAMA", "MAMA", "T3", "HMA"]

    /// The bars before the first value.
    func lookback(period: Int) -> Int { period - 1 }
}

/// A moving average whose kind is chosen at run time.
struct AnyMovingAverage: Sendable {
    private enum Kernel: Sendable {
        case simple(SimpleMovingAverage)
        case exponential(ExponentialMovingAverage)
    }

    private var kernel: Kernel

    init(_ kind: MovingAverageKind, period: Int) {
        switch kind {
        case .simple: kernel = .simple(SimpleMovingAverage(period: period))
        case .exponential: kernel = .exponential(ExponentialMovingAverage(period: period))
        }
    }

    mutating func next(_ value: Double) -> Double? {
        switch kernel {
        case .simple(var average):
            // Taken out while it changes, so that its window has one owner and is not copied.
            kernel = .exponential(ExponentialMovingAverage(period: 1))
            defer { kernel = .simple(average) }
            return average.next(value)
        case .exponential(var average):
            defer { kernel = .exponential(average) }
            return average.next(value)
        }
    }
}
