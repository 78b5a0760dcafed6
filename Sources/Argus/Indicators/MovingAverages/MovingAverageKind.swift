/// The kinds of moving average that functions with a `matype` parameter can be given, by TA-Lib's numbers.
enum MovingAverageKind: Int, CaseIterable, Sendable {
    case simple = 0
    case exponential = 1
    case weighted = 2
    case doubleExponential = 3
    case tripleExponential = 4
    case triangular = 5
    case kaufman = 6
    case mesa = 7
    case tillson = 8
    case hull = 9
    case zeroLag = 12
    case wilder = 13

    /// TA-Lib's names in the order of its numbers, those that are not available here among them.
    static let names = [
        "SMA", "EMA", "WMA", "DEMA", "TEMA", "TRIMA", "KAMA", "MAMA", "T3", "HMA", "DISABLED", "DEFAULT", "ZLEMA",
        "RMA",
    ]

    /// The average over `period` values. For a period of one every kind answers the values themselves.
    func kernel(period: Int) -> any SeriesKernel {
        guard period > 1 else { return SimpleAverage.identity }
        return switch self {
        case .simple: SimpleAverage(period: period)
        case .exponential: ExponentialMovingAverage(period: period)
        case .weighted: WeightedMovingAverage(period: period)
        case .doubleExponential: DoubleExponentialAverage(period: period)
        case .tripleExponential: TripleExponentialAverage(period: period)
        case .triangular: TriangularMovingAverage(period: period)
        case .kaufman: KaufmanAdaptiveAverage(period: period)
        case .mesa: MesaAverage()
        case .tillson: TillsonAverage(period: period)
        case .hull: HullMovingAverage(period: period)
        case .zeroLag: ZeroLagAverage(period: period)
        case .wilder: WilderAverage(period: period)
        }
    }
}

extension SimpleAverage {
    /// The average over one value.
    static var identity: some SeriesKernel { ExponentialMovingAverage(period: 1) }
}

/// A moving average whose kind is chosen at run time.
struct AnyMovingAverage: SeriesKernel {
    private class Erased {
        let lookback: Int
        let reach: Int

        init(lookback: Int, reach: Int) {
            self.lookback = lookback
            self.reach = reach
        }

        func warm(_ values: UnsafePointer<Double>, _ row: Int) {}
        func first(_ values: UnsafePointer<Double>, _ row: Int) -> Double { .nan }
        func next(_ values: UnsafePointer<Double>, _ row: Int) -> Double { .nan }
    }

    private final class Box<Kernel: SeriesKernel>: Erased {
        private var kernel: Kernel

        init(_ kernel: Kernel) {
            self.kernel = kernel
            super.init(lookback: kernel.lookback, reach: kernel.reach)
        }

        override func warm(_ values: UnsafePointer<Double>, _ row: Int) { kernel.warm(values, row) }
        override func first(_ values: UnsafePointer<Double>, _ row: Int) -> Double { kernel.first(values, row) }
        override func next(_ values: UnsafePointer<Double>, _ row: Int) -> Double { kernel.next(values, row) }
    }

    private let box: Erased

    init(_ kind: MovingAverageKind, period: Int) { self.init(kind.kernel(period: period)) }

    private init(_ kernel: some SeriesKernel) { box = Box(kernel) }

    var lookback: Int { box.lookback }
    var reach: Int { box.reach }

    mutating func warm(_ values: UnsafePointer<Double>, _ row: Int) { box.warm(values, row) }
    mutating func first(_ values: UnsafePointer<Double>, _ row: Int) -> Double { box.first(values, row) }
    mutating func next(_ values: UnsafePointer<Double>, _ row: Int) -> Double { box.next(values, row) }
}
