#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#elseif canImport(Darwin)
    private import Darwin
#endif

/// A call to the system that failed.
package struct SystemError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was tried, to stand after "cannot": "start a thread".
    package var doing: String
    /// The system's error number.
    package var number: Int32

    package init(_ doing: String, _ number: Int32) {
        self.doing = doing
        self.number = number
    }

    /// Of the call that the calling thread has just made.
    package init(_ doing: String) { self.init(doing, errno) }

    package var description: String { "cannot \(doing): \(String(cString: strerror(number)))" }
}
