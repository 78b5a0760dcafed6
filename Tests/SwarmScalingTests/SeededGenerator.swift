import Foundation

/// A small generator with a seed (Steele, Lea and Flood 2014), so that a failure repeats.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func exponential(mean: Double) -> Double { -mean * log(1 - Double.random(in: 0..<1, using: &self)) }
}

/// How long tasks take, with a mean of 1.
enum ServiceShape: String, CaseIterable {
    case constant, erlang4, exponential, hyperexponential

    /// The squared coefficient of variation.
    var variation: Double {
        switch self {
        case .constant: 0
        case .erlang4: 0.25
        case .exponential: 1
        case .hyperexponential: 4
        }
    }

    func time(mean: Double, _ generator: inout SeededGenerator) -> Double {
        switch self {
        case .constant: return mean
        case .erlang4: return (0..<4).reduce(0) { sum, _ in sum + generator.exponential(mean: mean / 4) }
        case .exponential: return generator.exponential(mean: mean)
        case .hyperexponential:
            // Two kinds of task that bring the same load (balanced means).
            let share = (1 + ((variation - 1) / (variation + 1)).squareRoot()) / 2
            let isShort = Double.random(in: 0..<1, using: &generator) < share
            return generator.exponential(mean: mean / (2 * (isShort ? share : 1 - share)))
        }
    }
}
