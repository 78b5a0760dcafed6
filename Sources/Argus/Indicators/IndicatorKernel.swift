/// The arithmetic of one indicator: a state that goes over bars in their order.
///
/// Batch and streaming forms run the same kernel, so both agree to the bit. The batch form hands it the caller's columns; the
/// streaming form keeps as many of the last bars as the kernel reads back (``reach``) in one piece of memory. A kernel is
/// called with ``warm(_:_:)`` for the first ``lookback`` rows, with ``first(_:_:)`` for the next one, and with
/// ``next(_:_:)`` for all others. It does TA-Lib's operations in TA-Lib's order where another order would round differently
/// beyond the tolerance, and allocates nothing per bar.
///
/// A kernel that owns memory shares it with its copies: run one of them.
protocol IndicatorKernel {
    associatedtype Value: IndicatorOutput

    /// The rows before the first value.
    var lookback: Int { get }

    /// How many rows before the current one are read again.
    var reach: Int { get }

    /// Takes a row that has no value yet.
    mutating func warm(_ bars: BarColumns, _ row: Int)

    /// The value of the first row that has one.
    mutating func first(_ bars: BarColumns, _ row: Int) -> Value

    /// The value of a later row.
    mutating func next(_ bars: BarColumns, _ row: Int) -> Value

    /// Fills the outputs with the values of all rows from ``lookback`` on, of which there is one at least.
    ///
    /// Where a kernel does better than row by row, it does so here, with the same values to the bit.
    func fill(_ bars: BarColumns, count: Int, into outputs: OutputColumns)
}

extension IndicatorKernel {
    var reach: Int { 0 }

    @inline(__always)
    mutating func warm(_ bars: BarColumns, _ row: Int) {}

    @inline(__always)
    mutating func first(_ bars: BarColumns, _ row: Int) -> Value { next(bars, row) }

    @inline(__always)
    func fill(_ bars: BarColumns, count: Int, into outputs: OutputColumns) {
        fillByRow(bars, count: count, into: outputs)
    }

    @inline(__always)
    func fillByRow(_ bars: BarColumns, count: Int, into outputs: OutputColumns) {
        let lookback = lookback
        var kernel = self
        for row in 0..<lookback { kernel.warm(bars, row) }
        kernel.first(bars, lookback).store(to: outputs, at: 0)
        for row in lookback &+ 1..<count { kernel.next(bars, row).store(to: outputs, at: row &- lookback) }
        // A kernel's memory is used through pointers, of which the compiler knows nothing.
        withExtendedLifetime(kernel) {}
    }
}

/// The columns that a kernel reads, in the order in which its descriptor names them; those that it does not have repeat
/// the first.
struct BarColumns {
    var first: UnsafePointer<Double>
    var second: UnsafePointer<Double>
    var third: UnsafePointer<Double>
    var fourth: UnsafePointer<Double>

    init(_ columns: [UnsafePointer<Double>]) {
        func column(_ index: Int) -> UnsafePointer<Double> { columns[index < columns.count ? index : 0] }
        first = column(0)
        second = column(1)
        third = column(2)
        fourth = column(3)
    }

    @inline(__always)
    init(only column: UnsafePointer<Double>) {
        first = column
        second = column
        third = column
        fourth = column
    }
}

/// Where a kernel's values go, in the order in which its descriptor names them; missing columns repeat the first.
struct OutputColumns {
    var first: UnsafeMutablePointer<Double>
    var second: UnsafeMutablePointer<Double>
    var third: UnsafeMutablePointer<Double>

    init(_ columns: [UnsafeMutablePointer<Double>]) {
        func column(_ index: Int) -> UnsafeMutablePointer<Double> { columns[index < columns.count ? index : 0] }
        first = column(0)
        second = column(1)
        third = column(2)
    }
}

/// What a kernel answers for one row.
protocol IndicatorOutput {
    func store(to outputs: OutputColumns, at index: Int)
    var value: IndicatorValue { get }
}

extension Double: IndicatorOutput {
    @inline(__always)
    func store(to outputs: OutputColumns, at index: Int) { outputs.first[index] = self }

    var value: IndicatorValue { IndicatorValue(self) }
}

/// The values of an indicator with two outputs.
struct OutputPair: IndicatorOutput {
    var first: Double
    var second: Double

    @inline(__always)
    init(_ first: Double, _ second: Double) {
        self.first = first
        self.second = second
    }

    @inline(__always)
    func store(to outputs: OutputColumns, at index: Int) {
        outputs.first[index] = first
        outputs.second[index] = second
    }

    var value: IndicatorValue { IndicatorValue(first, second) }
}

/// The values of an indicator with three outputs.
struct OutputTriple: IndicatorOutput {
    var first: Double
    var second: Double
    var third: Double

    @inline(__always)
    init(_ first: Double, _ second: Double, _ third: Double) {
        self.first = first
        self.second = second
        self.third = third
    }

    @inline(__always)
    func store(to outputs: OutputColumns, at index: Int) {
        outputs.first[index] = first
        outputs.second[index] = second
        outputs.third[index] = third
    }

    var value: IndicatorValue { IndicatorValue(first, second, third) }
}
