/// Why a benchmark cannot go on.
package struct BenchmarkFailure: Error, CustomStringConvertible {
    package var description: String

    package init(_ description: String) { self.description = description }
}
