import Foundation

/// Finds the numbers of changes in the pieces of a stream of events, at little more than the cost of a search: hundreds of readers share
/// the machine with what they measure.
struct ChangeNumbers {
    private static let mark = Array("\"change\":\"".utf8)

    /// What may be the beginning of a number.
    private var rest: [UInt8] = []

    mutating func read(_ piece: UnsafeRawBufferPointer, _ found: (Int) -> Void) {
        rest.append(contentsOf: piece)
        let kept = rest.withUnsafeBytes { bytes -> Int in
            guard let base = bytes.baseAddress else { return 0 }
            var position = 0
            while let first = Self.find(base, position, bytes.count) {
                guard let end = memchr(base + first, Int32(UInt8(ascii: "\"")), bytes.count - first) else {
                    return first - Self.mark.count
                }
                let length = UnsafeRawPointer(end) - base - first
                let text = String(decoding: UnsafeRawBufferPointer(start: base + first, count: length), as: UTF8.self)
                if let number = Int(text) { found(number) }
                position = first + length
            }
            return max(position, bytes.count - Self.mark.count, 0)
        }
        rest.removeSubrange(..<kept)
    }

    /// Where the bytes after the next mark begin.
    private static func find(_ base: UnsafeRawPointer, _ start: Int, _ count: Int) -> Int? {
        mark.withUnsafeBytes { mark in
            guard let mark = mark.baseAddress else { return nil }
            var position = start
            let last = count - self.mark.count
            while position <= last,
                let found = memchr(base + position, Int32(mark.load(as: UInt8.self)), last - position + 1)
            {
                position = UnsafeRawPointer(found) - base
                if memcmp(found, mark, self.mark.count) == 0 { return position + self.mark.count }
                position += 1
            }
            return nil
        }
    }
}
