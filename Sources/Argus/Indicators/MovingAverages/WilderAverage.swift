/// Wilder's average (1978, "New Concepts in Technical Trading Systems"): exponential, the newest value weighs 1/period; seeded with the
/// mean of its first `period` values. A period of one means no smoothing.
struct WilderAverage: RecursiveKernel {
    private let period: Int
    private var total = 0.0
    private var average: SmoothedValue

    init(period: Int) {
        self.period = period
        average = SmoothedValue(memory: Double(period - 1) / Double(period))
    }

    var lookback: Int { period - 1 }

    @inline(__always)
    mutating func warm(_ value: Double) { total += value }

    @inline(__always)
    mutating func first(_ value: Double) -> Double {
        average.seed((total + value) / Double(period))
        return average.last
    }

    @inline(__always)
    mutating func next(_ value: Double) -> Double { average.next(value) }
}
