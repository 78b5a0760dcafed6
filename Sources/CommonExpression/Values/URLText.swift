import StructuredData

/// An absolute URL, or an absolute path, in its parts (RFC 3986, read as Go's `url.ParseRequestURI` does).
struct URLText: Sendable, Hashable {
    let text: String
    let scheme: String
    /// With the port.
    let host: String
    /// As written.
    let path: String
    let query: [(name: String, value: String)]

    static func == (left: URLText, right: URLText) -> Bool { left.text == right.text }
    func hash(into hasher: inout Hasher) { hasher.combine(text) }

    init?(_ text: String) {
        guard !text.isEmpty, text.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F }) else { return nil }
        self.text = text
        var rest = Substring(text)
        var scheme = ""
        if !rest.hasPrefix("/") {
            guard let colon = rest.firstIndex(of: ":"), let first = rest.unicodeScalars.first,
                first.isIdentifierStart, first != "_",
                rest[..<colon].unicodeScalars.allSatisfy({
                    ($0.isIdentifierStart && $0 != "_") || $0.isDigit || "+-.".unicodeScalars.contains($0)
                })
            else { return nil }
            scheme = rest[..<colon].lowercased()
            rest = rest[rest.index(after: colon)...]
            guard rest.hasPrefix("/") else { return nil }
        }
        self.scheme = scheme
        var query = Substring()
        if let mark = rest.firstIndex(of: "?") {
            query = rest[rest.index(after: mark)...]
            rest = rest[..<mark]
        }
        if !scheme.isEmpty, rest.hasPrefix("//") {
            let authority = rest.dropFirst(2).prefix { $0 != "/" }
            rest = rest.dropFirst(2 + authority.count)
            let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
            guard Self.isHost(host) else { return nil }
            self.host = String(host)
        } else {
            self.host = ""
        }
        guard Self.decoded(rest, plusIsBlank: false) != nil else { return nil }
        path = String(rest)
        var pairs: [(String, String)] = []
        for pair in query.split(separator: "&") {
            let name = pair.prefix { $0 != "=" }
            guard let key = Self.decoded(name, plusIsBlank: true),
                let value = Self.decoded(pair.dropFirst(name.count + 1), plusIsBlank: true)
            else { continue }
            pairs.append((key, value))
        }
        self.query = pairs
    }

    private static func isHost(_ host: Substring) -> Bool {
        var port = Substring()
        if host.hasPrefix("[") {
            guard let end = host.firstIndex(of: "]"), IPAddress(String(host[..<end].dropFirst())) != nil else {
                return false
            }
            port = host[host.index(after: end)...]
        } else if let colon = host.lastIndex(of: ":") {
            guard host.firstIndex(of: ":") == colon else { return false }
            port = host[colon...]
        }
        let isPort =
            port.isEmpty || (port.hasPrefix(":") && port.dropFirst().utf8.allSatisfy { (48...57).contains($0) })
        return isPort && !host.contains { "<>\"\\^`{|} ".contains($0) }
    }

    var hostname: String {
        if host.hasPrefix("[") { return String(host.dropFirst().prefix { $0 != "]" }) }
        return String(host.prefix { $0 != ":" })
    }

    var port: String {
        guard let colon = host.lastIndex(of: ":"), !host.hasSuffix("]") else { return "" }
        return String(host[host.index(after: colon)...])
    }

    /// The path with what must not stand in it percent-encoded.
    var escapedPath: String {
        var escaped = ""
        for byte in path.utf8 {
            let scalar = Unicode.Scalar(byte)
            if byte < 0x80, scalar.isDigit || scalar.isIdentifierStart || "-.~/$&+,;=:@!'()*%[]".utf8.contains(byte) {
                escaped.unicodeScalars.append(scalar)
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                escaped += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return escaped
    }

    private static func decoded(_ text: Substring, plusIsBlank: Bool) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard rest.count >= 2, let high = Unicode.Scalar(rest[rest.startIndex]).hexValue,
                    let low = Unicode.Scalar(rest[rest.startIndex + 1]).hexValue
                else { return nil }
                bytes.append(UInt8(high * 16 + low))
                rest = rest.dropFirst(2)
            } else {
                bytes.append(plusIsBlank && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
