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
