/// Messages between an agent and its workers: a length of four bytes, big-endian, then that many bytes of JSON.
struct FrameBuffer: Sendable {
    /// A message may hold the largest lease answer, or a result that is then refused for its size with a proper message.
    static let longestFrameBytes = 32 << 20

    struct TooLong: Error, Sendable, Hashable {
        var bytes: Int
    }

    private var bytes: [UInt8] = []
    private var start = 0

    /// How many bytes are left.
    var count: Int { bytes.count - start }

    mutating func append(_ chunk: some Collection<UInt8>) {
        // Moving the rest to the front only when it is smaller than what was read keeps the cost linear.
        if start > bytes.count / 2 {
            bytes.removeFirst(start)
            start = 0
        }
        bytes += chunk
    }

    /// The next whole frame's content; `nil` until it is there.
    mutating func next() throws(TooLong) -> [UInt8]? {
        guard bytes.count - start >= 4 else { return nil }
        let length = bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
        guard length <= Self.longestFrameBytes else { throw TooLong(bytes: length) }
        guard bytes.count - start >= 4 + length else { return nil }
        let frame = Array(bytes[(start + 4)..<(start + 4 + length)])
        start += 4 + length
        return frame
    }

    /// `content` as a frame. A longer one than the other side takes is the caller's bug.
    static func frame(_ content: [UInt8]) -> [UInt8] {
        precondition(content.count <= longestFrameBytes, "a frame of \(content.count) bytes")
        let length = UInt32(content.count)
        return [UInt8(length >> 24), UInt8(length >> 16 & 255), UInt8(length >> 8 & 255), UInt8(length & 255)] + content
    }
}
