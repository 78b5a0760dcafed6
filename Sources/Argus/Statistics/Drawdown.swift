/// The deepest fall of a series of prices or wealth from an earlier high.
struct Drawdown: Sendable, Equatable {
    /// The loss as a positive fraction of the high.
    var depth: Double
    /// Where the high and the low stand; the same place where the series never fell.
    var peak: Int
    var trough: Int
    /// The first place at which the high was reached again; `nil`: not yet.
    var recovered: Int?

    /// - Parameter levels: positive; at least one.
    init(_ levels: [Double]) {
        (depth, peak, trough) = (0, 0, 0)
        var high = 0
        for index in levels.indices {
            if levels[index] > levels[high] { high = index }
            let fall = 1 - levels[index] / levels[high]
            if fall > depth { (depth, peak, trough) = (fall, high, index) }
        }
        recovered = depth > 0 ? levels[trough...].firstIndex { [peak] in $0 >= levels[peak] } : nil
    }
}
