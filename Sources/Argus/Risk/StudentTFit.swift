/// The location, scale and degrees of freedom of Student's t that make a sample most likely.
struct StudentTFit: Sendable {
    /// Where the degrees of freedom are sought: the variance exists, and beyond the end nothing tells t from normal.
    static let degrees = 2.1...200.0

    let location: Double
    let scale: Double
    let degrees: Double
    let logLikelihood: Double

    private static let gridSize = 10
    private static let mostSteps = 2000

    init(_ sample: [Double]) throws(Refusal) {
        let moments = Moments(sample)
        let deviation = moments.standardDeviation
        guard deviation > 0, deviation.isFinite, Self.spread(sample) > 1e-12 else {
            throw Refusal(.constantSeries, "a t distribution cannot be fitted to returns that do not vary")
        }
        if let ties = Self.tooManyTies(sample) { throw ties }
        let standard = sample.map { ($0 - moments.mean) / deviation }
        var profile = Profile(standard)

        // The profile has one peak as a rule; the grid makes sure that it is the highest one.
        let (low, high) = (
            RealMath.logarithm(Self.degrees.lowerBound), RealMath.logarithm(Self.degrees.upperBound)
        )
        let grid = (0...Self.gridSize).map { low + (high - low) * Double($0) / Double(Self.gridSize) }
        let heights = grid.map { profile.evaluate(RealMath.exponential($0)).logLikelihood }
        let best = heights.indices.max { heights[$0] < heights[$1] } ?? 0
        let interval = grid[max(0, best - 1)]...grid[min(Self.gridSize, best + 1)]
        profile.restart()
        let peak = BrentMinimum(tolerance: 1e-9).minimum(in: interval) {
            -profile.evaluate(RealMath.exponential($0)).logLikelihood
        }
        let candidates = [RealMath.exponential(peak.point), Self.degrees.lowerBound, Self.degrees.upperBound]
            .map { min(max($0, Self.degrees.lowerBound), Self.degrees.upperBound) }
            .map { (degrees: $0, profile.evaluate($0)) }
        let (degrees, found) = candidates.max { $0.1.logLikelihood < $1.1.logLikelihood } ?? candidates[0]
        self.degrees = degrees
        location = moments.mean + deviation * found.location
        scale = deviation * found.scale
        logLikelihood = found.logLikelihood - Double(sample.count) * RealMath.logarithm(deviation)
        guard scale > 0, scale.isFinite, location.isFinite, logLikelihood.isFinite else {
            throw Refusal("the likelihood of a t distribution has no maximum for these returns")
        }
    }

    /// The range of the sample, relative to its largest value.
    private static func spread(_ sample: [Double]) -> Double {
        let (low, high) = (sample.min() ?? 0, sample.max() ?? 0)
        return high > low ? (high - low) / max(abs(low), abs(high)) : 0
    }

    /// Where k of n values are equal and k > ν(n − k), the likelihood grows without bound as the scale shrinks around them.
    private static func tooManyTies(_ sample: [Double]) -> Refusal? {
        let sorted = sample.sorted()
        var (run, longest, value) = (0, 0, 0.0)
        for index in sorted.indices {
            run = index > 0 && sorted[index] == sorted[index - 1] ? run + 1 : 1
            if run > longest { (longest, value) = (run, sorted[index]) }
        }
        guard Double(longest) > degrees.lowerBound * Double(sample.count - longest) else { return nil }
        return Refusal(
            "\(longest) of \(sample.count) returns are \(NumberText.shortest(value)): the likelihood of a t distribution "
                + "grows without bound")
    }

    /// The likelihood at its best location and scale, as a function of the degrees of freedom.
    private struct Profile {
        struct Point {
            var location = 0.0
            var scale = 1.0
            var logLikelihood = -Double.infinity
        }

        private let sample: [Double]
        private var last = Point()

        init(_ sample: [Double]) { self.sample = sample }

        /// Forgets where the last search ended.
        mutating func restart() { last = Point() }

        /// By expectation and maximisation with an expanded parameter (Liu, Rubin and Wu 1998), which never lowers the
        /// likelihood, from where the last search ended.
        mutating func evaluate(_ degrees: Double) -> Point {
            var (location, square) = (last.location, last.scale * last.scale)
            for _ in 0..<StudentTFit.mostSteps {
                var (weights, weighted) = (0.0, 0.0)
                for value in sample {
                    let deviation = value - location
                    let weight = (degrees + 1) / (degrees + deviation * deviation / square)
                    weights += weight
                    weighted += weight * deviation
                }
                let shift = weighted / weights
                var squares = 0.0
                for value in sample {
                    let deviation = value - location
                    let weight = (degrees + 1) / (degrees + deviation * deviation / square)
                    squares += weight * (deviation - shift) * (deviation - shift)
                }
                let next = squares / weights
                let isDone = abs(next - square) <= 1e-13 * square && abs(shift) <= 1e-13 * next.squareRoot()
                location += shift
                square = next
                guard square > 0, square.isFinite else { break }
                if isDone { break }
            }
            last = Point(location: location, scale: square.squareRoot())
            let distribution = StudentTDistribution(degrees: degrees)
            let constant = RealMath.logarithm(distribution.peak) - RealMath.logarithm(last.scale)
            var growth = 0.0
            for value in sample {
                let z = (value - location) / last.scale
                growth += RealMath.logarithm1p(z * z / degrees)
            }
            last.logLikelihood = Double(sample.count) * constant - (degrees + 1) / 2 * growth
            return last
        }
    }
}
