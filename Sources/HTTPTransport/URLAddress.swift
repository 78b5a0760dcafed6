/// The parts of an absolute http or https URL that say where to connect.
package struct URLAddress: Sendable, Hashable {
    package var isSecure: Bool
    /// A name or address; IPv6 in brackets.
    package var host: String
    package var port: Int
    /// Host and port as they stand in the URL.
    package var authority: String
    /// Path and query.
    private var rest: Substring

    package init(_ url: String) throws(HTTPTransportError) {
        // By bytes, as every request is looked at: what separates the parts is ASCII.
        guard let separator = url.firstRange(of: "://") else { throw Self.error(url, "it is not absolute") }
        switch url[..<separator.lowerBound] {
        case "https": isSecure = true
        case "http": isSecure = false
        case let scheme:
            switch scheme.lowercased() {
            case "https": isSecure = true
            case "http": isSecure = false
            default: throw Self.error(url, "only http and https are supported")
            }
        }
        let behind = url.utf8[separator.upperBound...]
        let end =
            behind.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }
            ?? behind.endIndex
        rest = url[end...]
        let bytes = behind[..<end]
        guard !bytes.contains(UInt8(ascii: "@")) else {
            throw Self.error(url, "credentials belong in the Authorization header")
        }
        let authority = url[bytes.startIndex..<bytes.endIndex]
        var hostEnd = authority.endIndex
        port = isSecure ? 443 : 80
        if let colon = bytes.lastIndex(of: UInt8(ascii: ":")), !bytes[colon...].contains(UInt8(ascii: "]")) {
            guard let number = UInt16(authority[bytes.index(after: colon)...]), number > 0 else {
                throw Self.error(url, "its port is no number from 1 to 65535")
            }
            port = Int(number)
            hostEnd = colon
        }
        host = String(authority[..<hostEnd])
        self.authority = String(authority)
        guard !host.isEmpty else { throw Self.error(url, "it has no host") }
    }

    /// The URL with another host.
    package func url(host: String) -> String { "\(isSecure ? "https" : "http")://\(host):\(port)\(rest)" }

    private static func error(_ url: String, _ reason: String) -> HTTPTransportError {
        HTTPTransportError(.badRequest, "the URL \"\(url)\" cannot be used: \(reason)", wasNotSent: true)
    }
}

extension String {
    /// Where `needle` first stands; like Foundation's, for which this module has no other use.
    package func firstRange(of needle: String) -> Range<String.Index>? {
        let needle = needle.utf8
        guard let first = needle.first else { return isEmpty ? nil : startIndex..<startIndex }
        var rest = utf8[...]
        while let start = rest.firstIndex(of: first) {
            if rest[start...].starts(with: needle) { return start..<rest.index(start, offsetBy: needle.count) }
            rest = rest[rest.index(after: start)...]
        }
        return nil
    }
}
