internal import HTTPTransport

/// The status and header of a response, as libcurl delivers them: line by line, those of interim responses first.
struct ResponseHead: Sendable {
    private(set) var status = 0
    private(set) var headers = HTTPHeaders()
    /// The final response's header is there; fields that come later are trailers.
    private(set) var isComplete = false

    /// - Returns: Whether this line made the head complete.
    mutating func add(line: UnsafeRawBufferPointer) -> Bool {
        var end = line.count
        while end > 0, line[end - 1] == UInt8(ascii: "\n") || line[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        guard !isComplete else { return false }
        guard end > 0 else {
            isComplete = status >= 200
            return isComplete
        }
        let line = line[..<end]
        if line.starts(with: Self.statusLineStart) {
            headers = HTTPHeaders()
            let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 2)
            status = parts.count > 1 ? Int(Self.text(parts[1])) ?? 0 : 0
        } else if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
            var value = line[(colon + 1)...]
            while let first = value.first, Self.isBlank(first) { value.removeFirst() }
            while let last = value.last, Self.isBlank(last) { value.removeLast() }
            headers.append(Self.text(line[..<colon]), Self.text(value))
        }
        return false
    }

    private static let statusLineStart = Array("HTTP/".utf8)

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    private static func text(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
        String(decoding: UnsafeRawBufferPointer(rebasing: bytes), as: UTF8.self)
    }
}
