/// The search for the parameters under which returns are the likeliest.
///
/// Such likelihoods have several maxima, of short series above all. So a few rough searches start far from one another, and the
/// best of them are carried on. EGARCH reacts to |z|, so that its likelihood has a kink wherever μ equals a return, and its
/// maximum is often at one: there the search looks at the intervals between kinks around, and goes on in the likeliest.
///
/// EGARCH that is not invertible can follow the noise of a short series, with likelihoods that no other model of it reaches. So
/// maxima that are not invertible count only where the conventional search comes to a likelier one too, or where there is no
/// other maximum.
struct GarchSearch: Sendable {
    let likelihood: GarchLikelihood
    let space: GarchSearchSpace
    /// Of EGARCH alone.
    let conventional: ConventionalSearch?

    private static let rough = QuasiNewton(tolerance: 1e-4, mostIterations: 25, mostTrials: 20)
    private static let fine = QuasiNewton(tolerance: 1e-8, mostIterations: 100, mostTrials: 20)
    /// Of the likeliest starts, so many are searched: more of them where returns are few, which cost less and have more maxima.
    private static let searches = 4...24
    private static let searchedReturns = 24_000
    /// With no more returns EGARCH's conventional search is always made, with more only where it has to decide.
    private static let fewReturns = 2_000
    /// Of the rough searches, the best so many are carried on.
    private static let mostCarriedOn = 3
    /// The most intervals between kinks that are looked at, on each side.
    private static let mostIntervals = 120
    /// What is left out at the ends of an interval between kinks, as a part of it.
    private static let margin = 1e-6
    /// Mean log-likelihoods no further apart are of the same maximum.
    private static let sameHeight = 1e-5
    /// Mean log-likelihoods no further apart differ by their rounding.
    private static let sameRest = 1e-13
    /// Intervals in which the log-likelihood falls short by ``reach``, on each side, before no more are looked at.
    private static let patience = 4
    private static let reach = 0.05
    /// Intervals are searched where the log-likelihood is expected to fall short by less.
    private static let chance = 0.02
    private static let mostPromising = 5
    private static let mostWalks = 3

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
        var rough: [Valley] = []
        func search(from point: [Double]) {
            var hessian = Optional(information(at: point))
            let found = Self.rough.minimum(
                from: point, in: space.box, hessian: &hessian,
                until: { place in rough.contains { $0.explains(place) } }, height)
            evaluations += found.evaluations + 1
            let isKnown = rough.contains { $0.explains(found) }
            if found.value.isFinite, !isKnown { rough.append(Valley(found: found, hessian: hessian)) }
        }
        for start in starts.prefix(most) { search(from: start.point) }
        var stable = ordered(&rough)
        let isDoubtful = stable.first.map { $0.found.value > rough[0].found.value } ?? false
        if isDoubtful || likelihood.returns.count <= Self.fewReturns,
            let usual = conventional?.maximum(mean: mean, evaluations: &evaluations)
        {
            search(from: space.point(usual))
            stable = ordered(&rough)
            if let first = stable.first, !likelihood.isInvertible(usual), height(usual) < first.found.value {
                stable = []
            }
        }
        var best = stable.isEmpty ? nil : lowest(stable, isStable: true, &evaluations)
        // Where the search does not come to rest there is no maximum.
        if best?.hasConverged != true, stable.count < rough.count {
            let other = lowest(rough, isStable: false, &evaluations)
            if other?.value ?? .infinity < best?.value ?? .infinity { best = other }
        }
        best?.evaluations = evaluations
        return best
    }

    /// Puts the lowest first.
    /// - Returns: those that are invertible.
    private func ordered(_ rough: inout [Valley]) -> [Valley] {
        rough.sort { $0.found.value < $1.found.value }
        return rough.filter { isInvertible($0.found) }
    }

    /// The best of searches that are carried on.
    /// - Parameter rough: by their heights.
    private func lowest(_ rough: [Valley], isStable: Bool, _ evaluations: inout Int) -> Minimum<[Double]>? {
        var best: Minimum<[Double]>?
        var carriedOn: [Double] = []
        for start in rough {
            let isKnown = carriedOn.contains { abs($0 - start.found.value) < Self.sameHeight }
            guard carriedOn.count < Self.mostCarriedOn, !isKnown else { continue }
            carriedOn.append(start.found.value)
            var hessian = start.hessian
            let found = Self.fine.minimum(from: start.found.point, in: space.box, hessian: &hessian, height)
            evaluations += found.evaluations
            if found.value < best?.value ?? .infinity, !isStable || isInvertible(found) { best = found }
        }
        // Where what was carried on left the invertible ones.
        guard let start = best ?? rough.first?.found else { return nil }
        guard likelihood.variance == .egarch, let index = space.meanIndex else { return start }
        return walk(from: start, mean: index, isStable: isStable, &evaluations)
    }

    /// The mean of the outer products of scores: the Hessian at the maximum of a model that holds, and positive definite
    /// everywhere (Berndt, Hall, Hall and Hausman 1974, "Estimation and inference in nonlinear structural models", Annals of
    /// Economic and Social Measurement 3).
    private func information(at point: [Double]) -> [[Double]] {
        space.products(likelihood.scores(space.parameters(point)).meanProducts, at: point)
    }

    private func isInvertible(_ found: Minimum<[Double]>) -> Bool {
        likelihood.isInvertible(space.parameters(found.point))
    }

    private func height(_ parameters: GarchVector) -> Double {
        -likelihood.value(parameters).logLikelihood / Double(likelihood.returns.count)
    }

    /// The mean negative log-likelihood, with its gradient.
    private func height(_ point: [Double], _ gradient: inout [Double]) -> Double {
        let count = Double(likelihood.returns.count)
        let value = likelihood.value(space.parameters(point))
        gradient = space.gradient(value.gradient, at: point).map { -$0 / count }
        return -value.logLikelihood / count
    }

    /// Along the intervals between kinks, again around a better one, and at last with μ held at the kinks beside.
    private func walk(
        from start: Minimum<[Double]>, mean index: Int, isStable: Bool, _ evaluations: inout Int
    ) -> Minimum<[Double]> {
        var sorted = likelihood.returns.filter(\.isFinite).sorted()
        sorted = sorted.indices.filter { $0 == 0 || sorted[$0] > sorted[$0 - 1] }.map { sorted[$0] }
        let kinks = sorted
        var best = start
        /// A search with μ in a range, which counts if it leads further down, or to rest as far down.
        func search(_ range: ClosedRange<Double>, from point: [Double], _ hessian: [[Double]]) {
            var (lower, upper) = (space.box.lower, space.box.upper)
            (lower[index], upper[index]) = (range.lowerBound, range.upperBound)
            var estimate = Optional(hessian)
            let found = Self.fine.minimum(from: point, in: Box(lower: lower, upper: upper), hessian: &estimate, height)
            evaluations += found.evaluations
            let isRest = found.hasConverged && !best.hasConverged && found.value <= best.value + Self.sameRest
            if found.value < best.value || isRest, !isStable || isInvertible(found) { best = found }
        }
        for _ in 0..<Self.mostWalks {
            evaluations += 1
            guard let profile = MeanProfile(hessian: information(at: best.point), mean: index, at: best, in: space.box)
            else { break }
            for interval in promising(kinks, profile, &evaluations) {
                search(interval.range, from: interval.point, profile.hessian)
            }
            let isHome =
                kinks.partitioningIndex { $0 > best.point[index] } == kinks.partitioningIndex { $0 > profile.mean }
            if isHome { break }
        }
        let hessian = information(at: best.point)
        let above = kinks.partitioningIndex { $0 > best.point[index] }
        for kink in [above - 1, above] where kinks.indices.contains(kink) {
            search(kinks[kink]...kinks[kink], from: best.point, hessian)
        }
        return best
    }

    /// The intervals between kinks, around the profile's place, that a search may lead further down in, with where to start.
    private func promising(
        _ kinks: [Double], _ profile: MeanProfile, _ evaluations: inout Int
    ) -> [(range: ClosedRange<Double>, point: [Double])] {
        let count = Double(likelihood.returns.count)
        let home = kinks.partitioningIndex { $0 > profile.mean }
        var found: [(range: ClosedRange<Double>, point: [Double], value: Double)] = []
        for direction in [-1, 1] {
            var (worse, end) = (0, direction < 0 ? home : home - 1)
            for _ in 0..<Self.mostIntervals where worse < Self.patience {
                end += direction
                let (low, high) = (end, end + 1)
                guard kinks.indices.contains(low), kinks.indices.contains(high) else { break }
                let margin = (kinks[high] - kinks[low]) * Self.margin
                let range = kinks[low] + margin...kinks[high] - margin
                var gradient = profile.gradient
                let point = profile.point(at: (kinks[low] + kinks[high]) / 2)
                let value = height(point, &gradient)
                evaluations += 1
                let (lowest, expected) = profile.minimum(within: range, from: point, value, gradient)
                worse = expected < profile.value + Self.reach / count ? 0 : worse + 1
                if expected < profile.value + Self.chance / count { found.append((range, lowest, expected)) }
            }
        }
        found.sort { $0.value < $1.value }
        return found.prefix(Self.mostPromising).map { ($0.range, $0.point) }
    }
}

/// A minimum that a search came to, with what it learnt of the Hessian there.
private struct Valley {
    let found: Minimum<[Double]>
    let hessian: [[Double]]?

    /// How far the rise to a place, and the slope there, may be from what the Hessian tells, as a part of themselves.
    private static let tolerance = 0.3

    /// Whether the valley goes on as far as a place, so that a search from there would come to its minimum.
    func explains(_ place: Minimum<[Double]>) -> Bool {
        guard found.hasConverged, let hessian, let gradient = found.gradient, let slopes = place.gradient else {
            return false
        }
        func product(_ left: [Double], _ right: [Double]) -> Double { zip(left, right).reduce(0) { $0 + $1.0 * $1.1 } }
        let step = zip(place.point, found.point).map { $0 - $1 }
        let (slope, bend) = (product(gradient, step), product(step, hessian.map { product($0, step) }))
        func agree(_ found: Double, _ wanted: Double) -> Bool { abs(found - wanted) <= Self.tolerance * wanted }
        return agree(slope + bend / 2, place.value - found.value) && agree(slope + bend, product(slopes, step))
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
