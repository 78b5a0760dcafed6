/// A kernel over one series: a moving average, or another function of the last values.
protocol SeriesKernel: IndicatorKernel where Value == Double {
    mutating func warm(_ values: UnsafePointer<Double>, _ row: Int)
    mutating func first(_ values: UnsafePointer<Double>, _ row: Int) -> Double
    mutating func next(_ values: UnsafePointer<Double>, _ row: Int) -> Double
}

extension SeriesKernel {
    @inline(__always)
    mutating func warm(_ values: UnsafePointer<Double>, _ row: Int) {}

    @inline(__always)
    mutating func first(_ values: UnsafePointer<Double>, _ row: Int) -> Double { next(values, row) }

    @inline(__always)
    mutating func warm(_ bars: BarColumns, _ row: Int) { warm(bars.first, row) }

    @inline(__always)
    mutating func first(_ bars: BarColumns, _ row: Int) -> Double { first(bars.first, row) }

    @inline(__always)
    mutating func next(_ bars: BarColumns, _ row: Int) -> Double { next(bars.first, row) }
}

/// A kernel over one series that needs no earlier value but what its state holds.
protocol RecursiveKernel: SeriesKernel {
    mutating func warm(_ value: Double)
    mutating func first(_ value: Double) -> Double
    mutating func next(_ value: Double) -> Double
}

extension RecursiveKernel {
    @inline(__always)
    mutating func warm(_ values: UnsafePointer<Double>, _ row: Int) { warm(values[row]) }

    @inline(__always)
    mutating func first(_ values: UnsafePointer<Double>, _ row: Int) -> Double { first(values[row]) }

    @inline(__always)
    mutating func next(_ values: UnsafePointer<Double>, _ row: Int) -> Double { next(values[row]) }
}

/// A kernel over one series inside another kernel, which counts its rows while it warms up.
struct StagedKernel<Kernel: SeriesKernel> {
    var kernel: Kernel
    let lookback: Int
    private var count = 0

    init(_ kernel: Kernel) {
        self.kernel = kernel
        lookback = kernel.lookback
    }

    /// Takes a row at any stage.
    @inline(__always)
    mutating func step(_ values: UnsafePointer<Double>, _ row: Int) -> Double? {
        count &+= 1
        if count > lookback &+ 1 { return kernel.next(values, row) }
        if count > lookback { return kernel.first(values, row) }
        kernel.warm(values, row)
        return nil
    }

    /// Takes a row after the first value.
    @inline(__always)
    mutating func next(_ values: UnsafePointer<Double>, _ row: Int) -> Double { kernel.next(values, row) }
}

extension StagedKernel where Kernel: RecursiveKernel {
    @inline(__always)
    mutating func step(_ value: Double) -> Double? {
        count &+= 1
        if count > lookback &+ 1 { return kernel.next(value) }
        if count > lookback { return kernel.first(value) }
        kernel.warm(value)
        return nil
    }

    @inline(__always)
    mutating func next(_ value: Double) -> Double { kernel.next(value) }
}
