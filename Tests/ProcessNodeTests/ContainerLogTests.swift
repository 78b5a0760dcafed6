import Synchronization
import Testing

@testable import ProcessNode

@Suite("Container logs")
struct ContainerLogTests {
    private let directory: TemporaryDirectory
    private let time: Int64 = 1_700_000_000_000_000

    init() throws { directory = try TemporaryDirectory() }

    private func log(maxBytes: Int = 1 << 20) throws -> ContainerLog {
        try ContainerLog(path: directory.path + "/0.log", maxBytes: maxBytes)
    }

    private func read(_ log: ContainerLog, _ edit: (inout LogQuery) -> Void = { _ in }) async throws -> String {
        var query = LogQuery()
        edit(&query)
        var output: [UInt8] = []
        try await LogReader(path: log.path, live: log, query: query).read { output += $0 }
        return String(decoding: output, as: UTF8.self)
    }

    private func append(_ text: String, _ log: ContainerLog, _ stream: ContainerLog.Stream = .stdout, at: Int64? = nil)
    {
        log.append(Array(text.utf8), stream, time: at ?? time)
    }

    @Test("lines keep their order over both streams, whatever pieces they arrive in")
    func lines() async throws {
        let log = try log()
        append("on", log)
        append("err\n", log, .stderr)
        append("e\ntw", log)
        append("o", log)
        log.finish(time: time)
        #expect(try await read(log) == "err\none\ntwo\n")
        #expect(try await read(log) { $0.stream = .stderr } == "err\n")
    }

    @Test("timestamps stand before each line, and not inside one that was stored in parts")
    func timestamps() async throws {
        let log = try log()
        let long = String(repeating: "x", count: ContainerLog.maxLineBytes + 10)
        append("a\n\(long)\n", log)
        log.finish(time: time)
        let stamp = "2023-11-14T22:13:20.000000Z"
        #expect(try await read(log) { $0.timestamps = true } == "\(stamp) a\n\(stamp) \(long)\n")
    }

    @Test("the last lines, lines since a time, and no more bytes than asked for")
    func selections() async throws {
        let log = try log()
        for index in 1...5 { append("line \(index)\n", log, at: time + Int64(index) * 1_000_000) }
        log.finish(time: time)
        #expect(try await read(log) { $0.tailLines = 2 } == "line 4\nline 5\n")
        #expect(try await read(log) { $0.tailLines = 0 } == "")
        #expect(try await read(log) { $0.since = time + 4_000_000 } == "line 4\nline 5\n")
        #expect(try await read(log) { $0.limitBytes = 10 } == "line 1\nlin")
    }

    @Test("a line stored in parts counts as one")
    func tailOfParts() async throws {
        let log = try log()
        let long = String(repeating: "x", count: 2 * ContainerLog.maxLineBytes + 10)
        append("a\nb\n\(long)\n", log)
        log.finish(time: time)
        #expect(try await read(log) { $0.tailLines = 1 } == long + "\n")
        #expect(try await read(log) { $0.tailLines = 2 } == "b\n\(long)\n")
    }

    @Test("a log that grows too long keeps the file before, and no more")
    func rotation() async throws {
        let log = try log(maxBytes: 1000)
        for index in 0..<200 { append("line \(index)\n", log) }
        log.finish(time: time)
        let text = try await read(log)
        #expect(text.hasSuffix("line 198\nline 199\n"))
        #expect(!text.contains("line 0\n"))
        #expect(Files.names(in: directory.path).sorted() == ["0.log", "0.log.1"])
    }

    @Test("a follower gets what was there and everything after, across rotations, until the end")
    func follows() async throws {
        let log = try log(maxBytes: 2000)
        append("first\n", log)
        let (received, receive) = AsyncStream<String>.makeStream()
        var query = LogQuery()
        query.follow = true
        let reader = LogReader(path: log.path, live: log, query: query)
        let task = Task {
            try await reader.read { receive.yield(String(decoding: $0, as: UTF8.self)) }
            receive.finish()
        }
        var text = ""
        var iterator = received.makeAsyncIterator()
        func wait(for part: String) async {
            while !text.contains(part), let more = await iterator.next() { text += more }
        }
        await wait(for: "first\n")
        for index in 0..<100 {
            append("line \(index)\n", log)
            await wait(for: "line \(index)\n")
        }
        append("last", log)
        log.finish(time: time)
        await wait(for: "last\n")
        try await task.value
        #expect(text == "first\n" + (0..<100).map { "line \($0)\n" }.joined() + "last\n")
        #expect(log.position.generation > 1)
    }

    @Test("a follower that is cancelled ends")
    func followIsCancellable() async throws {
        let log = try log()
        let task = Task { try await self.read(log) { $0.follow = true } }
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
    }

    @Test("the query names what is wrong with it")
    func queries() throws {
        let query = try LogQuery(
            ["follow": "true", "tailLines": "5", "sinceSeconds": "10", "timestamps": "1"], now: time)
        #expect(query.follow && query.timestamps && query.tailLines == 5 && query.since == time - 10_000_000)
        for (name, value) in [("follow", "maybe"), ("tailLines", "-1"), ("limitBytes", "x"), ("sinceTime", "soon")] {
            #expect {
                try LogQuery([name: value], now: time)
            } throws: {
                "\($0)".contains(name)
            }
        }
    }
}
