#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#elseif canImport(Darwin)
    private import Darwin
#endif

extension RealMath {
    /// ln Γ(value) for a positive value.
    static func logGamma(_ value: Double) -> Double {
        var sign: Int32 = 0
        return lgamma_r(value, &sign)
    }

    /// ln(1 + value), accurate near zero.
    static func logarithm1p(_ value: Double) -> Double { log1p(value) }

    /// e to the power of `value`, less 1; accurate near zero.
    static func exponentialM1(_ value: Double) -> Double { expm1(value) }
}
