/// Kendall's rank correlation with correction for ties, τ_b.
enum KendallTau {
    /// By sorting and counting exchanges (Knight 1966), in n log n steps; NaN where a series does not vary.
    static func b(_ left: [Double], _ right: [Double]) -> Double {
        let count = left.count
        let order = left.indices.sorted {
            left[$0] < left[$1] || (left[$0] == left[$1] && right[$0] < right[$1])
        }
        let (xs, ys) = (order.map { left[$0] }, order.map { right[$0] })
        var (leftTies, bothTies) = (0, 0)
        var (leftRun, bothRun) = (1, 1)
        for index in 1..<max(count, 1) {
            let isLeftTie = xs[index] == xs[index - 1]
            leftRun = isLeftTie ? leftRun + 1 : 1
            bothRun = isLeftTie && ys[index] == ys[index - 1] ? bothRun + 1 : 1
            // The k-th of a run is tied with the k − 1 before it.
            leftTies += leftRun - 1
            bothTies += bothRun - 1
        }
        var sorted = ys
        let exchanges = sortCountingExchanges(&sorted)
        var (rightTies, run) = (0, 1)
        for index in 1..<max(count, 1) {
            run = sorted[index] == sorted[index - 1] ? run + 1 : 1
            rightTies += run - 1
        }
        let pairs = count * (count - 1) / 2
        let difference = pairs - leftTies - rightTies + bothTies - 2 * exchanges
        let (leftPairs, rightPairs) = (Double(pairs - leftTies), Double(pairs - rightTies))
        guard leftPairs > 0, rightPairs > 0 else { return .nan }
        return min(1, max(-1, Double(difference) / leftPairs.squareRoot() / rightPairs.squareRoot()))
    }

    /// Merge sort; the number of pairs that stood in the wrong order.
    private static func sortCountingExchanges(_ values: inout [Double]) -> Int {
        var other = values
        var exchanges = 0
        var width = 1
        while width < values.count {
            for start in stride(from: 0, to: values.count, by: 2 * width) {
                let (middle, end) = (min(start + width, values.count), min(start + 2 * width, values.count))
                var (left, right) = (start, middle)
                for place in start..<end {
                    if left < middle, right >= end || values[left] <= values[right] {
                        other[place] = values[left]
                        left += 1
                    } else {
                        other[place] = values[right]
                        right += 1
                        exchanges += middle - left
                    }
                }
            }
            swap(&values, &other)
            width *= 2
        }
        return exchanges
    }
}

/// The places of values in their order.
enum Ranks {
    /// From 1; equal values share the mean of their places.
    static func average(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
            let rank = Double(start + 1 + end) / 2
            for place in start..<end { ranks[order[place]] = rank }
            start = end
        }
        return ranks
    }
}
