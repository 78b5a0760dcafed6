/// The moments of a sample, by two passes.
struct Moments: Sendable {
    let count: Int
    let mean: Double
    /// Sums of the second, third and fourth powers of the deviations from the mean.
    let squares: Double
    let cubes: Double
    let fourths: Double

    init(_ values: [Double]) {
        count = values.count
        var total = 0.0
        for value in values { total += value }
        let mean = total / Double(values.count)
        var (squares, cubes, fourths) = (0.0, 0.0, 0.0)
        for value in values {
            let deviation = value - mean
            let square = deviation * deviation
            squares += square
            cubes += square * deviation
            fourths += square * square
        }
        self.mean = mean
        self.squares = squares
        self.cubes = cubes
        self.fourths = fourths
    }

    /// With divisor n − 1.
    var standardDeviation: Double { (squares / Double(count - 1)).squareRoot() }

    /// m₃/m₂^{3/2}, moments with divisor n; NaN where all values are equal.
    var skewness: Double {
        let variance = squares / Double(count)
        return cubes / Double(count) / (variance * variance.squareRoot())
    }

    /// m₄/m₂² − 3, moments with divisor n; NaN where all values are equal.
    var excessKurtosis: Double {
        let variance = squares / Double(count)
        return fourths / Double(count) / (variance * variance) - 3
    }
}

/// Mean and spread of the last `window` values of a stream.
///
/// Kept as two stacks whose parts are merged (Chan, Golub and LeVeque 1979), never subtracted: a value that has left leaves no
/// rounding error behind, however large it was.
struct SlidingMoments: Sendable {
    private struct Part {
        var count = 0.0
        var mean = 0.0
        var squares = 0.0

        func merged(with other: Part) -> Part {
            guard count > 0 else { return other }
            guard other.count > 0 else { return self }
            let total = count + other.count
            let difference = other.mean - mean
            return Part(
                count: total, mean: mean + difference * (other.count / total),
                squares: squares + other.squares + difference * difference * (count * other.count / total))
        }
    }

    private let window: Int
    /// The older values, newest first; each entry stands for itself and all that came after it in the window's older part.
    private var older: [Part] = []
    private var newer: [Double] = []
    private var newerPart = Part()

    init(window: Int) { self.window = window }

    /// Takes a value; answers the sample standard deviation (divisor n − 1) once the window is full.
    mutating func next(_ value: Double) -> Double? { moments(after: value)?.variance.squareRoot() }

    /// Takes a value; answers the mean and the sample variance (divisor n − 1) once the window is full.
    mutating func moments(after value: Double) -> (mean: Double, variance: Double)? {
        if older.count + newer.count == window { removeOldest() }
        newer.append(value)
        newerPart = newerPart.merged(with: Part(count: 1, mean: value))
        guard older.count + newer.count == window else { return nil }
        let all = (older.last ?? Part()).merged(with: newerPart)
        return (all.mean, all.squares / Double(window - 1))
    }

    private mutating func removeOldest() {
        if older.isEmpty {
            var part = Part()
            for value in newer.reversed() {
                part = Part(count: 1, mean: value).merged(with: part)
                older.append(part)
            }
            newer.removeAll(keepingCapacity: true)
            newerPart = Part()
        }
        older.removeLast()
    }
}
