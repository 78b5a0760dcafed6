internal import CLapack

/// The library behind the matrices.
enum OpenBLAS {
    /// Set to one thread, once, before its first use: tasks share a machine by themselves, and sums in a fixed order are what
    /// makes the same input give the same bytes.
    static let isReady: Bool = {
        openblas_set_num_threads(1)
        return true
    }()

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
