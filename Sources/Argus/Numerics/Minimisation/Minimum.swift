/// Where a search for a minimum ended.
struct Minimum<Point: Sendable>: Sendable {
    var point: Point
    var value: Double
    /// The function's gradient there, where the search goes by it.
    var gradient: Point?
    var iterations: Int
    /// Calls of the function.
    var evaluations: Int
    /// Whether the search ended by its tolerance; otherwise it ran out of iterations, or found no way down before it.
    var hasConverged: Bool
}
