internal import HTTPTransport

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Cuts a stream of bytes into lines, whatever the chunks it comes in. Empty lines are left out.
struct LineDecoder: Sendable {
    /// A longer line is refused, so that a server that never sends a newline cannot fill the memory.
    let maxLineBytes: Int
    private var buffer: [UInt8] = []
    /// What stands before this has been handed out.
    private var start = 0
    /// There is no newline between `start` and this.
    private var searched = 0

    init(maxLineBytes: Int) { self.maxLineBytes = maxLineBytes }

    /// The bytes behind the last newline, without white space at their end.
    var remainder: ArraySlice<UInt8> {
        var rest = buffer[start...]
        while let last = rest.last, last == UInt8(ascii: "\r") || last == UInt8(ascii: " ") { rest.removeLast() }
        return rest
    }

    /// What is held in memory, handed out or not.
    var keptBytes: Int { buffer.count }

    mutating func append(_ chunk: [UInt8]) {
        if start == buffer.count {
            buffer = chunk
            start = 0
            searched = 0
            return
        }
        if start > 0 {
            buffer.removeSubrange(..<start)
            searched -= start
            start = 0
        }
        buffer += chunk
    }

    /// The next whole line without its newline; `nil` where more bytes are needed.
    mutating func next() throws(HTTPTransportError) -> [UInt8]? {
        while let newline = nextNewline() {
            let line = start..<newline
            start = newline + 1
            searched = start
            try check(line.count)
            let end = !line.isEmpty && buffer[newline - 1] == UInt8(ascii: "\r") ? newline - 1 : newline
            if end > line.lowerBound { return Array(buffer[line.lowerBound..<end]) }
        }
        searched = buffer.count
        try check(buffer.count - start)
        // A stream that pauses behind a burst should not keep the burst's bytes meanwhile.
        if start == buffer.count { removeAll() }
        return nil
    }

    mutating func removeAll() {
        buffer = []
        start = 0
        searched = 0
    }

    private func check(_ bytes: Int) throws(HTTPTransportError) {
        guard bytes <= maxLineBytes else {
            throw HTTPTransportError(.responseTooLarge, "a line of the stream is longer than \(maxLineBytes) bytes")
        }
    }

    /// `memchr`, since this looks at every byte that any watch receives.
    private func nextNewline() -> Int? {
        buffer.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, searched < bytes.count,
                let found = memchr(base + searched, Int32(UInt8(ascii: "\n")), bytes.count - searched)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }
}
