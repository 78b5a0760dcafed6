import Testing

@testable import Argus

/// A function with a known minimum.
struct MinimisationCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let start: [Double]
    let box: Box
    let minimum: [Double]
    let value: @Sendable ([Double]) -> Double

    private init(
        _ name: String, from start: [Double], lower: [Double]? = nil, upper: [Double]? = nil, to minimum: [Double],
        _ value: @escaping @Sendable ([Double]) -> Double
    ) {
        testDescription = name
        self.start = start
        let all = Box.unbounded(start.count)
        box = Box(lower: lower ?? all.lower, upper: upper ?? all.upper)
        self.minimum = minimum
        self.value = value
    }

    private static let rosenbrock: @Sendable ([Double]) -> Double = { x in
        let valley = x[1] - x[0] * x[0]
        return 100 * valley * valley + (1 - x[0]) * (1 - x[0])
    }

    /// "HS" are problems of Hock and Schittkowski (1981), with the minima that they state.
    static let all = [
        MinimisationCase("Rosenbrock (1960)", from: [-1.2, 1], to: [1, 1], rosenbrock),
        MinimisationCase("Beale (1958)", from: [1, 1], to: [3, 0.5]) { x in
            [1.5, 2.25, 2.625].enumerated().reduce(0) { sum, item in
                let power = (0...item.offset).reduce(1) { product, _ in product * x[1] }
                let residual = item.element - x[0] * (1 - power)
                return sum + residual * residual
            }
        },
        MinimisationCase("Wood (1968)", from: [-3, -1, -3, -1], to: [1, 1, 1, 1]) { x in
            let (a, b) = (x[1] - x[0] * x[0], x[3] - x[2] * x[2])
            let (c, d) = (x[1] + x[3] - 2, x[1] - x[3])
            return 100 * a * a + (1 - x[0]) * (1 - x[0]) + 90 * b * b + (1 - x[2]) * (1 - x[2]) + 10 * c * c
                + 0.1 * d * d
        },
        MinimisationCase(
            "HS 1", from: [-2, 1], lower: [-.infinity, -1.5], upper: [.infinity, .infinity], to: [1, 1], rosenbrock),
        // A bound holds at the minimum: x₁ = 2a·cos(arccos(1/b)/3), a = √(598/1200), b = 400a³.
        MinimisationCase(
            "HS 2", from: [2, 5], lower: [-.infinity, 1.5], upper: [.infinity, .infinity],
            to: [1.2243707487363527, 1.5], rosenbrock),
        MinimisationCase(
            "HS 3", from: [10, 1], lower: [-.infinity, 0], upper: [.infinity, .infinity], to: [0, 0]
        ) { x in x[1] + 1e-5 * (x[1] - x[0]) * (x[1] - x[0]) },
        MinimisationCase(
            "HS 4", from: [1.125, 0.125], lower: [1, 0], upper: [.infinity, .infinity], to: [1, 0]
        ) { x in (x[0] + 1) * (x[0] + 1) * (x[0] + 1) / 3 + x[1] },
        MinimisationCase(
            "HS 38", from: [-3, -1, -3, -1], lower: [-10, -10, -10, -10], upper: [10, 10, 10, 10], to: [1, 1, 1, 1]
        ) { x in
            let (a, b) = (x[1] - x[0] * x[0], x[3] - x[2] * x[2])
            let (c, d) = (x[1] - 1, x[3] - 1)
            return 100 * a * a + (1 - x[0]) * (1 - x[0]) + 90 * b * b + (1 - x[2]) * (1 - x[2])
                + 10.1 * (c * c + d * d) + 19.8 * c * d
        },
        MinimisationCase(
            "HS 45", from: [2, 2, 2, 2, 2], lower: [0, 0, 0, 0, 0], upper: [1, 2, 3, 4, 5], to: [1, 2, 3, 4, 5]
        ) { x in 2 - x.reduce(1, *) / 120 },
        MinimisationCase("a well beside undefined points", from: [4], to: [1]) { x in
            x[0] > 0 ? x[0] - RealMath.logarithm(x[0]) : .nan
        },
    ]
}

@Suite("Minimisers")
struct MinimisationTests {
    private let derivatives = NumericalDerivatives()

