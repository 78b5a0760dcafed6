package import TaskQueue

/// Where a Redis is, and which of its keys are ours: what a store URL says.
///
///     redis://[user[:password]@]host[:port][/database][?name=NAME]
///     redis+unix://[user[:password]@]/path/to/socket[?database=N&name=NAME]
///
/// Several installations share one database under different names. Reserved characters of user and password are
/// percent-encoded.
package struct RedisLocation: Sendable, Hashable, CustomStringConvertible {
    package enum Endpoint: Sendable, Hashable {
        case tcp(host: String, port: Int)
        case unix(path: String)
    }

    static let defaultPort = 6379
    static let defaultName = "queue"

    package var endpoint: Endpoint
    package var database: Int
    package var user: String?
    package var password: String?
    /// Names the keys: it is the hash tag that they share, so that a Redis Cluster keeps them together.
    package var name: String

    /// What every key begins with.
    var prefix: String { "das:{\(name)}:" }

    /// The channel on which commits that added to the feed are told.
    var channel: String { prefix + "hints" }
    /// The channel on which programs tell each other something.
    var messageChannel: String { prefix + "messages" }

    /// Without the password.
    package var description: String {
        let credentials = user.map { "\($0)@" } ?? ""
        let tail = name == Self.defaultName ? "" : "name=\(name)"
        return switch endpoint {
        case .tcp(let host, let port):
            "redis://\(credentials)\(host.contains(":") ? "[\(host)]" : host):\(port)/\(database)"
                + (tail.isEmpty ? "" : "?\(tail)")
        case .unix(let path):
            "redis+unix://\(credentials)\(path)?database=\(database)" + (tail.isEmpty ? "" : "&\(tail)")
        }
    }

    package init(
        endpoint: Endpoint, database: Int = 0, user: String? = nil, password: String? = nil, name: String? = nil
    ) {
        self.endpoint = endpoint
        self.database = database
        self.user = user
        self.password = password
        self.name = name ?? Self.defaultName
    }

    /// - Throws: `cannotOpen`, with what is wrong and no password in it.
    package init(_ url: String) throws(TaskStoreError) {
        let scheme = url.prefix { $0 != ":" }
        guard url.dropFirst(scheme.count).hasPrefix("://") else { throw Self.refusal("it must begin with redis://") }
        if scheme == "rediss" {
            throw Self.refusal(
                "TLS (rediss://) is not in this Redis client; let a TLS sidecar such as stunnel or Envoy listen on "
                    + "loopback, and name that with redis://127.0.0.1:PORT")
        }
        let rest = url.dropFirst(scheme.count + 3)
        let query = try Self.query(rest.drop { $0 != "?" }.dropFirst())
        var place = rest.prefix { $0 != "?" }
        if let at = place.lastIndex(of: "@") {
            (user, password) = try Self.credentials(place[..<at])
            place = place[place.index(after: at)...]
        } else {
            (user, password) = (nil, nil)
        }
        name = query["name"] ?? Self.defaultName
        guard !name.isEmpty, name.utf8.count <= 64, name.utf8.allSatisfy(Self.isNameByte) else {
            throw Self.refusal("name must be 1 to 64 letters, digits, dots, dashes or underscores")
        }
        switch scheme {
        case "redis":
            let path = place.drop { $0 != "/" }.dropFirst()
            endpoint = try Self.tcp(place.prefix { $0 != "/" })
            database = try Self.number(path.isEmpty ? query["database"] ?? "0" : String(path), "database")
        case "redis+unix":
            guard place.hasPrefix("/") else { throw Self.refusal("a socket's path must be absolute") }
            endpoint = .unix(path: try Self.decoded(place))
            database = try Self.number(query["database"] ?? "0", "database")
        default: throw Self.refusal("its scheme must be redis or redis+unix")
        }
    }

    private static func tcp(_ text: Substring) throws(TaskStoreError) -> Endpoint {
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { throw refusal("a host in brackets must end with one") }
            let host = String(text[text.index(after: text.startIndex)..<end])
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { throw refusal("a port must follow the host") }
            return .tcp(host: host, port: try port(rest.dropFirst()))
        }
        let host = String(text.prefix { $0 != ":" })
        guard !host.isEmpty else { throw refusal("it names no host") }
        return .tcp(host: host, port: try port(text.dropFirst(host.count + 1)))
    }

    private static func port(_ text: Substring) throws(TaskStoreError) -> Int {
        if text.isEmpty { return defaultPort }
        guard let port = Int(text), (1...65_535).contains(port) else { throw refusal("its port must be 1 to 65535") }
        return port
    }

    private static func number(_ text: String, _ what: String) throws(TaskStoreError) -> Int {
        guard let number = Int(text), (0...1_000_000).contains(number) else {
            throw refusal("its \(what) must be a number from 0 on")
        }
        return number
    }

    private static func credentials(_ text: Substring) throws(TaskStoreError) -> (String?, String?) {
        let user = try decoded(text.prefix { $0 != ":" })
        let password = try decoded(text.drop { $0 != ":" }.dropFirst())
        return (user.isEmpty ? nil : user, password.isEmpty ? nil : password)
    }

    private static func query(_ text: Substring) throws(TaskStoreError) -> [String: String] {
        var values: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let key = String(pair.prefix { $0 != "=" })
            guard key == "name" || key == "database" else {
                throw refusal("it has the unknown parameter \(key); there are name and database")
            }
            values[key] = try decoded(pair.dropFirst(key.count + 1))
        }
        return values
    }

    private static func decoded(_ text: Substring) throws(TaskStoreError) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte != UInt8(ascii: "%") {
                bytes.append(byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard digits.utf8.count == 2, let value = UInt8(digits, radix: 16) else {
                throw refusal("a % must be followed by two hexadecimal digits; write % itself as %25")
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func refusal(_ what: String) -> TaskStoreError {
        TaskStoreError(
            .cannotOpen,
            "the store URL is no Redis: \(what); write redis://[user[:password]@]host[:port][/database][?name=NAME]")
    }
}
