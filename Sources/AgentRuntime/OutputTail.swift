/// What a workload has written and no answered heartbeat has carried yet: the latest of it, within a bound.
struct OutputTail: Sendable {
    static let maxBytes = 32 << 10

    private var bytes: [UInt8] = []
    /// How many bytes were written before those that are kept.
    private var start = 0
    /// How many of them nobody will see.
    private var lost = 0

    /// The position behind the last byte, for `forget`.
    var end: Int { start + bytes.count }

    mutating func append(_ text: String) {
        bytes += text.utf8
        guard bytes.count > Self.maxBytes else { return }
        // Much at once, so that a workload that writes all the time does not move everything for each line; and a line
        // is left out as a whole.
        let least = bytes.count - Self.maxBytes / 2
        let cut = bytes[least...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? least
        bytes.removeFirst(cut)
        start += cut
        lost += cut
    }

    /// All that is kept; `nil`: nothing.
    var text: String? {
        guard lost > 0 || !bytes.isEmpty else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        return lost > 0 ? "[\(lost) bytes left out]\n\(text)" : text
    }

    /// Forgets what was said up to that position.
    mutating func forget(upTo position: Int) {
        lost = 0
        guard position > start else { return }
        bytes.removeFirst(min(position - start, bytes.count))
        start = position
    }
}
