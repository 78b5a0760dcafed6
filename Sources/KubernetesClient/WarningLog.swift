internal import HTTPTransport
internal import Logging
internal import Synchronization

/// Logs the server's warnings (`Warning` header, RFC 7234 section 5.5), each once.
final class WarningLog: Sendable {
    /// Warnings can hold names; after so many different ones, new ones are not logged.
    static let maxRemembered = 1000

    private let logger: Logger
    private let seen = Mutex<Set<String>>([])

    init(_ logger: Logger) { self.logger = logger }

    func report(_ headers: HTTPHeaders) {
        for value in headers.values(of: "Warning") {
            for text in Self.texts(value) where isNew(text) {
                logger.warning("the API server warns: \(text)")
            }
        }
    }

    private func isNew(_ text: String) -> Bool {
        seen.withLock { $0.count < Self.maxRemembered && $0.insert(text).inserted }
    }

    /// The quoted texts of `299 - "text", 299 - "another"`; a value of another form as it is.
    static func texts(_ value: String) -> [String] {
        var texts: [String] = []
        var current: [UInt8]?
        var isEscaped = false
        for byte in value.utf8 {
            guard var text = current else {
                if byte == UInt8(ascii: "\"") { current = [] }
                continue
            }
            if isEscaped {
                isEscaped = false
                text.append(byte)
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                texts.append(String(decoding: text, as: UTF8.self))
                current = nil
                continue
            } else {
                text.append(byte)
            }
            current = text
        }
        return texts.isEmpty ? [value] : texts
    }
}
