import BenchmarkSupport

/// Takes the framing off a body that comes in chunks (RFC 9112, section 7.1), in whatever pieces it arrives.
struct ChunkedBody {
    private enum State {
        case size(Int)
        case data(left: Int)
        /// The end of the line after a chunk.
        case dataEnd(left: Int)
        case end
    }

    private var state = State.size(0)

    /// Whether the body has ended.
    var isAtEnd: Bool {
        if case .end = state { return true }
        return false
    }

    /// - Parameter take: gets what the chunks hold, piece by piece.
    /// - Throws: `BenchmarkFailure` for what is no chunk.
    mutating func decode(_ bytes: UnsafeRawBufferPointer, _ take: (UnsafeRawBufferPointer) -> Void) throws {
        var position = 0
        while position < bytes.count {
            switch state {
            case .size(let size):
                let byte = bytes[position]
                position += 1
                switch byte {
                case UInt8(ascii: "\r"): continue
                case UInt8(ascii: "\n"): state = size > 0 ? .data(left: size) : .end
                default:
                    guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, size < 1 << 40 else {
                        throw BenchmarkFailure("a chunk's size has the byte \(byte)")
                    }
                    state = .size(size << 4 | digit)
                }
            case .data(let left):
                let count = min(left, bytes.count - position)
                take(UnsafeRawBufferPointer(rebasing: bytes[position..<position + count]))
                position += count
                state = count == left ? .dataEnd(left: 2) : .data(left: left - count)
            case .dataEnd(let left):
                let count = min(left, bytes.count - position)
                position += count
                state = count == left ? .size(0) : .dataEnd(left: left - count)
            case .end: return
            }
        }
    }
}
