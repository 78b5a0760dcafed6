internal import CLapack

#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#elseif canImport(Darwin)
    private import Darwin
#endif

/// The library behind the matrices.
enum OpenBLAS {
    /// Set to one thread, once, before its first use: tasks share a machine by themselves, and sums in a fixed order are what
    /// makes the same input give the same bytes.
    static let isReady: Bool = {
        openblas_set_num_threads(1)
        endThreads()
        return true
    }()

    /// The library starts a thread for each further core as it is loaded, and would keep them without work. Builds of it without
    /// threads have no such function.
    private static func endThreads() {
        guard let symbol = dlsym(nil, "blas_thread_shutdown_") else { return }
        _ = unsafeBitCast(symbol, to: (@convention(c) () -> Int32).self)()
    }

    /// A dimension as the library takes it.
    static func dimension(_ value: Int) -> Int32 {
        precondition(isReady && value <= Int(Int32.max), "a matrix of more than 2^31 rows or columns")
        return Int32(value)
    }

    /// The leading dimension of an array with so many rows: at least 1, also where there are none.
    static func leading(_ rows: Int) -> Int32 { dimension(max(1, rows)) }

    /// What LAPACK calls a flag, such as `"U"` for the upper triangle.
    static func flag(_ letter: Unicode.Scalar) -> CChar { CChar(bitPattern: UInt8(ascii: letter)) }
}
