/// Whether TA-Lib takes a value for zero: 1e-14 or less from it.
@inline(__always)
func isNearZero(_ value: Double) -> Bool { value > -1e-14 && value < 1e-14 }

/// Whether TA-Lib takes the difference of two values for zero: within 1e-14 of their absolute sum.
@inline(__always)
func isNearZero(_ difference: Double, scale: Double) -> Bool { abs(difference) <= 1e-14 * scale }
