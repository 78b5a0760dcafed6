/// Hierarchical risk parity (López de Prado 2016) as PyPortfolioOpt 1.6.0 has it: single linkage, bisection in leaf order.
struct HierarchicalRiskParity: Sendable {
    /// Positive, and add up to 1.
    let weights: [Double]
    /// The assets in the order of the tree's leaves.
    let order: [Int]

    /// - Parameters:
    ///   - covariance: n by n, with a positive diagonal.
    ///   - correlation: n by n.
    init(covariance: Matrix, correlation: Matrix) {
        let n = covariance.rows
        order = Self.leaves(Self.singleLinkage(Self.distances(correlation), count: n), count: n)
        var weights = [Double](repeating: 1, count: n)
        var clusters = [order]
        while !clusters.isEmpty {
            var halves: [[Int]] = []
            for cluster in clusters where cluster.count > 1 {
                let middle = cluster.count / 2
                halves.append(Array(cluster[..<middle]))
                halves.append(Array(cluster[middle...]))
            }
            for index in stride(from: 0, to: halves.count, by: 2) {
                let first = Self.variance(covariance, halves[index])
                let second = Self.variance(covariance, halves[index + 1])
                let share = 1 - first / (first + second)
                for asset in halves[index] { weights[asset] *= share }
                for asset in halves[index + 1] { weights[asset] *= 1 - share }
            }
            clusters = halves
        }
        self.weights = weights
    }

    /// d = √((1 − ρ)/2), what is below 0 or above 1 by rounding drawn in.
    private static func distances(_ correlation: Matrix) -> Matrix {
        var distance = correlation
        for index in distance.elements.indices {
            distance.elements[index] = min(1, max(0, (1 - correlation.elements[index]) / 2)).squareRoot()
        }
        return distance
    }

    /// The merges of the tree: two nodes each, the smaller number first; node n + k is the k-th merge.
    ///
    /// Prim's tree of least distances, whose edges are merged in the order of their lengths, equal ones as found.
    private static func singleLinkage(_ distance: Matrix, count: Int) -> [(left: Int, right: Int)] {
        guard count > 1 else { return [] }
        var edges: [(from: Int, to: Int, length: Double)] = []
        var nearest = [Double](repeating: .infinity, count: count)
        var isMerged = [Bool](repeating: false, count: count)
        var current = 0
        for _ in 1..<count {
            isMerged[current] = true
            var best = (index: 0, length: Double.infinity)
            for index in 0..<count where !isMerged[index] {
                // The condensed form holds the upper triangle.
                let length = current < index ? distance[current, index] : distance[index, current]
                nearest[index] = min(nearest[index], length)
                if nearest[index] < best.length { best = (index, nearest[index]) }
            }
            edges.append((current, best.index, best.length))
            current = best.index
        }
        let sorted = edges.enumerated().sorted { ($0.element.length, $0.offset) < ($1.element.length, $1.offset) }
        var parents = Array(0..<(2 * count - 1))
        func root(_ node: Int) -> Int {
            var node = node
            while parents[node] != node { node = parents[node] }
            return node
        }
        var merges: [(left: Int, right: Int)] = []
        for (_, edge) in sorted {
            let (a, b) = (root(edge.from), root(edge.to))
            parents[a] = count + merges.count
            parents[b] = count + merges.count
            merges.append((min(a, b), max(a, b)))
        }
        return merges
    }

    private static func leaves(_ merges: [(left: Int, right: Int)], count: Int) -> [Int] {
        var stack = [max(0, 2 * count - 2)]
        var order: [Int] = []
        while let node = stack.popLast() {
            if node < count {
                order.append(node)
            } else {
                stack.append(merges[node - count].right)
                stack.append(merges[node - count].left)
            }
        }
        return order
    }

    /// The variance of a cluster whose assets have weights inverse to their variances.
    private static func variance(_ covariance: Matrix, _ cluster: [Int]) -> Double {
        let part = covariance.principal(cluster)
        let inverse = part.diagonal.map { 1 / $0 }
        let sum = Vector.sum(inverse)
        return part.quadraticForm(inverse.map { $0 / sum })
    }
}
