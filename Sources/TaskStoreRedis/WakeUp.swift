import Glibc
import SystemThreads

/// Wakes a thread that polls.
///
/// `@unchecked Sendable`: the two descriptors never change, and pipes are made to be used from many threads.
final class WakeUp: @unchecked Sendable {
    /// Readable once somebody called `wake`, until `clear`.
    let descriptor: Int32
    private let writeEnd: Int32

    /// - Throws: `SystemError` where there are no descriptors to be had.
    init() throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SystemError("make a pipe") }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        descriptor = ends[0]
        writeEnd = ends[1]
    }

    deinit {
        close(descriptor)
        close(writeEnd)
    }

    func wake() {
        var byte: UInt8 = 1
        // A pipe that is full wakes as well.
        _ = write(writeEnd, &byte, 1)
    }

    func clear() {
        var bytes: UInt64 = 0
        while read(descriptor, &bytes, MemoryLayout<UInt64>.size) > 0 {}
    }

    /// Blocks the calling thread until `wake`, or for as long as that.
    func wait(atMost limit: Duration) {
        var interest = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        _ = poll(&interest, 1, limit.pollMilliseconds)
        clear()
    }
}
