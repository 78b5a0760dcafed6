/// Double exponential moving average (Mulloy 1994): twice the average less the average of the average.
struct DoubleExponentialAverage: RecursiveKernel {
    private var once: StagedKernel<ExponentialMovingAverage>
    private var twice: StagedKernel<ExponentialMovingAverage>

    init(period: Int) {
        once = StagedKernel(ExponentialMovingAverage(period: period))
        twice = once
    }

    var lookback: Int { 2 * once.lookback }

    @inline(__always)
    mutating func warm(_ value: Double) {
        if let average = once.step(value) { _ = twice.step(average) }
    }

    @inline(__always)
    mutating func first(_ value: Double) -> Double {
        guard let single = once.step(value), let double = twice.step(single) else { return .nan }
        return 2 * single - double
    }

    @inline(__always)
    mutating func next(_ value: Double) -> Double {
        let single = once.next(value)
        return 2 * single - twice.next(single)
    }
}

/// Triple exponential moving average (Mulloy 1994): 3·(average − its average) + the average of that.
struct TripleExponentialAverage: RecursiveKernel {
    private var stages: ThriceSmoothed

    init(period: Int) { stages = ThriceSmoothed(period: period) }

    var lookback: Int { stages.lookback }

    @inline(__always)
    mutating func warm(_ value: Double) { _ = stages.step(value) }

    @inline(__always)
    mutating func first(_ value: Double) -> Double {
        guard stages.step(value) != nil else { return .nan }
        return combined
    }

    @inline(__always)
    mutating func next(_ value: Double) -> Double {
        _ = stages.next(value)
        return combined
    }

    @inline(__always)
    private var combined: Double { (3 * stages.once - 3 * stages.twice) + stages.thrice }
}

/// TRIX: the change in percent of an exponential average of an exponential average of an exponential average.
struct TripleAverageChange: RecursiveKernel {
    private var stages: ThriceSmoothed
    private var previous = 0.0

    init(period: Int) { stages = ThriceSmoothed(period: period) }

    var lookback: Int { stages.lookback + 1 }

    @inline(__always)
    mutating func warm(_ value: Double) {
        if let average = stages.step(value) { previous = average }
    }

    @inline(__always)
    mutating func first(_ value: Double) -> Double {
        guard let average = stages.step(value) else { return .nan }
        return change(to: average)
    }

    @inline(__always)
    mutating func next(_ value: Double) -> Double { change(to: stages.next(value)) }

    @inline(__always)
    private mutating func change(to average: Double) -> Double {
        let before = previous
        previous = average
        return before != 0 ? (average / before - 1) * 100 : 0
    }
}

/// Three exponential averages, each of the one before it.
struct ThriceSmoothed {
    private var stageOne: StagedKernel<ExponentialMovingAverage>
    private var stageTwo: StagedKernel<ExponentialMovingAverage>
    private var stageThree: StagedKernel<ExponentialMovingAverage>
    private(set) var once = 0.0
    private(set) var twice = 0.0
    private(set) var thrice = 0.0

    init(period: Int) {
        stageOne = StagedKernel(ExponentialMovingAverage(period: period))
        stageTwo = stageOne
        stageThree = stageOne
    }

    var lookback: Int { 3 * stageOne.lookback }

    /// Takes a value at any stage; the third average where there is one.
    @inline(__always)
    mutating func step(_ value: Double) -> Double? {
        guard let first = stageOne.step(value) else { return nil }
        once = first
        guard let second = stageTwo.step(first) else { return nil }
        twice = second
        guard let third = stageThree.step(second) else { return nil }
        thrice = third
        return third
    }

    /// Takes a value after the first result.
    @inline(__always)
    mutating func next(_ value: Double) -> Double {
        once = stageOne.next(value)
        twice = stageTwo.next(once)
        thrice = stageThree.next(twice)
        return thrice
    }
}
