internal import HTTPTransport
internal import KubernetesModel
internal import StructuredData

/// The events of one watch, in the server's order.
///
/// The sequence ends where the server ends the watch, which it does every few minutes: watch again from the last version. It
/// throws `KubernetesStatus` for an error event (410: the version is too old, list anew), `HTTPTransportError` where the
/// connection breaks, and `KubernetesClientError` where an object cannot be read. Leaving the loop drops the connection.
///
/// Only one task can iterate, once.
public struct WatchStream<Object: Sendable>: AsyncSequence, Sendable {
    public typealias Element = WatchEvent<Object>

    private let response: HTTPStreamingResponse
    private let maxLineBytes: Int
    private let silenceSeconds: Double?
    private let unknownEvents: @Sendable (String) -> Void
    private let decode: @Sendable (IndexedJSON.Value) throws -> Object

    init(
        _ response: HTTPStreamingResponse,
        options: WatchOptions,
        unknownEvents: @escaping @Sendable (String) -> Void,
        decode: @escaping @Sendable (IndexedJSON.Value) throws -> Object
    ) {
        self.response = response
        maxLineBytes = options.maxLineBytes
        silenceSeconds = options.silenceSeconds
        self.unknownEvents = unknownEvents
        self.decode = decode
    }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(
            body: response.body.makeAsyncIterator(), lines: LineDecoder(maxLineBytes: maxLineBytes),
            silenceSeconds: silenceSeconds, setSilenceTimeout: response.setSilenceTimeout,
            unknownEvents: unknownEvents, decode: decode)
    }

    public struct AsyncIterator: AsyncIteratorProtocol {
        /// `nil` once the watch has ended, so that the connection goes even if the iterator stays.
        private var body: AsyncThrowingStream<[UInt8], any Error>.AsyncIterator?
        private var lines: LineDecoder
        private var silenceSeconds: Double?
        private let setSilenceTimeout: @Sendable (Double?) -> Void
        private let unknownEvents: @Sendable (String) -> Void
        private let decode: @Sendable (IndexedJSON.Value) throws -> Object

        init(
            body: AsyncThrowingStream<[UInt8], any Error>.AsyncIterator,
            lines: LineDecoder,
            silenceSeconds: Double?,
            setSilenceTimeout: @escaping @Sendable (Double?) -> Void,
            unknownEvents: @escaping @Sendable (String) -> Void,
            decode: @escaping @Sendable (IndexedJSON.Value) throws -> Object
        ) {
            self.body = body
            self.lines = lines
            self.silenceSeconds = silenceSeconds
            self.setSilenceTimeout = setSilenceTimeout
            self.unknownEvents = unknownEvents
            self.decode = decode
        }

        public mutating func next() async throws -> WatchEvent<Object>? {
            try await next(isolation: nil)
        }

        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(any Error) -> WatchEvent<Object>? {
            do {
                while body != nil {
                    while let line = try lines.next() {
                        if let event = try event(line) { return event }
                    }
                    guard let chunk = try await body?.next(isolation: actor) else { break }
                    lines.append(chunk)
                }
                if body != nil { try end() }
                return nil
            } catch {
                body = nil
                lines.removeAll()
                throw error
            }
        }

        /// The body has ended. What stands behind its last newline is a piece of an event, which is lost.
        private mutating func end() throws {
            body = nil
            guard lines.remainder.isEmpty else {
                throw HTTPTransportError(.connectionLost, "the watch ended in the middle of an event")
            }
        }

        /// The event of one line; `nil` where the line holds none for the reader.
        private mutating func event(_ line: [UInt8]) throws -> WatchEvent<Object>? {
            let root = try Self.parsing { try IndexedJSON(line).root }
            guard let type = root["type"]?.stringValue, let object = root["object"] else {
                unknownEvents("none")
                return nil
            }
            switch type {
            case "ADDED": return .added(try decode(object))
            case "MODIFIED": return .modified(try decode(object))
            case "DELETED": return .deleted(try decode(object))
            case "BOOKMARK": return bookmark(object)
            case "ERROR": throw try KubernetesStatus(errorEvent: Self.parsing { try object.json() })
            default:
                unknownEvents(type)
                return nil
            }
        }

        private static func parsing<Value>(_ body: () throws -> Value) throws -> Value {
            do {
                return try body()
            } catch {
                throw KubernetesClientError(.decoding, "an event of the watch is not JSON: \(error)")
            }
        }

        private mutating func bookmark(_ object: IndexedJSON.Value) -> WatchEvent<Object>? {
            if let seconds = silenceSeconds {
                setSilenceTimeout(seconds)
                silenceSeconds = nil
            }
            let metadata = object["metadata"]
            guard let version = metadata?["resourceVersion"]?.stringValue, !version.isEmpty else {
                unknownEvents("BOOKMARK without resourceVersion")
                return nil
            }
            let ended = metadata?["annotations"]?["k8s.io/initial-events-end"]?.stringValue == "true"
            return .bookmark(resourceVersion: version, initialEventsEnd: ended)
        }
    }
}
