/// Hull's moving average (2005): the weighted average, over √period bars, of twice the weighted average of half the period
/// less that of the whole. The half and the root are cut to whole numbers; a period of one means no smoothing.
struct HullMovingAverage: SeriesKernel {
    private let period: Int
    private var whole: StagedKernel<WeightedMovingAverage>
    private var half: StagedKernel<WeightedMovingAverage>
    private let halfDelay: Int
    private var outer: StagedKernel<WeightedMovingAverage>
    private var differences: SeriesHistory
    private var rows = 0

    init(period: Int) {
        self.period = period
        let halfPeriod = max(period / 2, 1)
        whole = StagedKernel(WeightedMovingAverage(period: period))
        half = StagedKernel(WeightedMovingAverage(period: halfPeriod))
        halfDelay = period - halfPeriod
        let outerAverage = WeightedMovingAverage(period: Int(Double(period).squareRoot()))
        outer = StagedKernel(outerAverage)
        differences = SeriesHistory(reach: outerAverage.reach)
    }

    var lookback: Int { whole.lookback + outer.lookback }
    var reach: Int { period }

    @inline(__always)
    mutating func warm(_ values: UnsafePointer<Double>, _ row: Int) { _ = step(values, row) }

    @inline(__always)
    mutating func first(_ values: UnsafePointer<Double>, _ row: Int) -> Double {
        period > 1 ? step(values, row) ?? .nan : values[row]
    }

    @inline(__always)
    mutating func next(_ values: UnsafePointer<Double>, _ row: Int) -> Double {
        guard period > 1 else { return values[row] }
        let difference = 2 * half.next(values, row) - whole.next(values, row)
        let place = differences.append(difference)
        return outer.next(differences.values, place)
    }

    private static let blockRows = 1024

    func fill(_ bars: BarColumns, count: Int, into outputs: OutputColumns) {
        guard period > 1 else { return fillByRow(bars, count: count, into: outputs) }
        // One average after the other, so that each can stay in registers. The last differences of a block stand before the next.
        let reach = outer.kernel.reach
        let memory = SeriesHistory(reach: reach + 2 * Self.blockRows)
        let (halves, start) = (memory.memory, memory.memory + Self.blockRows)
        var (whole, half, outer) = (whole.kernel, half.kernel, outer.kernel)
        let (values, block) = (bars.first, start + reach)
        let (first, firstValue) = (self.whole.lookback, lookback)
        var row = first
        while row < count {
            let rows = min(Self.blockRows, count - row)
            Self.run(&half, values + row, rows, isFirst: row == first, into: halves)
            Self.run(&whole, values + row, rows, isFirst: row == first, into: block)
            for index in 0..<rows { block[index] = 2 * halves[index] - block[index] }
            let skipped = min(rows, max(0, firstValue - row))
            Self.run(
                &outer, block + skipped, rows - skipped, isFirst: row <= firstValue && skipped < rows,
                into: outputs.first + (row + skipped - firstValue))
            start.update(from: start + rows, count: reach)
            row += rows
        }
        withExtendedLifetime(memory) {}
    }

    /// The averages that end at the values from `values` on.
    @inline(never)
    private static func run(
        _ average: inout WeightedMovingAverage, _ values: UnsafePointer<Double>, _ count: Int, isFirst: Bool,
        into outputs: UnsafeMutablePointer<Double>
    ) {
        var kernel = average
        var row = 0
        if isFirst {
            outputs[0] = kernel.first(values, 0)
            row = 1
        }
        while row < count {
            outputs[row] = kernel.next(values, row)
            row &+= 1
        }
        average = kernel
    }

    private mutating func step(_ values: UnsafePointer<Double>, _ row: Int) -> Double? {
        let wholeAverage = whole.step(values, row)
        // Both averages of the price begin on the same bar.
        defer { rows += 1 }
        guard rows >= halfDelay else { return nil }
        let halfAverage = half.step(values, row)
        guard let wholeAverage, let halfAverage else { return nil }
        let place = differences.append(2 * halfAverage - wholeAverage)
        return outer.step(differences.values, place)
    }
}
