/// Wilder's relative strength index (New Concepts in Technical Trading Systems, 1978), 100 · gain/(gain + loss).
///
/// The first averages are means over `period` changes, the later ones Wilder's. Without any change it is 0, as in TA-Lib.
struct RelativeStrengthIndex: IndicatorKernel {
    private let period: Double
    private let warmUp: Int
    private var changes = 0
    private var previous: Double?
    private var gain = 0.0
    private var loss = 0.0

    init(period: Int) {
        self.period = Double(period)
        warmUp = period
    }

    mutating func next(_ sample: IndicatorSample) -> IndicatorValue? {
        let value = sample.first
        guard let last = previous else {
            previous = value
            return nil
        }
        previous = value
        let change = value - last
        let isWarm = changes >= warmUp
        if isWarm {
            gain *= period - 1
            loss *= period - 1
        }
        if change < 0 { loss -= change } else { gain += change }
        if isWarm {
            gain /= period
            loss /= period
        } else {
            changes += 1
            guard changes == warmUp else { return nil }
            loss /= period
            gain /= period
        }
        let total = gain + loss
        return IndicatorValue(total == 0 ? 0 : 100 * (gain / total))
    }
}
