/// MAVP: a moving average whose period is given for each bar, cut to a whole number and to a range of periods.
///
/// The averages of all periods in the range go along, for any of them may be asked for on the next bar; they begin together
/// with the longest, as TA-Lib's do. A bar so costs as much as there are periods in the range.
struct VariablePeriodAverage<Average: SeriesKernel>: IndicatorKernel {
    private var averages: [StagedKernel<Average>]
    private let smallest: Int
    private let largest: Int
    let lookback: Int
    let reach: Int
    private var rows = 0

    init(periods: ClosedRange<Int>, average: (Int) -> Average) {
        let averages = periods.map { StagedKernel(average($0)) }
        self.averages = averages
        smallest = periods.lowerBound
        largest = periods.upperBound
        lookback = averages[averages.count - 1].lookback
        reach = averages[averages.count - 1].kernel.reach
    }

    mutating func warm(_ bars: BarColumns, _ row: Int) {
        for index in averages.indices where rows >= lookback - averages[index].lookback {
            _ = averages[index].step(bars.first, row)
        }
        rows += 1
    }

    mutating func first(_ bars: BarColumns, _ row: Int) -> Double {
        let wanted = period(bars.second[row]) - smallest
        var answer = Double.nan
        for index in averages.indices {
            let value = averages[index].step(bars.first, row)
            if index == wanted { answer = value ?? .nan }
        }
        return answer
    }

    @inline(__always)
    mutating func next(_ bars: BarColumns, _ row: Int) -> Double {
        let wanted = period(bars.second[row]) - smallest
        var answer = Double.nan
        for index in averages.indices {
            let value = averages[index].next(bars.first, row)
            if index == wanted { answer = value }
        }
        return answer
    }

    private func period(_ value: Double) -> Int {
        guard value >= Double(smallest) else { return smallest }
        return value > Double(largest) ? largest : Int(value)
    }
}
