internal import HTTPTransport
internal import Logging
internal import Synchronization

/// Logs the server's warnings (`Warning` header, RFC 7234 section 5.5), each once.
final class WarningLog: Sendable {
    /// Warnings can hold names; after so many different ones, new ones are not logged.
    static let maxRemembered = 1000
    /// Longer ones are cut.
    static let maxTextBytes = 2048

    private let logger: Logger
    private let level: Logger.Level
    private let seen = Mutex<Set<String>>([])

    init(_ logger: Logger, level: Logger.Level = .warning) {
        self.logger = logger
        self.level = level
    }

    func report(_ headers: HTTPHeaders) {
        for value in headers.values(of: "Warning") {
            for text in Self.texts(value) where isNew(text) {
                logger.log(level: level, "the API server warns: \(text)")
            }
        }
    }

    private func isNew(_ text: String) -> Bool {
        seen.withLock { $0.count < Self.maxRemembered && $0.insert(text).inserted }
    }

    /// The texts of `299 - "text", 299 - "another"`. Codes other than 299 are of caches and proxies, and say nothing about the call;
    /// a value of another form is taken as it is.
    static func texts(_ value: String) -> [String] {
        var reader = WarningReader(value)
        var texts: [String] = []
        repeat {
            guard let warning = reader.next() else { return [cut(value)] }
            if warning.code == 299, !warning.text.isEmpty { texts.append(cut(warning.text)) }
        } while reader.skipComma()
        return reader.isAtEnd ? texts : [cut(value)]
    }

    private static func cut(_ text: String) -> String {
        text.utf8.count <= maxTextBytes ? text : String(decoding: text.utf8.prefix(maxTextBytes), as: UTF8.self) + "…"
    }
}

/// Reads `warn-code SP warn-agent SP warn-text [SP warn-date]`.
private struct WarningReader {
    private var rest: Substring.UTF8View

    init(_ value: String) { rest = Substring(value).utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func next() -> (code: Int, text: String)? {
        skipSpaces()
        let digits = word()
        guard digits.utf8.count == 3, let code = Int(digits) else { return nil }
        skipSpaces()
        guard !word().isEmpty else { return nil }
        skipSpaces()
        guard let text = quoted() else { return nil }
        skipSpaces()
        // The date, which says nothing that the log does not.
        if rest.first == UInt8(ascii: "\""), quoted() == nil { return nil }
        skipSpaces()
        return (code, text)
    }

    mutating func skipComma() -> Bool {
        guard rest.first == UInt8(ascii: ",") else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func skipSpaces() {
        while let byte = rest.first, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { rest.removeFirst() }
    }

    private mutating func word() -> String {
        let word = rest.prefix { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") && $0 != UInt8(ascii: ",") }
        rest = rest.dropFirst(word.count)
        return String(decoding: word, as: UTF8.self)
    }

    /// A quoted string, without its quotes and with its escapes undone; `nil` where there is none, or no end of it.
    private mutating func quoted() -> String? {
        guard rest.first == UInt8(ascii: "\"") else { return nil }
        rest.removeFirst()
        var text: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escaped = rest.popFirst() else { return nil }
                text.append(escaped)
            default: text.append(byte)
            }
        }
        return nil
    }
}
