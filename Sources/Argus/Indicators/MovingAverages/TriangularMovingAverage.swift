/// Triangular moving average: weights rise to the middle of the window and fall again.
///
/// The weighted sum changes by the sums of the two halves of the window, whose values lose and gain one in weight.
struct TriangularMovingAverage: SeriesKernel {
    private let period: Int
    private let half: Int
    private let isOdd: Bool
    private let factor: Double
    private var weightedSum = 0.0
    private var olderSum = 0.0
    private var newerSum = 0.0

    init(period: Int) {
        self.period = period
        half = period / 2
        isOdd = period % 2 == 1
        factor = 1 / (isOdd ? Double(half + 1) * Double(half + 1) : Double(half) * Double(half + 1))
    }

    var lookback: Int { period - 1 }
    var reach: Int { period }

    @inline(__always)
    mutating func first(_ values: UnsafePointer<Double>, _ row: Int) -> Double {
        let start = row - period + 1
        let middle = isOdd ? start + half : start + half - 1
        for index in stride(from: middle, through: start, by: -1) {
            olderSum += values[index]
            weightedSum += olderSum
        }
        if middle < row {
            for index in middle + 1...row {
                newerSum += values[index]
                weightedSum += newerSum
            }
        }
        return weightedSum * factor
    }

    @inline(__always)
    mutating func next(_ values: UnsafePointer<Double>, _ row: Int) -> Double {
        guard period > 1 else { return values[row] }
        weightedSum -= olderSum
        olderSum -= values[row &- period]
        let middle = values[row &- half]
        olderSum += middle
        if isOdd {
            weightedSum += newerSum
            newerSum -= middle
        } else {
            newerSum -= middle
            weightedSum += newerSum
        }
        newerSum += values[row]
        weightedSum += values[row]
        return weightedSum * factor
    }
}
