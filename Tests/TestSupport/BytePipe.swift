import Glibc

/// Two ends of a pipe, which are closed with it.
package final class BytePipe: Sendable {
    package let reading: Int32
    package let writing: Int32

    package init() {
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0)
        (reading, writing) = (ends[0], ends[1])
    }

    deinit {
        close(reading)
        close(writing)
    }

    package func put(_ byte: UInt8) {
        var byte = byte
        _ = write(writing, &byte, 1)
    }

    /// Waits for a byte; `nil`: the other end is closed.
    package func take() -> UInt8? {
        var byte: UInt8 = 0
        return read(reading, &byte, 1) == 1 ? byte : nil
    }
}
