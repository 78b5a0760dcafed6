import ArgumentParser
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

    private static let warmUpTasks = 50

    @Option(help: "Tasks of each part.")
    var tasks = 2000

    @Option(help: "Agents that work at once in the last part.")
    var agents = 16

    @Option(help: "Where the files are made, and removed again. Default: the temporary directory.")
    var directory: String?

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard tasks > 0, agents > 0, agents <= tasks else {
            throw ValidationError("--tasks must be at least --agents, and both at least 1")
        }
    }

    func run() async throws {
        let parent = directory ?? FileManager.default.temporaryDirectory.path
        let folder = "\(parent)/das-benchmark-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let conditions = try Conditions(folder: folder)

        let raw = try RawSQLite(path: "\(folder)/peer.sqlite")
        _ = try raw.measure(transactions: Self.warmUpTasks)
        let peer = try raw.measure(transactions: tasks, after: Self.warmUpTasks)

        let store = try SQLiteTaskStore(path: "\(folder)/tasks.sqlite")
        try await QueueWorker.prepare(store)
        _ = try await QueueWorker("warm", store: store).run(tasks: 0..<Self.warmUpTasks)

        let single = try await QueueWorker("single", store: store)
        var begin = ContinuousClock.now
        let one = try await single.run(tasks: 0..<tasks)
        let oneTime = begin.duration(to: .now)

        var workers: [QueueWorker] = []
        for index in 0..<agents { workers.append(try await QueueWorker("agent-\(index)", store: store)) }
        let share = tasks / agents
        begin = ContinuousClock.now
        let many = try await withThrowingTaskGroup(of: QueueWorker.Times.self) { group in
            for worker in workers { group.addTask { try await worker.run(tasks: 0..<share) } }
            return try await group.reduce(into: QueueWorker.Times()) { $0.add(contentsOf: $1) }
        }
        let manyTime = begin.duration(to: .now)
        try await store.close()

        let peerRate = Double(tasks) / peer.whole.seconds
        func ratio(_ durations: Durations, _ whole: Duration) -> String {
            "\((Double(durations.milliseconds.count) / whole.seconds / peerRate).text(digits: 2)) of the peer"
        }
        var table = ResultTable()
        table.add("peer: raw SQLite transaction", peer.durations, over: peer.whole)
        table.add("task, one at a time", one.path, over: oneTime, note: ratio(one.path, oneTime))
        table.add("  submit", one.submit)
        table.add("  lease", one.lease)
        table.add("  report", one.report)
        table.add("task, \(agents) at once", many.path, over: manyTime, note: ratio(many.path, manyTime))
        table.add("  submit", many.submit)
        table.add("  lease", many.lease)
        table.add("  report", many.report)
        if json {
            print(JSON.object(["conditions": conditions.json, "results": table.json]).text(.pretty))
        } else {
            print("queue: \(conditions.text)\nsynchronous=FULL, journal WAL\n\n\(table.text)")
        }
    }
}
