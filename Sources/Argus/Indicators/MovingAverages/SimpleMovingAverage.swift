/// The simple moving average of values that come one by one.
struct SimpleMovingAverage {
    private var line: SmoothedLine<SimpleAverage>

    init(period: Int) { line = SmoothedLine(SimpleAverage(period: period)) }

    mutating func next(_ value: Double) -> Double? { line.step(value) }
}
