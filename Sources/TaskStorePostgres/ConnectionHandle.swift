import CLibpq
import Glibc
import SystemThreads

/// A `PGconn`, finished with this value. Waiting happens here, by `poll`, and always has an end.
struct ConnectionHandle: ~Copyable {
    let connection: OpaquePointer

    private init(_ connection: OpaquePointer) { self.connection = connection }

    /// Connects.
    /// - Parameter deadline: in seconds of `MonotonicTime`.
    static func connect(
        _ parameters: [ConnectionSettings.Parameter], deadline: Double
    ) throws(PostgresError) -> ConnectionHandle {
        var keywords: [UnsafePointer<CChar>?] = []
        var values: [UnsafePointer<CChar>?] = []
        let copies = parameters.map { (strdup($0.keyword), strdup($0.value)) }
        for (keyword, value) in copies {
            keywords.append(UnsafePointer(keyword))
            values.append(UnsafePointer(value))
        }
        keywords.append(nil)
        values.append(nil)
        let started = PQconnectStartParams(keywords, values, 0)
        for (keyword, value) in copies {
            free(keyword)
            free(value)
        }
        guard let started else { throw PostgresError(.cannotConnect, "there is no memory for a connection") }
        let handle = ConnectionHandle(started)
        // Notices are for people at a terminal.
        PQsetNoticeProcessor(started, { _, _ in }, nil)
        try handle.establish(deadline)
        guard PQsetnonblocking(started, 1) == 0, PQenterPipelineMode(started) == 1 else {
            throw PostgresError(.cannotConnect, handle.message)
        }
        return handle
    }

    deinit { PQfinish(connection) }

    /// What libpq last complained of, on one line.
    var message: String {
        let text = PQerrorMessage(connection).map { String(cString: $0) } ?? ""
        let lines = text.split(whereSeparator: \.isNewline).map { $0.drop { $0 == " " || $0 == "\t" } }
        return lines.isEmpty ? "the connection is closed" : lines.joined(separator: "; ")
    }

    var isBroken: Bool { PQstatus(connection) != CONNECTION_OK }

    private func establish(_ deadline: Double) throws(PostgresError) {
        if PQstatus(connection) == CONNECTION_BAD { throw PostgresError(.cannotConnect, message) }
        var waitsFor = Int16(POLLOUT)
        while true {
            guard wait(for: waitsFor, until: deadline) else {
                throw PostgresError(.cannotConnect, "the server did not answer in time")
            }
            switch PQconnectPoll(connection) {
            case PGRES_POLLING_OK: return
            case PGRES_POLLING_READING: waitsFor = Int16(POLLIN)
            case PGRES_POLLING_WRITING: waitsFor = Int16(POLLOUT)
            default: throw loginError
            }
        }
    }

    /// libpq keeps no SQLSTATE of a login that failed, only its words: those by which no other attempt will do better.
    private var loginError: PostgresError {
        let message = message
        func says(_ texts: String...) -> Bool { texts.contains { message.contains($0) } }
        let isMissing = says("does not exist")
        if isMissing, says("database \"") { return PostgresError(.cannotConnect, sqlState: "3D000", message) }
        if says("authentication failed", "no password supplied") || (isMissing && says("role \"")) {
            return PostgresError(.cannotConnect, sqlState: "28P01", message)
        }
        if says(
            "certificate verify failed", "root certificate file", "does not match host name",
            "server does not support SSL", "no pg_hba.conf entry")
        {
            return PostgresError(.distrusted, message)
        }
        return PostgresError(.cannotConnect, message)
    }

    /// Waits until the socket is ready; `false`: it is not at the deadline.
    private func wait(for events: Int16, until deadline: Double) -> Bool {
        let socket = PQsocket(connection)
        guard socket >= 0 else { return true }
        while true {
            var descriptor = pollfd(fd: socket, events: events, revents: 0)
            let rest = deadline - MonotonicTime.seconds
            guard rest > 0 else { return false }
            if poll(&descriptor, 1, Int32(min(rest, 60) * 1000) + 1) > 0 { return true }
        }
    }

    /// Sends what is to be sent, and takes in what comes meanwhile: a server whose own answers are not read would not read on.
    func flush(until deadline: Double) throws(PostgresError) {
        while true {
            switch PQflush(connection) {
            case 0: return
            case 1:
                guard wait(for: Int16(POLLIN | POLLOUT), until: deadline) else { throw stalled }
                guard PQconsumeInput(connection) == 1 else { throw lost }
            default: throw lost
            }
        }
    }

    /// The next result; `nil`: that was the last of its statement.
    func nextResult(until deadline: Double) throws(PostgresError) -> OpaquePointer? {
        while PQisBusy(connection) == 1 {
            guard wait(for: Int16(POLLIN), until: deadline) else { throw stalled }
            guard PQconsumeInput(connection) == 1 else { throw lost }
        }
        return PQgetResult(connection)
    }

    var lost: PostgresError { PostgresError(.connectionLost, message) }
    private var stalled: PostgresError { PostgresError(.connectionLost, "the server did not answer in time") }
}
