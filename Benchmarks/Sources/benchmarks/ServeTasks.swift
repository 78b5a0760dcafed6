import ArgumentParser
import Foundation

/// Serves `SampleTasks` as an API server would: in pages, as a watch list, and as a watch with events at a rate. Everything is
/// prepared as bytes before it listens.
struct ServeTasks: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve-tasks", abstract: "The server of the cache benchmark; started by it.", shouldDisplay: false)

    private static let bookmark = #""kind":"SwarmTask","apiVersion":"das.brashlabs.io/v1alpha1""#

    @Option var tasks: Int
    @Option(help: "Events a second of a watch from a version.") var rate: Int
    @Option(help: "How many of them.") var events: Int

    func run() throws {
        // A client that goes is told by the write that fails.
        signal(SIGPIPE, SIG_IGN)
        let listener = try TLSListener()
        let objects = (0..<tasks).map { Array(SampleTasks.text($0, version: $0 + 1).utf8) }
        var blocks: [[UInt8]] = [[]]
        for object in objects {
            blocks[blocks.count - 1] += Array(#"{"type":"ADDED","object":"#.utf8) + object + Array("}\n".utf8)
            // As much as a TLS record holds, about.
            if blocks[blocks.count - 1].count > 16_000 { blocks.append([]) }
        }
        let version = tasks + 1
        blocks.append(
            Array(
                #"{"type":"BOOKMARK","object":{\#(Self.bookmark),"metadata":{"resourceVersion":"\#(version)","annotations":{"k8s.io/initial-events-end":"true"}}}}"#
                    .utf8) + [10])
        let initial = blocks
        let events = events
        let rate = rate
        let tasks = tasks
        print("\(listener.port)\n\(String(decoding: listener.certificate, as: UTF8.self))")
        fflush(nil)
        listener.run { connection, target in
            if target.contains("watch=true") {
                connection.beginStream()
                if target.contains("sendInitialEvents=true") {
                    for block in initial { connection.write(block) }
                } else {
                    Self.sendEvents(connection, events, rate: rate, tasks: tasks, after: version)
                }
                // An open watch is idle until its client goes.
                while connection.write(Array("\n".utf8)) { Thread.sleep(forTimeInterval: 0.5) }
            } else {
                connection.respond(Self.page(objects, target, version))
            }
        }
    }

    private static func number(_ name: String, in target: String) -> Int? {
        target.split(whereSeparator: { $0 == "?" || $0 == "&" }).first { $0.hasPrefix("\(name)=") }
            .flatMap { Int($0.dropFirst(name.count + 1)) }
    }

    private static func page(_ objects: [[UInt8]], _ target: String, _ version: Int) -> [UInt8] {
        let start = number("continue", in: target) ?? 0
        let end = min(start + (number("limit", in: target) ?? objects.count), objects.count)
        var page = Array(
            #"{"kind":"SwarmTaskList","apiVersion":"das.brashlabs.io/v1alpha1","metadata":{"resourceVersion":"\#(version)""#
                .utf8)
        if end < objects.count { page += Array(#","continue":"\#(end)""#.utf8) }
        page += Array(#"},"items":["#.utf8)
        for index in start..<end {
            if index > start { page.append(UInt8(ascii: ",")) }
            page += objects[index]
        }
        return page + Array("]}".utf8)
    }

    /// Each event carries the monotonic time at which it was written.
    private static func sendEvents(_ connection: TLSConnection, _ count: Int, rate: Int, tasks: Int, after version: Int)
    {
        let start = MonotonicTime.nanoseconds()
        for index in 0..<count {
            let due = start + UInt64(index) * 1_000_000_000 / UInt64(rate)
            let now = MonotonicTime.nanoseconds()
            if due > now { Thread.sleep(forTimeInterval: Double(due - now) / 1e9) }
            let object = SampleTasks.text(
                index % tasks, version: version + index + 1, extraLabel: "\(MonotonicTime.nanoseconds())")
            guard connection.write(Array(#"{"type":"MODIFIED","object":\#(object)}"#.utf8) + [10]) else { return }
        }
    }
}

/// The machine's monotonic clock, which two processes can compare.
enum MonotonicTime {
    static func nanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// What this process has used of the processors.
    static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
