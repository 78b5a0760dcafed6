internal import StructuredData

/// Numbers as text, the same way in messages, readings and JSON.
enum NumberText {
    /// The fewest digits that read back as the same number; integral numbers without a fraction.
    static func shortest(_ value: Double) -> String {
        value.isFinite ? JSON.number(value).text() : "\(value)"
    }

    /// The number rounded half away from zero to so many decimals; never a negative zero.
    static func rounded(_ value: Double, decimals: Int) -> Double {
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        // Beyond 2^53 the scaled number has no decimals left to round.
        guard abs(value) * scale < 9_007_199_254_740_992 else { return value }
        return (value * scale).rounded() / scale + 0
    }
}
