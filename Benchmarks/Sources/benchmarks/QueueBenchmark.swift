import ArgumentParser
import BenchmarkSupport
import FoundationEssentials
import StructuredData
import TaskQueue
import TaskStoreSQLite

struct QueueBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue",
        abstract: "submit → lease → report on the SQLite store, in one process; every commit on the disk.",
        discussion: """
            Example:
              benchmarks queue --tasks 5000 --agents 16 --directory /var/tmp

            The peer is what SQLite does on the same file system with one transaction that inserts and updates a row as large as
            a task's input. A task takes three commits, so one at a time the best ratio is 1/3; with many at once, one commit
            carries the work of several.
            """)

    private static let turns = 10

    @Option(help: "Tasks of each part.")
    var tasks = 2000

    @Option(help: "Agents that work at once in the last part.")
    var agents = 16

    @Option(help: "Where the files are made, and removed again. Default: the temporary directory.")
    var directory: String?

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard tasks > 0, agents > 0 else {
            throw ValidationError("--tasks and --agents must be at least 1")
        }
    }

    func run() async throws {
        let parent = directory ?? FileManager.default.temporaryDirectory.path
        let folder = "\(parent)/das-benchmark-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let conditions = try Conditions(folder: folder)

        let raw = try RawSQLite(path: "\(folder)/peer.sqlite")
        let store = try SQLiteTaskStore(path: "\(folder)/tasks.sqlite")
        try await QueueWorker.prepare(store)
        var peer = Part<Durations>(Durations())
        var one = Part(QueueWorker.Times())
        var many = Part(QueueWorker.Times())
        let single = try await QueueWorker("single", store: store)
        var workers: [QueueWorker] = []
        for index in 0..<agents { workers.append(try await QueueWorker("agent-\(index)", store: store)) }

        // What else the machine does should meet all parts alike, so they take turns; the first turn is to warm up.
        let turn = max(tasks / Self.turns, agents)
        for number in 0...Self.turns {
            let range = number * turn..<(number + 1) * turn
            let share = number * (turn / agents)..<(number + 1) * (turn / agents)
            let ofPeer = try await timed { try raw.measure(transactions: range) }
            let ofOne = try await timed { try await single.run(tasks: range) }
            let ofMany = try await timed {
                try await withThrowingTaskGroup(of: QueueWorker.Times.self) { group in
                    for worker in workers { group.addTask { try await worker.run(tasks: share) } }
                    return try await group.reduce(into: QueueWorker.Times()) { $0.add(contentsOf: $1) }
                }
            }
            guard number > 0 else { continue }
            peer.add(ofPeer) { $0.add(contentsOf: $1) }
            one.add(ofOne) { $0.add(contentsOf: $1) }
            many.add(ofMany) { $0.add(contentsOf: $1) }
        }
        try await store.close()

        let peerRate = Double(peer.times.milliseconds.count) / peer.whole.seconds
        var table = ResultTable()
        table.add("peer: raw SQLite transaction", peer.times, within: peer.whole)
        for (name, part) in [("task, one at a time", one), ("task, \(agents) at once", many)] {
            let path = part.times.path
            let ratio = Double(path.milliseconds.count) / part.whole.seconds / peerRate
            table.add(name, path, within: part.whole, note: "\(ratio.text(digits: 2)) of the peer")
            table.add("submit", part.times.submit, partOf: name)
            table.add("lease", part.times.lease, partOf: name)
            table.add("report", part.times.report, partOf: name)
        }
        if json {
            print(JSON.object(["conditions": conditions.json, "results": table.json]).text(.pretty))
        } else {
            print("queue: \(conditions.text)\nsynchronous=FULL, journal WAL\n\n\(table.text)")
        }
    }

    private func timed<Value>(_ body: () async throws -> Value) async rethrows -> (value: Value, time: Duration) {
        let begin = ContinuousClock.now
        let value = try await body()
        return (value, begin.duration(to: .now))
    }
}

/// What the turns of one part add up to.
private struct Part<Times> {
    var times: Times
    var whole = Duration.zero

    init(_ times: Times) { self.times = times }

    mutating func add(_ turn: (value: Times, time: Duration), _ merge: (inout Times, Times) -> Void) {
        merge(&times, turn.value)
        whole += turn.time
    }
}
