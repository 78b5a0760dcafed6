/// CCI (Lambert 1980): how far the typical price is from its mean over `period` bars, in units of 0.015 mean deviations.
///
/// The window lies in a ring, and both sums go over it from the ring's first place, as TA-Lib's do: where prices do not move,
/// what is left of the rounding depends on the order.
struct CommodityChannelIndex: IndicatorKernel {
    private let period: Int
    private var ring: SeriesHistory
    private var place = 0

    init(period: Int) {
        self.period = period
        ring = SeriesHistory(reach: period)
    }

    var lookback: Int { period - 1 }

    @inline(__always)
    mutating func warm(_ bars: BarColumns, _ row: Int) { _ = take(bars, row) }

    @inline(__always)
    mutating func next(_ bars: BarColumns, _ row: Int) -> Double {
        let price = take(bars, row)
        let values = ring.values
        var sum = 0.0
        for index in 0..<period { sum += values[index] }
        let mean = sum / Double(period)
        var deviation = 0.0
        for index in 0..<period { deviation += abs(values[index] - mean) }
        deviation /= Double(period)
        let distance = price - mean
        guard !isNearZero(distance, scale: abs(mean)), !isNearZero(deviation, scale: abs(mean)) else { return 0 }
        return distance / (0.015 * deviation)
    }

    @inline(__always)
    private mutating func take(_ bars: BarColumns, _ row: Int) -> Double {
        let price = PriceMeans.typical(bars, row)
        ring.replace(place, with: price)
        place &+= 1
        if place == period { place = 0 }
        return price
    }
}
