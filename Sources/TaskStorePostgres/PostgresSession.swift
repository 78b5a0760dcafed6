import CLibpq
import Glibc
import SystemThreads

/// A session with the server, in pipeline mode: statements are gathered, sent together, and answered together.
///
/// Not `Sendable`: it lives on one thread.
final class PostgresSession {
    private let handle: ConnectionHandle
    private let answerSeconds: Double
    /// The names of the statements that the server keeps.
    private var kept: Set<String> = []
    /// The statements sent since the last `synchronise`.
    private var open = 0
    /// How many statements each part of the pipeline that is under way has.
    private var parts: [Int] = []

    /// - Throws: `PostgresError`.
    init(_ settings: ConnectionSettings) throws(PostgresError) {
        OpenSSLLibrary.keepUntilExit()
        answerSeconds = settings.answerSeconds
        handle = try ConnectionHandle.connect(
            settings.parameters, deadline: MonotonicTime.seconds + settings.connectSeconds)
    }

    /// As in 150018 for 15.18.
    var serverVersion: Int { Int(PQserverVersion(handle.connection)) }
    var isBroken: Bool { handle.isBroken }
    var socket: Int32 { PQsocket(handle.connection) }

    // MARK: Statements

    /// Has the server keep `statements` for later.
    func prepare(_ statements: [Statement]) throws(PostgresError) {
        for statement in statements {
            guard let name = statement.name else { continue }
            guard PQsendPrepare(handle.connection, name, statement.sql, 0, nil) == 1 else { throw handle.lost }
            open += 1
            kept.insert(name)
        }
        try synchronise()
        for result in try answers() { _ = try result.get() }
    }

    func send(_ request: Request) throws(PostgresError) {
        if let name = request.statement.name { precondition(kept.contains(name), "\(name) is kept by this session") }
        let parameters = request.parameters
        let count = parameters.ranges.count
        let sent = parameters.bytes.withUnsafeBytes { buffer in
            // A parameter of no bytes is not NULL: it needs an address too.
            let base = buffer.baseAddress.map { $0.assumingMemoryBound(to: CChar.self) }
            var values: [UnsafePointer<CChar>?] = []
            var lengths: [Int32] = []
            for range in parameters.ranges {
                values.append(range.map { range in base.map { $0 + range.lowerBound } ?? Self.nothing } ?? nil)
                lengths.append(Int32(range?.count ?? 0))
            }
            let formats = [Int32](repeating: 1, count: count)
            if let name = request.statement.name {
                return PQsendQueryPrepared(
                    handle.connection, name, Int32(count), values, lengths, formats, 1)
            }
            return PQsendQueryParams(
                handle.connection, request.statement.sql, Int32(count), nil, values, lengths, formats, 1)
        }
        guard sent == 1 else { throw handle.lost }
        open += 1
    }

    /// Where an empty value points, since libpq takes none for NULL. `nonisolated(unsafe)`: it is written once, here, and only read.
    nonisolated(unsafe) private static let nothing = UnsafePointer(strdup("")!)

    /// Ends a part of the pipeline: an error in it leaves what follows alone.
    func synchronise() throws(PostgresError) {
        guard PQpipelineSync(handle.connection) == 1 else { throw handle.lost }
        parts.append(open)
        open = 0
    }

    /// What the parts of the pipeline have come to: the rows of each statement, or the part's first error.
    /// - Parameter seconds: how long the server may take; `nil`: as long as for any statement of the store.
    /// - Throws: `PostgresError.connectionLost`, after which the session is of no more use.
    func answers(within seconds: Double? = nil) throws(PostgresError) -> [Result<[Rows], PostgresError>] {
        let deadline = MonotonicTime.seconds + (seconds ?? answerSeconds)
        try handle.flush(until: deadline)
        var answers: [Result<[Rows], PostgresError>] = []
        for count in parts { answers.append(try answer(count, deadline)) }
        parts = []
        return answers
    }

    /// Sends requests as one part, and waits for what they come to.
    /// - Parameters:
    ///   - afterwards: sent behind them, and of no consequence.
    ///   - seconds: as for `answers(within:)`.
    func run(
        _ requests: [Request], afterwards: Request? = nil, within seconds: Double? = nil
    ) throws(PostgresError) -> [Rows] {
        for request in requests { try send(request) }
        try synchronise()
        if let afterwards {
            try send(afterwards)
            try synchronise()
        }
        guard let answer = try answers(within: seconds).first else { return [] }
        return try answer.get()
    }

    private func answer(_ count: Int, _ deadline: Double) throws(PostgresError) -> Result<[Rows], PostgresError> {
        var rows: [Rows] = []
        var error: PostgresError?
        var silences = 0
        while true {
            guard let result = try handle.nextResult(until: deadline) else {
                silences += 1
                // One follows each statement; more come only from a connection that is gone.
                if silences > 2 { throw handle.lost }
                continue
            }
            silences = 0
            switch PQresultStatus(result) {
            case PGRES_PIPELINE_SYNC:
                PQclear(result)
                if let error { return .failure(error) }
                precondition(rows.count == count, "an answer for each statement")
                return .success(rows)
            case PGRES_TUPLES_OK, PGRES_COMMAND_OK: rows.append(Rows(result))
            case PGRES_PIPELINE_ABORTED: PQclear(result)
            default:
                let found = Self.error(result)
                PQclear(result)
                if handle.isBroken {
                    throw PostgresError(.connectionLost, sqlState: found.sqlState, found.message)
                }
                error = error ?? found
            }
        }
    }

    private static func error(_ result: OpaquePointer) -> PostgresError {
        func field(_ code: UInt8) -> String? { PQresultErrorField(result, Int32(code)).map { String(cString: $0) } }
        // Detail and context may quote rows, and are left out.
        let text = field(UInt8(ascii: "M")) ?? PQresultErrorMessage(result).map { String(cString: $0) } ?? ""
        return PostgresError(
            .refused, sqlState: field(UInt8(ascii: "C")),
            text.split(whereSeparator: \.isNewline).joined(separator: "; "))
    }

    // MARK: Notifications

    /// Takes in what the server has sent unasked; answers the notifications.
    func notifications() throws(PostgresError) -> [(channel: String, payload: String)] {
        guard PQconsumeInput(handle.connection) == 1 else { throw handle.lost }
        var notifications: [(String, String)] = []
        while let notification = PQnotifies(handle.connection) {
            notifications.append(
                (String(cString: notification.pointee.relname), String(cString: notification.pointee.extra)))
            PQfreemem(notification)
        }
        return notifications
    }
}
