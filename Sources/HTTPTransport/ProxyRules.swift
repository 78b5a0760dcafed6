/// Which proxy, if any, leads to a URL.
///
/// The rules are those of Go's `net/http`, and so of kubectl: loopback is never proxied by the environment's rules, `HTTP_PROXY` is
/// for http URLs alone, `NO_PROXY` lists what is reached without a proxy: names (`example.com`, which covers its subdomains; `.example.com` and
/// `*.example.com`, which are its subdomains alone), addresses, blocks of addresses (`10.0.0.0/8`), each but a block with a port if it
/// pleases (`example.com:8443`), or `*` for everything. Names are not resolved.
public struct ProxyRules: Sendable, Hashable {
    /// The URL of a proxy: `http`, `https` or `socks5`; name and password in it are sent to the proxy.
    private var proxyForHTTP: String?
    private var proxyForHTTPS: String?
    /// Whether exceptions and loopback are looked at.
    private var hasExceptions = false
    private var exceptions = Exceptions()

    private struct Exceptions: Sendable, Hashable {
        var isEverything = false
        var addresses: [Address] = []
        var blocks: [InternetAddressBlock] = []
        var domains: [Domain] = []
    }

    private struct Address: Sendable, Hashable {
        var address: InternetAddress
        var port: Int?
    }

    private struct Domain: Sendable, Hashable {
        /// With a dot in front.
        var suffix: String
        var port: Int?
        /// Whether the domain itself is meant, besides its subdomains.
        var includesItself: Bool
    }

    /// No proxy.
    public static let none = ProxyRules()

    private init() {}

    /// One proxy for everything, loopback included: what the `proxy-url` of a kubeconfig means.
    ///
    /// - Throws: `HTTPTransportError.badRequest` where `url` is no proxy's.
    public init(always url: String) throws(HTTPTransportError) {
        let proxy = try Self.proxy(url, "the proxy")
        proxyForHTTP = proxy
        proxyForHTTPS = proxy
    }

    /// What `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, or else their names in lower case, say.
    ///
    /// Where `REQUEST_METHOD` is set, the process is a CGI program, and `HTTP_PROXY` may be a header that some client sent: it is
    /// ignored.
    /// - Throws: `HTTPTransportError.badRequest` that names the variable.
    public init(environment: [String: String]) throws(HTTPTransportError) {
        hasExceptions = true
        func value(_ name: String) -> (name: String, text: String)? {
            for name in [name, name.lowercased()] {
                if let text = environment[name], !text.isEmpty { return (name, text) }
            }
            return nil
        }
        if let (name, text) = value("HTTPS_PROXY") { proxyForHTTPS = try Self.proxy(text, name) }
        if environment["REQUEST_METHOD"] == nil, let (name, text) = value("HTTP_PROXY") {
            proxyForHTTP = try Self.proxy(text, name)
        }
        exceptions = Self.exceptions(value("NO_PROXY")?.text ?? "")
        // So that equal rules are equal values.
        if proxyForHTTP == nil, proxyForHTTPS == nil { self = .none }
    }

    /// The URL of the proxy for `url`; `nil`: none.
    ///
    /// - Throws: `HTTPTransportError.badRequest` where `url` is no absolute http or https URL.
    public func proxy(for url: String) throws(HTTPTransportError) -> String? {
        guard proxyForHTTP != nil || proxyForHTTPS != nil else { return nil }
        return proxy(for: try URLAddress(url))
    }

    package func proxy(for address: URLAddress) -> String? {
        guard let proxy = address.isSecure ? proxyForHTTPS : proxyForHTTP else { return nil }
        return hasExceptions && isException(address) ? nil : proxy
    }

    private func isException(_ address: URLAddress) -> Bool {
        var host = address.host.lowercased()
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        if host == "localhost" || exceptions.isEverything { return true }
        if let number = InternetAddress(host) {
            if number.isLoopback || exceptions.blocks.contains(where: { $0.contains(number) }) { return true }
            return exceptions.addresses.contains {
                $0.address == number && ($0.port ?? address.port) == address.port
            }
        }
        return exceptions.domains.contains { domain in
            guard (domain.port ?? address.port) == address.port else { return false }
            return host.hasSuffix(domain.suffix) || domain.includesItself && host == domain.suffix.dropFirst()
        }
    }

    private static func exceptions(_ list: String) -> Exceptions {
        var exceptions = Exceptions()
        for entry in list.split(separator: ",") {
            let entry = entry.lowercased().split(whereSeparator: \.isWhitespace).joined()
            if entry == "*" { exceptions.isEverything = true }
            if let block = InternetAddressBlock(entry) {
                exceptions.blocks.append(block)
                continue
            }
            var (host, port) = parts(entry)
            if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
            guard !host.isEmpty else { continue }
            if let address = InternetAddress(host) {
                exceptions.addresses.append(Address(address: address, port: port))
                continue
            }
            if host.hasPrefix("*.") { host = host.dropFirst() }
            let includesItself = !host.hasPrefix(".")
            exceptions.domains.append(
                Domain(suffix: includesItself ? ".\(host)" : String(host), port: port, includesItself: includesItself))
        }
        return exceptions
    }

    /// Host and port of an entry; a bare IPv6 address has colons, but no port.
    private static func parts(_ entry: String) -> (host: Substring, port: Int?) {
        guard let colon = entry.lastIndex(of: ":"), let port = UInt16(entry[entry.index(after: colon)...]) else {
            return (entry[...], nil)
        }
        let host = entry[..<colon]
        guard host.hasSuffix("]") || !host.contains(":") else { return (entry[...], nil) }
        return (host, Int(port))
    }

    /// Checks a proxy's URL; one without a scheme means `http`.
    private static func proxy(_ text: String, _ owner: String) throws(HTTPTransportError) -> String {
        let url = text.firstRange(of: "://") == nil ? "http://\(text)" : text
        let error = HTTPTransportError(
            .badRequest,
            "\(owner) is \"\(withoutPassword(text))\"; it must be the URL of a proxy, such as http://proxy:3128, "
                + "https://proxy:3129 or socks5://proxy:1080", wasNotSent: true)
        guard let separator = url.firstRange(of: "://") else { throw error }
        let scheme = url[..<separator.lowerBound].lowercased()
        guard ["http", "https", "socks5", "socks5h"].contains(scheme) else { throw error }
        let authority = url[separator.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        guard !host.isEmpty, host.first != ":", !host.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) else {
            throw error
        }
        // What stands behind the authority means nothing.
        return "\(scheme)://\(authority)"
    }

    /// The text as it may stand in a message.
    private static func withoutPassword(_ text: String) -> String {
        guard let at = text.lastIndex(of: "@") else { return text }
        let start = text.firstRange(of: "://")?.upperBound ?? text.startIndex
        return start <= at ? text[..<start] + "…" + text[at...] : "…"
    }
}
