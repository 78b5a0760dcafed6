import BenchmarkSupport
import CLibepoll
import Foundation
import SystemThreads

/// Many watchers of one path, each on a connection of its own over HTTP/1.1, which all events come through: all on one thread, since
/// they share the machine with the server that they measure.
struct WatchReaders: Sendable {
    /// Events come all the time; where none does, some were lost.
    private static let longestSilenceMilliseconds: Int32 = 30_000
    private static let bufferBytes = 64 << 10

    var api: APIUnderTest
    /// With its query.
    var path: String
    var count: Int
    /// How many events each of them is to see.
    var events: Int
    /// What the times of arrivals count from.
    var epoch: ContinuousClock.Instant

    struct Arrival: Sendable {
        /// The number of the change.
        var change: Int
        /// Milliseconds since the epoch.
        var time: Double
    }

    /// - Parameter onOpen: called when all are watching.
    /// - Returns: when each change was read by each watcher.
    func run(onOpen: @escaping @Sendable () -> Void) async throws -> [Arrival] {
        try await OSThread.run("watchers") { try read(onOpen) }
    }

    private func read(_ onOpen: () -> Void) throws -> [Arrival] {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.bufferBytes, alignment: 16)
        defer { buffer.deallocate() }
        let client = try TLSClient(authority: try api.authority())
        let poll = epoll_create1(0)
        defer { close(poll) }
        var watchers: [Watcher] = []
        for index in 0..<count {
            let watcher = try Watcher(client, api, path, buffer)
            var interest = epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(u64: UInt64(index)))
            guard epoll_ctl(poll, EPOLL_CTL_ADD, watcher.connection.descriptor, &interest) == 0 else {
                throw BenchmarkFailure("epoll_ctl: errno \(errno)")
            }
            watchers.append(watcher)
        }
        onOpen()

        var arrivals: [Arrival] = []
        arrivals.reserveCapacity(count * events)
        var unfinished = count
        var ready = [epoll_event](repeating: epoll_event(), count: count)
        while unfinished > 0 {
            let found = epoll_wait(poll, &ready, Int32(count), Self.longestSilenceMilliseconds)
            guard found > 0 || (found < 0 && errno == EINTR) else {
                throw BenchmarkFailure("\(unfinished) watchers have not seen all \(events) events")
            }
            for event in ready.prefix(max(Int(found), 0)) {
                let index = Int(event.data.u64)
                let hadAll = watchers[index].seen >= events
                try watchers[index].read(buffer, epoch) { arrivals.append($0) }
                if !hadAll, watchers[index].seen >= events { unfinished -= 1 }
            }
        }
        return arrivals
    }
}

private final class Watcher {
    let connection: TLSClient.Connection
    private var body = ChunkedBody()
    private var changes = ChangeNumbers()
    private(set) var seen = 0

    /// Opens a watch, and returns once its head has come.
    init(_ client: TLSClient, _ api: APIUnderTest, _ path: String, _ buffer: UnsafeMutableRawBufferPointer) throws {
        connection = try client.connect(port: try api.port())
        try connection.write(
            Array("GET \(path) HTTP/1.1\r\nHost: localhost\r\nAuthorization: \(api.authorization)\r\n\r\n".utf8))
        let end = Array("\r\n\r\n".utf8)
        var head: [UInt8] = []
        while !head.reversed().starts(with: end.reversed()) {
            // Byte by byte: what comes after it belongs to the body.
            let byte = UnsafeMutableRawBufferPointer(rebasing: buffer[..<1])
            if try connection.read(into: byte) != nil { head.append(byte[0]) }
        }
        let text = String(decoding: head, as: UTF8.self).lowercased()
        guard text.hasPrefix("http/1.1 200"), text.contains("transfer-encoding: chunked") else {
            throw BenchmarkFailure("a watch answered \(text)")
        }
        connection.setNonBlocking()
    }

    /// Reads all that has come.
    func read(
        _ buffer: UnsafeMutableRawBufferPointer, _ epoch: ContinuousClock.Instant,
        _ arrived: (WatchReaders.Arrival) -> Void
    ) throws {
        repeat {
            guard let count = try connection.read(into: buffer) else { return }
            let now = epoch.duration(to: .now).milliseconds
            try body.decode(UnsafeRawBufferPointer(rebasing: buffer[..<count])) { piece in
                changes.read(piece) { change in
                    seen += 1
                    arrived(WatchReaders.Arrival(change: change, time: now))
                }
            }
            guard !body.isAtEnd else { throw BenchmarkFailure("the server has ended a watch") }
        } while connection.hasPending
    }
}
