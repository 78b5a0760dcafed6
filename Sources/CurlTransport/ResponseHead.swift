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
        let text = String(decoding: UnsafeRawBufferPointer(rebasing: line[..<end]), as: UTF8.self)
        if text.hasPrefix("HTTP/") {
            headers = HTTPHeaders()
            let parts = text.split(separator: " ", maxSplits: 2)
            status = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        } else if let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) {
            headers.append(String(text[..<colon]), Self.trimmed(text[text.utf8.index(after: colon)...]))
        }
        return false
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while let first = text.utf8.first, first == UInt8(ascii: " ") || first == UInt8(ascii: "\t") {
            text = text[text.utf8.index(after: text.startIndex)...]
        }
        while let last = text.utf8.last, last == UInt8(ascii: " ") || last == UInt8(ascii: "\t") {
            text = text[..<text.utf8.index(before: text.endIndex)]
        }
        return String(text)
    }
}
