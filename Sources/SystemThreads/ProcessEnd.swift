#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#elseif canImport(Darwin)
    private import Darwin
#endif

/// The last resort of what must not go on.
package enum ProcessEnd {
    /// Ends the process at this moment: no handler runs, nothing is flushed, and no thread can hold it up.
    /// - Parameter reason: one line for standard error.
    package static func immediately(code: Int32, reason: String) -> Never {
        let line = Array((reason + "\n").utf8)
        // Nobody may be reading; then the line is lost, but not the end.
        let flags = fcntl(STDERR_FILENO, F_GETFL)
        _ = fcntl(STDERR_FILENO, F_SETFL, flags | O_NONBLOCK)
        _ = write(STDERR_FILENO, line, line.count)
        _exit(code)
    }
}
