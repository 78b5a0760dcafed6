import CLibpq
import Glibc
package import TaskQueue

/// How to reach the database: the parameters of a `postgres://` URL, which go to libpq as they are, and what the store adds where
/// the URL is silent.
///
/// Beyond this machine the connection is encrypted unless the URL's `sslmode` (or `PGSSLMODE`) says otherwise; with
/// `sslrootcert` the server's certificate is checked in full. A server that is silent is given up within seconds.
package struct ConnectionSettings: Sendable, Hashable, CustomStringConvertible {
    struct Parameter: Sendable, Hashable {
        var keyword: String
        var value: String
    }

    let parameters: [Parameter]
    /// How long to try to connect.
    let connectSeconds: Double
    /// How long the server may take to answer, however much it is asked: less than a lease, and more than it is told to work on a
    /// statement.
    var answerSeconds = 12.0

    /// - Parameter environment: the variables that libpq takes defaults from.
    /// - Throws: `TaskStoreError.cannotOpen` where it is no such URL.
    package init(url: String, environment: [String: String]) throws(TaskStoreError) {
        var found = try Self.parse(url)
        func value(_ keyword: String, _ variable: String? = nil) -> String? {
            if let given = found.first(where: { $0.keyword == keyword })?.value, !given.isEmpty { return given }
            return variable.flatMap { environment[$0] }.flatMap { $0.isEmpty ? nil : $0 }
        }
        func add(_ keyword: String, _ standard: String) {
            if value(keyword) == nil { found.append(Parameter(keyword: keyword, value: standard)) }
        }
        let hosts = Self.list(value("hostaddr", "PGHOSTADDR") ?? value("host", "PGHOST") ?? "")
        if value("sslmode", "PGSSLMODE") == nil, !hosts.allSatisfy(Self.isHere) {
            add("sslmode", value("sslrootcert", "PGSSLROOTCERT") == nil ? "require" : "verify-full")
        }
        let seconds = max(value("connect_timeout", "PGCONNECT_TIMEOUT").flatMap(Double.init) ?? 5, 2)
        connectSeconds = seconds * Double(max(hosts.count, 1))
        add("connect_timeout", "\(Int(seconds))")
        add("keepalives_idle", "5")
        add("keepalives_interval", "2")
        add("keepalives_count", "3")
        // Milliseconds; less than a lease, so that a silent server costs nobody its lease.
        add("tcp_user_timeout", "10000")
        add("application_name", "das")
        // A standby would take no writes; of several hosts, the one that does is chosen.
        add("target_session_attrs", "read-write")
        add("client_encoding", "UTF8")
        parameters = found
    }

    /// Without the password.
    package var description: String {
        func value(_ keyword: String) -> String? { parameters.first { $0.keyword == keyword }?.value }
        let user = value("user").map { $0 + "@" } ?? ""
        let host = value("host") ?? value("hostaddr") ?? ""
        let port = value("port").map { ":" + $0 } ?? ""
        return "postgres://\(user)\(host)\(port)/\(value("dbname") ?? "")"
    }

    /// Whether what travels leaves this machine unencrypted, because it was asked to.
    package var isUnprotected: Bool {
        func value(_ keyword: String) -> String? { parameters.first { $0.keyword == keyword }?.value }
        let hosts = Self.list(value("hostaddr") ?? value("host") ?? "")
        return !hosts.allSatisfy(Self.isHere)
            && ["disable", "allow", "prefer"].contains(value("sslmode") ?? "")
    }

    private static func list(_ text: String) -> [String] { text.split(separator: ",").map(String.init) }

    /// On this machine: a socket's folder, or a loopback address.
    private static func isHere(_ host: String) -> Bool {
        host.hasPrefix("/") || host.hasPrefix("@") || host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }

    private static func parse(_ url: String) throws(TaskStoreError) -> [Parameter] {
        guard url.hasPrefix("postgres://") || url.hasPrefix("postgresql://") else { throw unreadable("") }
        var problem: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(url, &problem) else {
            let text = problem.map { String(cString: $0) } ?? ""
            PQfreemem(problem)
            // libpq quotes what it does not understand, which may be the password.
            throw unreadable(url.contains("@") ? "" : ": " + text.filter { !$0.isNewline })
        }
        defer { PQconninfoFree(options) }
        var parameters: [Parameter] = []
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val {
                parameters.append(Parameter(keyword: String(cString: keyword), value: String(cString: value)))
            }
            option += 1
        }
        return parameters
    }

    private static func unreadable(_ why: String) -> TaskStoreError {
        TaskStoreError(
            .cannotOpen,
            "the URL of the PostgreSQL store cannot be read\(why); it is "
                + "postgres://USER@HOST:PORT/DATABASE?sslmode=verify-full&sslrootcert=FILE, with special characters as %XX"
        )
    }
}
