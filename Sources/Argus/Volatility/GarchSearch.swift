/// The search for the parameters under which returns are the likeliest.
///
/// Such likelihoods have several maxima, of short series above all. So a few rough searches start far from one another, and the
/// best of them are carried on. EGARCH reacts to |z|, so that its likelihood has a kink wherever μ equals a return, and its
/// maximum is mostly at one: there the search goes on from kink to kink.
struct GarchSearch: Sendable {
    let likelihood: GarchLikelihood
    let space: GarchSearchSpace

    private static let rough = QuasiNewton(tolerance: 1e-4, mostIterations: 25)
    private static let fine = QuasiNewton(tolerance: 1e-8, mostIterations: 100)
    /// Of the likeliest starts, so many are searched: more of them where returns are few, which cost less and have more maxima.
    private static let searches = 4...16
    private static let searchedReturns = 16_000
    /// Of the rough searches, the best so many are carried on.
    private static let mostCarriedOn = 3
    /// The longest walk along kinks, on each side.
    private static let mostKinks = 40
    /// Mean log-likelihoods no further apart are of the same maximum.
    private static let sameHeight = 1e-5
    /// Kinks that may be worse, on each side, before the walk along them ends.
    private static let patience = 3

    /// The minimum of the mean negative log-likelihood.
    /// - Parameter mean: of the returns.
    /// - Returns: `nil` where no start has a likelihood.
    func best(mean: Double) -> Minimum<[Double]>? {
        let starts = space.starts(mean: mean).map { point in
            (point: point, value: likelihood.value(space.parameters(point)).logLikelihood)
        }.filter { $0.value.isFinite }.sorted { $0.value > $1.value }
        var evaluations = starts.count
        let wanted = Self.searchedReturns / likelihood.returns.count
        let most = min(Self.searches.upperBound, max(Self.searches.lowerBound, wanted))
        var rough = starts.prefix(most).map { start in
            var hessian: [[Double]]?
            let found = Self.rough.minimum(from: start.point, in: space.box, hessian: &hessian, height)
            evaluations += found.evaluations
            return (found: found, hessian: hessian)
        }.filter { $0.found.value.isFinite }
        rough.sort { $0.found.value < $1.found.value }

        var best: Minimum<[Double]>?
        var carriedOn: [Double] = []
        for start in rough {
            let isKnown = carriedOn.contains { abs($0 - start.found.value) < Self.sameHeight }
            guard carriedOn.count < Self.mostCarriedOn, !isKnown else { continue }
            carriedOn.append(start.found.value)
            var hessian = start.hessian
            let found = Self.fine.minimum(from: start.found.point, in: space.box, hessian: &hessian, height)
            evaluations += found.evaluations
            if found.value < best?.value ?? .infinity { best = found }
        }
        if let start = best, likelihood.variance == .egarch, let index = space.meanIndex {
            best = walk(from: start, mean: index, &evaluations)
        }
        best?.evaluations = evaluations
        return best
    }

    /// The mean negative log-likelihood, with its gradient.
    private func height(_ point: [Double], _ gradient: inout [Double]) -> Double {
        let count = Double(likelihood.returns.count)
        let value = likelihood.value(space.parameters(point))
        gradient = space.gradient(value.gradient, at: point).map { -$0 / count }
        return -value.logLikelihood / count
    }

    /// From kink to kink while that leads down, at each with μ held at the kink.
    private func walk(from start: Minimum<[Double]>, mean index: Int, _ evaluations: inout Int) -> Minimum<[Double]> {
        var kinks = likelihood.returns.sorted()
        kinks.removeAll { !$0.isFinite }
        let place = kinks.partitioningIndex { $0 >= start.point[index] }
        var best = start
        for direction in [-1, 1] {
            var next = direction < 0 ? place - 1 : place
            var worse = 0
            var from = best.point
            var hessian: [[Double]]?
            for _ in 0..<Self.mostKinks where worse < Self.patience && kinks.indices.contains(next) {
                let kink = kinks[next]
                repeat { next += direction } while kinks.indices.contains(next) && kinks[next] == kink
                var (lower, upper) = (space.box.lower, space.box.upper)
                (lower[index], upper[index]) = (kink, kink)
                let found = Self.fine.minimum(
                    from: from, in: Box(lower: lower, upper: upper), hessian: &hessian, height)
                evaluations += found.evaluations
                from = found.point
                if found.value < best.value {
                    (best, worse) = (found, 0)
                } else {
                    worse += 1
                }
            }
        }
        return best
    }
}

extension [Double] {
    /// The first index at which a condition holds that, once it holds, holds for all that follows.
    fileprivate func partitioningIndex(_ holds: (Double) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
