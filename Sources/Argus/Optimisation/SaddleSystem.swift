/// The equations of a quadratic program with equality constraints: [P Bᵀ; B 0] [x; λ] = [f; g].
struct SaddleSystem {
    /// P over the free variables.
    private let quadratic: Matrix?
    /// B
    private let constraints: Matrix

    init(quadratic: Matrix?, free: [Int], constraints: Matrix) {
        self.quadratic = quadratic.map { free.count == $0.rows ? $0 : $0.principal(free) }
        self.constraints = constraints
    }

    private var count: Int { constraints.columns }
    private var multipliers: Int { constraints.rows }

    /// The solution, refined once; `nil` where the equations have none.
    ///
    /// - Parameters:
    ///   - near: where the equations have many solutions, the one closest to this; `nil`: none is taken then.
    ///   - largestDeficient: the largest order for which many solutions are looked at.
    func solve(
        _ f: [Double], _ g: [Double], near: [Double]?, largestDeficient: Int
    ) -> (x: [Double], multipliers: [Double])? {
        var solver = schurComplement()
        if solver == nil { solver = factored() }
        if let solver, var (x, y) = solver(f, g) {
            let (dx, dy) = residual(f, g, x, y)
            if let (cx, cy) = solver(dx, dy) {
                Vector.add(1, cx, to: &x)
                Vector.add(1, cy, to: &y)
            }
            let (rx, ry) = residual(f, g, x, y)
            let size = 1 + max(Vector.largestMagnitude(x), Vector.largestMagnitude(y))
            if max(Vector.largestMagnitude(rx), Vector.largestMagnitude(ry)) <= 1e-12 * size { return (x, y) }
        }
        guard let near, count + multipliers <= largestDeficient else { return nil }
        return nearest(f, g, to: near)
    }

    private typealias Solver = ([Double], [Double]) -> (x: [Double], multipliers: [Double])?

    private func residual(
        _ f: [Double], _ g: [Double], _ x: [Double], _ y: [Double]
    ) -> (f: [Double], g: [Double]) {
        var (rf, rg) = (f, g)
        quadratic?.addProduct(with: x, factor: -1, to: &rf)
        constraints.addProduct(with: y, transposed: true, factor: -1, to: &rf)
        constraints.addProduct(with: x, factor: -1, to: &rg)
        return (rf, rg)
    }

    /// By Cholesky's factors of P and of B·P⁻¹·Bᵀ; `nil` where either is not positive definite.
    private func schurComplement() -> Solver? {
        guard let quadratic, multipliers <= count, let inner = try? CholeskyFactorization(quadratic) else { return nil }
        let solved = inner.solve(constraints.transposed)
        guard let outer = try? CholeskyFactorization(constraints * solved) else { return nil }
        return { f, g in
            var x = inner.solve(f)
            var right = constraints * x
            Vector.add(-1, g, to: &right)
            let y = outer.solve(right)
            solved.addProduct(with: y, factor: -1, to: &x)
            return (x, y)
        }
    }

    private var assembled: Matrix {
        let order = count + multipliers
        var matrix = Matrix(rows: order, columns: order)
        for j in 0..<count {
            if let quadratic { for i in 0..<count { matrix[i, j] = quadratic[i, j] } }
            for i in 0..<multipliers {
                matrix[count + i, j] = constraints[i, j]
                matrix[j, count + i] = constraints[i, j]
            }
        }
        return matrix
    }

    /// By an LU factorisation of the whole.
    private func factored() -> Solver? {
        guard let factor = try? LUFactorization(assembled) else { return nil }
        return { f, g in
            let solution = factor.solve(f + g)
            guard solution.allSatisfy(\.isFinite) else { return nil }
            return (Array(solution.prefix(count)), Array(solution.suffix(multipliers)))
        }
    }

    /// Of many solutions the one nearest to a point.
    private func nearest(_ f: [Double], _ g: [Double], to point: [Double]) -> (x: [Double], multipliers: [Double])? {
        let (rf, rg) = residual(f, g, point, [Double](repeating: 0, count: multipliers))
        guard let step = try? LeastSquares(assembled, rf + rg).solution else { return nil }
        var x = point
        Vector.add(1, Array(step.prefix(count)), to: &x)
        let y = Array(step.suffix(multipliers))
        let (lf, lg) = residual(f, g, x, y)
        let size = 1 + max(Vector.largestMagnitude(x), Vector.largestMagnitude(y))
        guard max(Vector.largestMagnitude(lf), Vector.largestMagnitude(lg)) <= 1e-12 * size else { return nil }
        return (x, y)
    }
}