    @Test("quasi-Newton finds the known minimum within its bounds", arguments: MinimisationCase.all)
    func quasiNewton(item: MinimisationCase) {
        let found = QuasiNewton(tolerance: 1e-8).minimum(from: item.start, in: item.box) { point, gradient in
            gradient = derivatives.gradient(at: point, item.value)
            return item.value(point)
        }
        #expect(found.hasConverged)
        #expect(found.evaluations < 300)
        // HS 3 is flat: its value, not its point, is determined to this precision.
        let tolerance = item.testDescription == "HS 3" ? 1e-2 : 1e-5
        for (value, wanted) in zip(found.point, item.minimum) { #expect(abs(value - wanted) <= tolerance) }
        #expect(found.value <= item.value(item.minimum) + 1e-9)
        #expect(found.point == item.box.projection(found.point))
    }

    @Test("sequential quadratic programming finds it, too", arguments: MinimisationCase.all)
    func sequentialQuadratic(item: MinimisationCase) {
        let search = SequentialQuadratic(tolerance: 1e-12, mostIterations: 300)
        let found = search.minimum(from: item.start, in: item.box) { point, gradient in
            gradient = derivatives.gradient(at: point, item.value)
            return item.value(point)
        }
        #expect(found.hasConverged)
        let tolerance = item.testDescription == "HS 3" ? 1e-1 : 1e-4
        for (value, wanted) in zip(found.point, item.minimum) { #expect(abs(value - wanted) <= tolerance) }
        #expect(found.point == item.box.projection(found.point))
    }

    /// The evaluations and values are those of SciPy 1.17.1, `minimize(…, jac=True, method="SLSQP")`.
    @Test(
        "sequential quadratic programming goes the way of SLSQP",
        arguments: [
            (Box.unbounded(2), 47, 1.1223802787e-08),
            (Box(lower: [-.infinity, -1.5], upper: [.infinity, 0.5]), 37, 0.08536093190682427),
        ])
    func sequentialQuadraticPath(box: Box, evaluations: Int, value: Double) {
        let rosenbrock = MinimisationCase.all[0]
        let found = SequentialQuadratic().minimum(from: rosenbrock.start, in: box) { point, gradient in
            let valley = point[1] - point[0] * point[0]
            gradient = [-400 * point[0] * valley - 2 * (1 - point[0]), 200 * valley]
            return rosenbrock.value(point)
        }
        #expect(found.hasConverged && found.evaluations == evaluations, "\(found.evaluations)")
        #expect(abs(found.value - value) < 1e-3 * value, "\(found.value)")
    }

    @Test("quasi-Newton ends at a kink, and says whether it came to rest")
    func kink() {
        let found = QuasiNewton().minimum(from: [3, 2], in: .unbounded(2)) { point, gradient in
            gradient = [point[0] < 0 ? -1 : 1, 2 * (point[1] - 1)]
            return abs(point[0]) + (point[1] - 1) * (point[1] - 1)
        }
        #expect(found.value < 1e-6)
        #expect(!found.hasConverged)
    }

    @Test("quasi-Newton ends at once where there is nothing to search")
    func nowhere() {
        let undefined = QuasiNewton().minimum(from: [1], in: .unbounded(1)) { _, _ in .nan }
        #expect(!undefined.hasConverged && undefined.evaluations == 1)
        let held = QuasiNewton().minimum(from: [7], in: Box(lower: [2], upper: [2])) { point, gradient in
            gradient = [1]
            return point[0]
        }
        #expect(held.hasConverged && held.point == [2])
        let rosenbrock = MinimisationCase.all[0]
        let short = QuasiNewton(mostIterations: 3).minimum(from: rosenbrock.start, in: rosenbrock.box) {
            point, gradient in
            gradient = derivatives.gradient(at: point, rosenbrock.value)
            return rosenbrock.value(point)
        }
        #expect(!short.hasConverged && short.iterations == 3)
        #expect(short.value < rosenbrock.value(rosenbrock.start))
    }

    @Test("Brent's minimum lies where it must, also at an end and beside undefined points")
    func brentMinimum() {
        let search = BrentMinimum()
        let parabola = search.minimum(in: -3...10) { ($0 - 2) * ($0 - 2) + 1 }
        #expect(abs(parabola.point - 2) < 1e-7 && parabola.hasConverged && parabola.evaluations < 20)
        // x·ln x has its minimum at 1/e.
        let entropy = search.minimum(in: -1...3) { $0 > 0 ? $0 * RealMath.logarithm($0) : .nan }
        #expect(abs(entropy.point - RealMath.exponential(-1)) < 1e-7 && entropy.hasConverged)
        let kink = search.minimum(in: 0...1) { abs($0 - 0.3) }
        #expect(abs(kink.point - 0.3) < 1e-7 && kink.evaluations < 100)
        let end = search.minimum(in: 1...4) { $0 }
        #expect(end.point - 1 < 1e-6)
        let point = search.minimum(in: 2...2) { $0 }
        #expect(point.point == 2 && point.hasConverged)
    }

    @Test("differences give the derivatives of a function whose derivatives are known")
    func differences() {
        func value(_ x: [Double]) -> Double { RealMath.exponential(x[0] * x[1]) + x[1] * x[1] * x[1] }
        func gradient(_ x: [Double]) -> [Double] {
            let power = RealMath.exponential(x[0] * x[1])
            return [x[1] * power, x[0] * power + 3 * x[1] * x[1]]
        }
        let point = [0.5, -1.5]
        let power = RealMath.exponential(-0.75)
        let wanted = [[2.25 * power, 0.25 * power], [0.25 * power, 0.25 * power - 9]]
        for (found, exact) in zip(derivatives.gradient(at: point, value), gradient(point)) {
            #expect(abs(found - exact) < 1e-9)
        }
        let byGradient = derivatives.hessian(at: point, gradient: gradient)
        let byValue = derivatives.hessian(at: point, value: value)
        for i in 0..<2 {
            for j in 0..<2 {
                #expect(abs(byGradient[i][j] - wanted[i][j]) < 1e-8)
                #expect(abs(byValue[i][j] - wanted[i][j]) < 1e-5)
            }
        }
    }
}
