#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#elseif canImport(Darwin)
    private import Darwin
#endif

/// The functions of the C library that the queueing model uses; the one place that knows which C library it is.
enum RealMath {
    /// e to the power of `value`.
    static func exponential(_ value: Double) -> Double { exp(value) }

    /// The natural logarithm.
    static func logarithm(_ value: Double) -> Double { log(value) }

    /// The natural logarithm of 1 + `value`, exact also where `value` is small.
    static func logarithmOfOnePlus(_ value: Double) -> Double { log1p(value) }

    static func cosine(_ value: Double) -> Double { cos(value) }
}
