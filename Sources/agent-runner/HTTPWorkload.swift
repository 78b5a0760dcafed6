import AgentRuntime
import Dispatch
import HTTPTransport
import StructuredData
import Synchronization

/// Tasks of one type as calls of an HTTP endpoint: the input is posted, the answer is the result.
struct HTTPWorkload: Workload {
    let type: String
    let url: String
    /// `nil` where nothing is to be run.
    let transport: (any HTTPTransport)?

    var inputSchema: JSON { true }
    var outputSchema: JSON { true }

    func run(_ input: JSON, context: WorkloadContext) throws -> JSON {
        guard let transport else { preconditionFailure("an endpoint without a transport") }
        let exchange = EndpointExchange(
            request: Self.request(to: url, type: type, input, context), transport: transport, context: context)
        let answer = Mutex<Result<JSON, any Error>?>(nil)
        let done = DispatchSemaphore(value: 0)
        // This thread is the workload's own, and waits.
        let call = Task {
            do {
                let result = try await exchange.run()
                answer.withLock { $0 = .success(result) }
            } catch {
                answer.withLock { $0 = .failure(error) }
            }
            done.signal()
        }
        context.onCancel { call.cancel() }
        done.wait()
        do {
            return try answer.withLock { $0 }?.get() ?? .null
        } catch let error as WorkloadError {
            throw error
        } catch {
            if context.isCancelled { throw WorkloadError.cancelled }
            throw WorkloadError.retryable("ENDPOINT_FAILED", "\(url): \(error)")
        }
    }

    /// The call for an attempt. Where an earlier attempt has saved a checkpoint, which only an endpoint does that knows of them,
    /// the body holds both.
    static func request(to url: String, type: String, _ input: JSON, _ context: WorkloadContext) -> HTTPRequest {
        var headers: HTTPHeaders = [
            "Accept": "application/json, application/x-ndjson", "Das-Task": context.task, "Das-Task-Type": type,
            "Das-Attempt": String(context.attempt),
        ]
        headers["Das-Timeout-Ms"] = context.deadline.map { String(Int(max($0 - .now, .zero) / .milliseconds(1))) }
        headers["traceparent"] = context.traceparent
        var body = input
        if let checkpoint = context.lastCheckpoint {
            body = ["input": input, "checkpoint": checkpoint]
            headers["Content-Type"] = "application/vnd.das.resume+json"
        } else {
            headers["Content-Type"] = "application/json"
        }
        // A connection of its own: it is closed when the attempt is cancelled, and an answer that comes slowly or at length
        // holds up nothing else.
        return HTTPRequest(
            .post, url, headers: headers, body: body.serialized(), timeoutSeconds: nil, connection: .dedicated)
    }
}
