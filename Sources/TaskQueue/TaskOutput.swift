/// What the attempts of a task have written, the latest of it: a text for people, of which the store keeps no more than a bound.
package struct TaskOutput: Sendable, Hashable {
    package static let maxBytes = 64 << 10

    /// The last `maxBytes` of it.
    package private(set) var bytes: [UInt8]
    /// How many bytes were written in all: the position behind the last one.
    package private(set) var end: Int64

    package init(bytes: [UInt8] = [], end: Int64 = 0) {
        self.bytes = bytes
        self.end = end
    }

    package mutating func append(_ more: [UInt8]) {
        end += Int64(more.count)
        bytes += more
        if bytes.count > Self.maxBytes { bytes.removeFirst(bytes.count - Self.maxBytes) }
    }

    /// What was written after a position, which says how much of that is not kept any more; `nil`: nothing was.
    package func text(after position: Int64) -> String? {
        let position = max(position, 0)
        guard position < end else { return nil }
        let start = end - Int64(bytes.count)
        var kept = bytes.dropFirst(Int(max(position - start, 0)))
        var lost = max(start - position, 0)
        if lost > 0 {
            // Of a character that is kept in part, nothing can be shown.
            let whole = kept.drop { $0 & 0xC0 == 0x80 }
            lost += Int64(kept.count - whole.count)
            kept = whole
        }
        let text = String(decoding: kept, as: UTF8.self)
        return lost > 0 ? "[\(lost) bytes left out]\n\(text)" : text
    }
}
