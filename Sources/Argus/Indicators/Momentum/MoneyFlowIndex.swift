/// MFI: the part of the money flow (typical price times volume) of the last `period` bars on which the typical price rose.
struct MoneyFlowIndex: IndicatorKernel {
    private let period: Int
    private var positive = 0.0
    private var negative = 0.0
    private var previous = 0.0
    private var hasPrevious = false
    private var barsWithoutFlow = 0
    private var positives: SeriesHistory
    private var negatives: SeriesHistory

    init(period: Int) {
        self.period = period
        positives = SeriesHistory(reach: period)
        negatives = SeriesHistory(reach: period)
    }

    var lookback: Int { period }

    @inline(__always)
    mutating func warm(_ bars: BarColumns, _ row: Int) {
        if hasPrevious { take(bars, row) } else { previous = PriceMeans.typical(bars, row) }
        hasPrevious = true
    }

    @inline(__always)
    mutating func first(_ bars: BarColumns, _ row: Int) -> Double {
        take(bars, row)
        return index
    }

    @inline(__always)
    mutating func next(_ bars: BarColumns, _ row: Int) -> Double {
        positive -= positives.oldest(period)
        negative -= negatives.oldest(period)
        take(bars, row)
        return index
    }

    @inline(__always)
    private mutating func take(_ bars: BarColumns, _ row: Int) {
        let price = PriceMeans.typical(bars, row)
        let change = price - previous
        let scale = abs(price) + abs(previous)
        previous = price
        let flow = isNearZero(change, scale: scale) ? 0 : price * bars.fourth[row]
        let up = change < 0 ? 0 : flow
        let down = change < 0 ? flow : 0
        _ = positives.append(up)
        _ = negatives.append(down)
        positive += up
        negative += down
        // A window without any flow has sums of exactly zero, whatever rounding has left in them.
        barsWithoutFlow = flow == 0 ? barsWithoutFlow &+ 1 : 0
        if barsWithoutFlow >= period {
            barsWithoutFlow = period
            positive = 0
            negative = 0
        }
    }

    @inline(__always)
    private var index: Double {
        let total = positive + negative
        guard total > 0 else { return 0 }
        let clamped = positive < 0 ? 0 : (positive > total ? total : positive)
        return 100 * (clamped / total)
    }
}
