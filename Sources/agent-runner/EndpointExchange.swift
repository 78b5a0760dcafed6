import AgentRuntime
import HTTPTransport
import StructuredData

/// One attempt at an endpoint: the call, repeated while the endpoint does not listen yet or asks to come back, and what its
/// answer means.
struct EndpointExchange: Sendable {
    /// How long an endpoint that does not listen is waited for: it may be starting beside the agent.
    private static let startSeconds = 30
    /// How often, and how long at most, a `Retry-After` is kept within one attempt.
    private static let mostReturns = 5
    private static let longestReturnSeconds = 60

    let request: HTTPRequest
    let transport: any HTTPTransport
    let context: WorkloadContext

    func run() async throws -> JSON {
        var returns = 0
        while true {
            let response = try await connected()
            if let seconds = Self.secondsToReturn(response), returns < Self.mostReturns {
                returns += 1
                try await Task.sleep(for: .seconds(seconds))
                continue
            }
            return try await answer(response)
        }
    }

    private func connected() async throws -> HTTPStreamingResponse {
        var refusals = 0
        while true {
            do {
                return try await transport.stream(request)
            } catch let error as HTTPTransportError where error.wasNotSent && refusals < Self.startSeconds * 4 {
                refusals += 1
                try await Task.sleep(for: .milliseconds(250))
            }
        }
    }

    /// How long an endpoint that is busy asks to be left alone; `nil`: it does not say, or too long for one attempt.
    static func secondsToReturn(_ response: HTTPStreamingResponse) -> Int? {
        guard response.status == 429 || response.status == 503,
            let seconds = response.headers["Retry-After"].flatMap({ Int($0) }),
            (0...longestReturnSeconds).contains(seconds)
        else { return nil }
        return seconds
    }

    private func answer(_ response: HTTPStreamingResponse) async throws -> JSON {
        let kind = response.headers["Content-Type"]?.split(separator: ";").first.map(String.init) ?? ""
        if response.isSuccess, kind == "application/x-ndjson" { return try await lines(response) }
        var body: [UInt8] = []
        for try await chunk in response.body {
            body += chunk
            guard body.count <= WorkloadLimits.resultBytes else { throw Self.tooLarge }
        }
        return try Self.result(status: response.status, body: body)
    }

    private static let tooLarge = WorkloadError.permanent(
        .resultTooLarge, "the endpoint's answer has more than \(WorkloadLimits.resultBytes >> 20) MiB")

    /// An answer in lines: progress and checkpoints as they come, and last the result or an error.
    private func lines(_ response: HTTPStreamingResponse) async throws -> JSON {
        var rest: [UInt8] = []
        var searched = 0
        for try await chunk in response.body {
            rest += chunk
            while let end = rest[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                if let result = try take(rest[..<end]) { return result }
                rest.removeFirst(end + 1)
                searched = 0
            }
            searched = rest.count
            guard rest.count <= WorkloadLimits.resultBytes else { throw Self.tooLarge }
        }
        if let result = try take(rest[...]) { return result }
        throw WorkloadError.retryable("BAD_OUTPUT", "the endpoint's answer ended without a line {\"result\": …}")
    }

    /// - Returns: the result, where the line has it.
    private func take(_ bytes: ArraySlice<UInt8>) throws -> JSON? {
        if bytes.allSatisfy({ " \r\t".utf8.contains($0) }) { return nil }
        guard let line = try? JSON.parse(Array(bytes)), let members = line.objectValue else {
            throw WorkloadError.permanent(
                "BAD_OUTPUT", "a line of the endpoint's answer is no JSON object: \(Self.excerpt(Array(bytes)))")
        }
        if let result = members["result"] { return result }
        if let error = members["error"] {
            throw Self.failure(
                error["retryable"]?.boolValue == true ? .retryable : .permanent, error,
                otherwise: "the endpoint failed",
                code: "ENDPOINT_FAILED")
        }
        switch ErrorLines.instruction(line) {
        case .progress(let done, let total, let message):
            context.progress(done: done, total: total, message: message)
        case .checkpoint(let checkpoint): context.saveCheckpoint(checkpoint)
        case .text, nil: if let output = members["output"]?.stringValue { context.output(output) }
        }
        return nil
    }

    /// What an answer in one piece means.
    static func result(status: Int, body: [UInt8]) throws(WorkloadError) -> JSON {
        if (200..<300).contains(status) {
            if body.isEmpty { return .null }
            do {
                return try JSON.parse(body)
            } catch {
                throw .permanent("BAD_OUTPUT", "the endpoint's answer is not JSON: \(error)")
            }
        }
        // Timed out, too early, too many: the same call may be answered another time.
        let kind: WorkloadError.Kind = status >= 500 || [408, 425, 429].contains(status) ? .retryable : .permanent
        throw failure(
            kind, (try? JSON.parse(body)) ?? .null, otherwise: "the endpoint answered \(status): \(excerpt(body))",
            code: "HTTP_\(status)")
    }

    /// - Parameter said: an object with `code` and `message`, or a problem (RFC 9457).
    private static func failure(
        _ kind: WorkloadError.Kind, _ said: JSON, otherwise message: String, code: String
    ) -> WorkloadError {
        WorkloadError(
            kind, code: WorkloadError.Code(rawValue: said["code"]?.stringValue ?? code),
            message: said["message"]?.stringValue ?? said["detail"]?.stringValue ?? message)
    }

    private static func excerpt(_ body: [UInt8]) -> String { String(decoding: body.prefix(1024), as: UTF8.self) }
}
