/// `HOST:PORT`, as flags give it.
package struct ListenAddress: Sendable, Equatable {
    package var host: String
    package var port: Int

    /// - Throws: `CommandFailure` that names the flag.
    package init(_ text: String, flag: String) throws(CommandFailure) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65535).contains(port), colon != text.startIndex
        else {
            throw CommandFailure(
                .usage, "\(flag) is \"\(text)\"; it must be HOST:PORT, such as 127.0.0.1:0 for a free port")
        }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        self.host = host
        self.port = port
    }

    /// Nobody but this machine can reach it.
    package var isLoopback: Bool {
        host == "localhost" || host == "::1" || (host.hasPrefix("127.") && host.allSatisfy { $0.isNumber || $0 == "." })
    }
}
