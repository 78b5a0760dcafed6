import TestSupport

/// Counts, and lets tests wait until a count is reached; a wait ends with its task.
final class Tally: Sendable {
    private let counted = Observed(0)

    var count: Int { counted.value }

    func add() { counted.change { $0 += 1 } }

    func reaches(_ target: Int) async { _ = try? await counted.wait { $0 >= target } }
}
