/// An exponential average, m·average + w·value, reckoned from the average two bars ago: m²·average₋₂ + m·w·value₋₁ + w·value.
///
/// The sums do not wait for the bar before, so that two bars are under way at once.
struct SmoothedValue {
    private let weight: Double
    private let memory: Double
    private let memoryOfTwo: Double
    /// What the bar before adds to the next.
    private var carried = 0.0
    private var beforeLast = 0.0
    private(set) var last = 0.0

    /// - Parameter memory: the part of the average that remains after a bar.
    init(memory: Double) {
        self.memory = memory
        weight = 1 - memory
        memoryOfTwo = memory * memory
    }

    @inline(__always)
    mutating func seed(_ value: Double) {
        last = value
        carried = memory * value
        beforeLast = 0
    }

    @inline(__always)
    mutating func next(_ value: Double) -> Double {
        let entering = weight * value
        let average = (entering + carried) + memoryOfTwo * beforeLast
        carried = memory * entering
        beforeLast = last
        last = average
        return average
    }
}
