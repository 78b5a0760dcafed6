/// The first two moments of times in milliseconds, of which the latest count most.
struct TimeMoments: Sendable, Equatable {
    /// As many count in the long run, each as much less as it is older.
    private static let latest = 200.0
    /// So many times of its own weigh as much as what is known of the greater whole: k of the credibility Z = n / (n + k)
    /// (H. Bühlmann, Experience rating and credibility, ASTIN Bulletin 4, 1967).
    private static let prior = 5.0

    private(set) var count = 0.0
    private var sum = 0.0
    private var squares = 0.0

    var mean: Double { count > 0 ? sum / count : 0 }
    var meanSquare: Double { count > 0 ? squares / count : 0 }

    mutating func add(_ milliseconds: Double) {
        if count >= Self.latest {
            let kept = (Self.latest - 1) / count
            (count, sum, squares) = (count * kept, sum * kept, squares * kept)
        }
        count += 1
        sum += milliseconds
        squares += milliseconds * milliseconds
    }

    mutating func add(_ others: TimeMoments) {
        count += others.count
        sum += others.sum
        squares += others.squares
    }

    /// What is to be expected of the next one, by these and by what is known of the whole that they are a part of.
    func estimate(within whole: (mean: Double, meanSquare: Double)) -> (mean: Double, meanSquare: Double) {
        let own = count / (count + Self.prior)
        return (own * mean + (1 - own) * whole.mean, own * meanSquare + (1 - own) * whole.meanSquare)
    }
}
