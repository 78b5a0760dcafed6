/// IMI: the part of the last `period` bars' changes from open to close that went up, in percent; 50 where none changed.
struct IntradayMomentumIndex: IndicatorKernel {
    private let period: Int

    init(period: Int) { self.period = period }

    var lookback: Int { period - 1 }
    var reach: Int { period - 1 }

    @inline(__always)
    mutating func next(_ bars: BarColumns, _ row: Int) -> Double {
        var (up, down) = (0.0, 0.0)
        for index in row &- period &+ 1...row {
            let change = bars.second[index] - bars.first[index]
            if change > 0 { up += change } else { down -= change }
        }
        return up + down == 0 ? 50 : 100 * (up / (up + down))
    }
}
