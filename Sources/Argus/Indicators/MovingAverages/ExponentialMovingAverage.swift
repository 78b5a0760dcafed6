/// Exponential moving average, seeded with the mean of its first `period` values.
///
/// The weights of the newest value and of the average add up to one exactly, so that a constant series stays where it is. A
/// period of one means no smoothing.
struct ExponentialMovingAverage: RecursiveKernel {
    private let period: Int
    private let weight: Double
    private let memory: Double
    private var average = 0.0

    /// - Parameter weight: the weight of the newest value; 2/(period + 1) unless a function fixes another.
    init(period: Int, weight: Double? = nil) {
        self.period = period
        let memory = period == 1 ? 0 : weight.map { 1 - $0 } ?? Double(period - 1) / Double(period + 1)
        self.weight = 1 - memory
        self.memory = 1 - self.weight
    }

    var lookback: Int { period - 1 }

    @inline(__always)
    mutating func warm(_ value: Double) { average += value }

    @inline(__always)
    mutating func first(_ value: Double) -> Double {
        average = (average + value) / Double(period)
        return average
    }

    @inline(__always)
    mutating func next(_ value: Double) -> Double {
        average = weight * value + memory * average
        return average
    }
}
