import Glibc
import SystemThreads

/// An open file, which is closed with its owner.
struct Descriptor: ~Copyable {
    let number: Int32

    init(_ number: Int32) { self.number = number }

    deinit { close(number) }
}

/// A pipe, of which a process that is started inherits what it is given and nothing else.
struct Pipe: ~Copyable {
    let readEnd: Descriptor
    let writeEnd: Descriptor

    init() throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SystemError("make a pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        readEnd = Descriptor(ends[0])
        writeEnd = Descriptor(ends[1])
    }

    /// Gives up the end that another process has by now.
    consuming func keepingReadEnd() -> Descriptor {
        _ = fcntl(readEnd.number, F_SETFL, O_NONBLOCK)
        return readEnd
    }

    consuming func keepingWriteEnd() -> Descriptor {
        _ = fcntl(writeEnd.number, F_SETFL, O_NONBLOCK)
        return writeEnd
    }
}

/// Writes what a process is to read, as fast as that takes it.
struct PipeWriter: ~Copyable {
    /// `nil`: everything is written, or nobody reads any more.
    private var end: Descriptor?
    private var rest: ArraySlice<UInt8>

    init(_ end: consuming Descriptor, _ bytes: [UInt8]) {
        self.end = consume end
        rest = bytes[...]
    }

    var polled: pollfd {
        mutating get { pollfd(fd: end?.number ?? -1, events: Int16(POLLOUT), revents: 0) }
    }

    mutating func write() {
        while !rest.isEmpty, let number = end?.number {
            let count = rest.withUnsafeBytes { Glibc.write(number, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN { return }
            guard count > 0 else { break }
            rest = rest.dropFirst(count)
        }
        end = nil
    }
}

/// Reads what a process writes.
struct PipeReader: ~Copyable {
    /// `nil`: nobody writes any more.
    private var end: Descriptor?

    init(_ end: consuming Descriptor) { self.end = consume end }

    var polled: pollfd {
        mutating get { pollfd(fd: end?.number ?? -1, events: Int16(POLLIN), revents: 0) }
    }

    /// What is there now.
    mutating func read(_ take: (ArraySlice<UInt8>) -> Void) {
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        // Bounded, so that who writes all the time can still be stopped.
        for _ in 0..<16 {
            guard let number = end?.number else { return }
            let count = Glibc.read(number, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN { return }
            guard count > 0 else {
                end = nil
                return
            }
            take(chunk[..<count])
        }
    }
}
