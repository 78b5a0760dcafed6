#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#elseif canImport(Darwin)
    private import Darwin
#endif

/// The functions of the C library that numerics here use; the one place that knows which C library it is.
enum RealMath {
    /// e to the power of `value`.
    static func exponential(_ value: Double) -> Double { exp(value) }

    /// The natural logarithm.
    static func logarithm(_ value: Double) -> Double { log(value) }

    /// 1 − erf(value)
    static func complementaryError(_ value: Double) -> Double { erfc(value) }

    static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
}
