/// What a function of the ROC family answers of a value and the value `period` bars before it.
protocol ChangeMeasure {
    static func value(_ now: Double, _ before: Double) -> Double
}

/// MOM
enum ChangeAsDifference: ChangeMeasure {
    @inline(__always)
    static func value(_ now: Double, _ before: Double) -> Double { now - before }
}

/// ROC
enum ChangeInPercent: ChangeMeasure {
    @inline(__always)
    static func value(_ now: Double, _ before: Double) -> Double { before != 0 ? (now / before - 1) * 100 : 0 }
}

/// ROCP
enum ChangeAsFraction: ChangeMeasure {
    @inline(__always)
    static func value(_ now: Double, _ before: Double) -> Double { before != 0 ? (now - before) / before : 0 }
}

/// ROCR
enum ChangeAsRatio: ChangeMeasure {
    @inline(__always)
    static func value(_ now: Double, _ before: Double) -> Double { before != 0 ? now / before : 0 }
}

/// ROCR100
enum ChangeAsRatioInPercent: ChangeMeasure {
    @inline(__always)
    static func value(_ now: Double, _ before: Double) -> Double { before != 0 ? now / before * 100 : 0 }
}

/// MOM, ROC, ROCP, ROCR and ROCR100. A change from zero is 0.
struct ChangeOverPeriod<Measure: ChangeMeasure>: SeriesKernel {
    let period: Int

    var lookback: Int { period }
    var reach: Int { period }

    @inline(__always)
    mutating func next(_ values: UnsafePointer<Double>, _ row: Int) -> Double {
        Measure.value(values[row], values[row &- period])
    }
}
