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
        guard let separator = url.firstRange(of: "://") else { throw Self.error(url, "it is not absolute") }
        switch url[..<separator.lowerBound].lowercased() {
        case "https": isSecure = true
        case "http": isSecure = false
        default: throw Self.error(url, "only http and https are supported")
        }
        let behind = url[separator.upperBound...]
        let end = behind.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? behind.endIndex
        rest = behind[end...]
        let authority = behind[..<end]
        guard !authority.contains("@") else { throw Self.error(url, "credentials belong in the Authorization header") }
        var hostEnd = authority.endIndex
        port = isSecure ? 443 : 80
        if let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") {
            guard let number = UInt16(authority[authority.index(after: colon)...]), number > 0 else {
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
        let needle = Array(needle.utf8)
        var start = utf8.startIndex
        while start < utf8.endIndex {
            if utf8[start...].starts(with: needle) { return start..<utf8.index(start, offsetBy: needle.count) }
            start = utf8.index(after: start)
        }
        return nil
    }
}
