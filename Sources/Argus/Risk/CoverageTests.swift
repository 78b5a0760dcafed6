/// Whether losses exceeded a value at risk as often, and as independently, as they should.
struct CoverageTests: Sendable {
    struct Test: Sendable, Equatable {
        var statistic: Double
        var pValue: Double
    }

    let observations: Int
    let exceptions: Int
    /// Unconditional coverage (Kupiec 1995), χ²(1).
    let kupiec: Test
    /// Independence of successive days (Christoffersen 1998), χ²(1).
    let independence: Test
    /// Both together, χ²(2).
    let conditional: Test
    /// Whether the data tell how exceptions follow each other.
    let isIdentified: Bool

    /// - Parameters:
    ///   - exceptions: for each day, in order, whether the loss was larger than the value at risk; at least one day.
    ///   - probability: 1 − confidence.
    init(_ exceptions: [Bool], probability: Double) {
        let count = exceptions.count { $0 }
        observations = exceptions.count
        self.exceptions = count
        let coverage = Self.coverage(observations: exceptions.count, exceptions: count, probability: probability)
        // How often a day of the one kind was followed by one of the other.
        var transitions = [[0, 0], [0, 0]]
        for (before, after) in zip(exceptions, exceptions.dropFirst()) {
            transitions[before ? 1 : 0][after ? 1 : 0] += 1
        }
        let rows = transitions.map { $0[0] + $0[1] }
        isIdentified = count > 0 && rows[0] > 0 && rows[1] > 0
        kupiec = Test(statistic: coverage, pValue: ChiSquaredDistribution(degrees: 1).survival(coverage))
        var dependence = 0.0
        if count > 0, rows[0] + rows[1] > 0 {
            let (good, bad) = (transitions[0][0] + transitions[1][0], transitions[0][1] + transitions[1][1])
            dependence =
                2
                * (Self.likelihood(transitions[0]) + Self.likelihood(transitions[1]) - Self.likelihood([good, bad]))
        }
        dependence = max(dependence, 0)
        independence = Test(
            statistic: dependence,
            pValue: count > 0 ? ChiSquaredDistribution(degrees: 1).survival(dependence) : 1)
        let both = coverage + dependence
        conditional = Test(statistic: both, pValue: ChiSquaredDistribution(degrees: 2).survival(both))
    }

    /// −2 ln[(1 − p)^{T−x}pˣ/((1 − x/T)^{T−x}(x/T)ˣ)], with 0·ln 0 = 0.
    static func coverage(observations: Int, exceptions: Int, probability: Double) -> Double {
        let (good, bad) = (Double(observations - exceptions), Double(exceptions))
        let expected = good * RealMath.logarithm1p(-probability) + (bad > 0 ? bad * RealMath.logarithm(probability) : 0)
        return max(0, 2 * (likelihood([observations - exceptions, exceptions]) - expected))
    }

    /// The largest log-likelihood of so many outcomes of each of two kinds, with 0·ln 0 = 0.
    private static func likelihood(_ counts: [Int]) -> Double {
        let total = Double(counts[0] + counts[1])
        return counts.reduce(0) { $1 > 0 ? $0 + Double($1) * RealMath.logarithm(Double($1) / total) : $0 }
    }
}

/// The Basel Committee's traffic light (1996).
enum BaselZone: String, Sendable, CaseIterable {
    case green, yellow, red

    /// The days that it looks at.
    static let days = 250

    /// - Parameter exceptions: among the latest `observations` days, ``days`` at most.
    ///
    /// Green while so few exceptions, or fewer, have a probability below 95%, red from 99.99% on. For 250 days at 99% that is
    /// green to 4, yellow to 9.
    init(exceptions: Int, observations: Int, confidence: Double) {
        let cumulative = BinomialDistribution(trials: observations, probability: 1 - confidence).cumulative(exceptions)
        self = cumulative < 0.95 ? .green : cumulative < 0.9999 ? .yellow : .red
    }
}
