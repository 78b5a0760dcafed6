import HTTPTransport
import StructuredData
import Synchronization

/// An API server with one object, whose status can be applied.
final class StatusServer: HTTPTransport {
    private let object: Mutex<JSON>
    private let count = Mutex(0)

    init(_ object: JSON) { self.object = Mutex(object) }

    var task: JSON { object.withLock(\.self) }
    /// How often its status was written.
    var writes: Int { count.withLock(\.self) }

    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        guard request.method == .patch, request.url.contains("/swarmtasks/t/status") else {
            return HTTPResponse(status: 405, body: [])
        }
        count.withLock { $0 += 1 }
        let applied = try JSON.parse(request.body ?? [])
        let answer = object.withLock { object in
            let version = Int(object["metadata"]?["resourceVersion"]?.stringValue ?? "") ?? 0
            object["status"] = applied["status"]
            object["metadata"]?["resourceVersion"] = .string(String(version + 1))
            return object.serialized()
        }
        return HTTPResponse(status: 200, body: answer)
    }

    func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse {
        throw HTTPTransportError(.badRequest, "nothing is watched")
    }
}
