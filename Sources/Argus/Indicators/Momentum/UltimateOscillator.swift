/// ULTOSC (Williams 1985): buying pressure in parts of the true range over three spans, weighted 4, 2 and 1 from the
/// shortest to the longest.
struct UltimateOscillator: IndicatorKernel {
    private let periods: (short: Int, middle: Int, long: Int)
    private var pressures: SeriesHistory
    private var ranges: SeriesHistory
    private var sums = SIMD4<Double>(repeating: 0)
    private var longSums = SIMD2<Double>(repeating: 0)
    private var rows = 0

    init(periods: [Int]) {
        let sorted = periods.sorted()
        self.periods = (sorted[0], sorted[1], sorted[2])
        pressures = SeriesHistory(reach: sorted[2])
        ranges = SeriesHistory(reach: sorted[2])
    }

    var lookback: Int { periods.long }
    var reach: Int { 1 }

    @inline(__always)
    mutating func warm(_ bars: BarColumns, _ row: Int) {
        rows &+= 1
        guard rows > 1 else { return }
        let (pressure, range) = terms(bars, row)
        _ = pressures.append(pressure)
        _ = ranges.append(range)
        // Rows of the first window, less its newest: 1 … long − 1.
        let age = periods.long &+ 1 &- rows
        if age < periods.short {
            sums[0] += pressure
            sums[1] += range
        }
        if age < periods.middle {
            sums[2] += pressure
            sums[3] += range
        }
        longSums += SIMD2(pressure, range)
    }

    @inline(__always)
    mutating func next(_ bars: BarColumns, _ row: Int) -> Double {
        let (pressure, range) = terms(bars, row)
        let place = pressures.append(pressure)
        _ = ranges.append(range)
        sums += SIMD4(pressure, range, pressure, range)
        longSums += SIMD2(pressure, range)
        var output = 0.0
        if !isNearZero(sums[1]) { output += 4 * (sums[0] / sums[1]) }
        if !isNearZero(sums[3]) { output += 2 * (sums[2] / sums[3]) }
        if !isNearZero(longSums[1]) { output += longSums[0] / longSums[1] }
        let short = place &- periods.short &+ 1
        let middle = place &- periods.middle &+ 1
        let long = place &- periods.long &+ 1
        sums -= SIMD4(
            pressures.values[short], ranges.values[short], pressures.values[middle], ranges.values[middle])
        longSums -= SIMD2(pressures.values[long], ranges.values[long])
        return 100 * (output / 7)
    }

    /// Buying pressure, the close above the true low, and the true range.
    @inline(__always)
    private func terms(_ bars: BarColumns, _ row: Int) -> (Double, Double) {
        let (low, before) = (bars.second[row], bars.third[row &- 1])
        return (bars.third[row] - (low < before ? low : before), TrueRange.range(bars, row))
    }
}
