import ArgumentParser
import Foundation

/// Serves `SampleTasks` as an API server would: in pages, as a watch list, and as a watch with events at a rate. Everything is
/// prepared as bytes before it listens.
struct ServeTasks: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve-tasks", abstract: "The server of the cache benchmark; started by it.", shouldDisplay: false)

    @Option var tasks: Int
    @Option(help: "Events a second of a watch from a version.") var rate: Int
    @Option(help: "How many of them.") var events: Int

    func run() throws {
        // A client that goes is told by the write that fails.
        signal(SIGPIPE, SIG_IGN)
        let listener = try TLSListener()
        let prepared = PreparedTasks(count: tasks)
        let events = events
        let rate = rate
        let tasks = tasks
        print("\(listener.port)\n\(String(decoding: listener.certificate, as: UTF8.self))")
        fflush(nil)
        listener.run { connection, target in
            if target.contains("watch=true") {
                connection.beginStream()
                if target.contains("sendInitialEvents=true") {
                    for piece in prepared.initialEvents { connection.write(piece) }
                } else {
                    Self.sendEvents(connection, events, rate: rate, tasks: tasks, after: prepared.version)
                }
                // An open watch is idle until its client goes.
                while connection.write(Array("\n".utf8)) { Thread.sleep(forTimeInterval: 0.5) }
            } else {
                connection.respond(prepared.page(target))
            }
        }
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
