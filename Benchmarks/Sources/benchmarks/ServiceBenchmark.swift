import ArgumentParser
import BenchmarkSupport
import CurlTransport
import Foundation
import KubernetesClient
import StructuredData
import TaskProtocol

struct ServiceBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "service",
        abstract:
            "Tasks that do nothing, from submission over HTTPS through agents to their results; Celery beside it.",
        discussion: """
            Example:
              swift build -c release --product das && swift build -c release --product agent-runner
              benchmarks service --das .build/release/das --python /tmp/venv/bin/python

            Starts a `das up` with its SQLite store, every acknowledgement on the disk, and a swarm of agents that are processes;
            then Celery with Redis does as many tasks that do nothing on the same machine. The parts: submit in batches, many tasks
            from the first submission to the last end, one task at a time from its submission to its result, and leases from a
            long backlog. The clients share the machine with all of it.
            """)

    /// Submissions in one call, which is as many as the gateway takes.
    private static let batch = 500
    private static let syncs = 500
    /// Leases that are measured on the backlog.
    private static let leases = 1000

    @Option(help: "The program; agent-runner must be beside it.")
    var das = ".build/release/das"

    @Option(help: "How many tasks.")
    var tasks = 20_000

    @Option(help: "How many tasks one at a time.")
    var singles = 500

    @Option(help: "How many agents.")
    var agents = 2

    @Option(help: "How many tasks an agent runs at once.")
    var slots = 32

    @Option(help: "Over how many connections batches are submitted.")
    var connections = 2

    @Option(help: "How many tasks wait while leases are measured.")
    var backlog = 100_000

    @Option(help: "A Python that has the packages celery and redis.")
    var python = "python3"

    @Flag(help: "Leave Celery out.")
    var noPeer = false

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard tasks >= Self.batch, singles > 0, agents > 0, slots > 0, connections > 0, backlog >= 0 else {
            throw ValidationError("--tasks must be at least \(Self.batch), and the other numbers at least 1")
        }
    }

    func run() async throws {
        let folder = "\(FileManager.default.temporaryDirectory.path)/das-benchmark-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let conditions = try Conditions(folder: folder)
        let peer = noPeer ? nil : try CeleryPeer.measure(python: python, tasks: tasks / 4, singles: singles)
        let sync = try DiskSync.measure(in: folder, times: Self.syncs).percentile(50)

        let cluster = try await ClusterUnderTest.start(program: das, dataDirectory: folder)
        defer { cluster.stop() }
        var table = FigureTable()
        let swarm = try await BenchSwarm.declare("bench", agents: agents, slots: slots, on: cluster)
        // The first tasks open connections and warm the agents.
        try await through(swarm, Self.batch)
        try await measureThroughput(swarm, peer, &table)
        try await measureSingles(swarm, peer, sync, &table)
        let parked = try await BenchSwarm.declare("parked", agents: 0, slots: 1, on: cluster)
        try await measureSubmissions(parked, &table)
        if backlog > 0 { try await measureBacklog(parked, &table) }
        table.report(
            "service", conditions,
            """
            SQLite, synchronous=FULL, a sync of 4 KiB takes \(sync.text(digits: 2)) ms (p50); \(agents) agents of \(slots) slots; \
            batches of \(Self.batch) over \(connections) connections\(peer.map { "\npeer: \($0.text)" } ?? "")
            """, asJSON: json)
    }

    private func through(_ swarm: BenchSwarm, _ count: Int) async throws {
        let before = try await swarm.finished()
        try await swarm.submit(count, batch: Self.batch, connections: connections)
        try await swarm.untilFinished(count, since: before)
    }

    private func measureThroughput(_ swarm: BenchSwarm, _ peer: CeleryPeer?, _ table: inout FigureTable) async throws {
        let began = ContinuousClock.now
        try await through(swarm, tasks)
        let took = began.duration(to: .now)
        try await swarm.check(tasks + Self.batch)
        // The same once more: to look at the memory of all processes takes a tenth of the machine.
        let family = ProcessFamily(root: swarm.cluster.processIdentifier)
        let (_, memory) = try await family.peak { try await through(swarm, tasks) }
        let rate = Double(tasks) / took.seconds
        let note = peer.map { peer in
            "\((rate / peer.tasksPerSecond).text(digits: 1)) × the peer's \(peer.tasksPerSecond.text(digits: 0))/s"
        }
        table.add("tasks, from first submission to last end", rate, "/s", atLeast: 5000, note: note ?? "")
        table.add(
            "memory of das up under that load", Double(memory.root) / 1e6, "MB",
            note: "cluster, operator, gateway and node in one; PSS")
        table.add("memory of an agent", Double(memory.agent) / 1e6, "MB", atMost: 31.5, note: "PSS")
        table.add("memory of an agent's child", Double(memory.worker) / 1e6, "MB", note: "PSS")
    }

    private func measureSingles(
        _ swarm: BenchSwarm, _ peer: CeleryPeer?, _ sync: Double, _ table: inout FigureTable
    ) async throws {
        var durations = Durations()
        let plain = try PlainClient(swarm.cluster)
        for number in 0..<singles {
            let submission = try plain.submission(of: swarm.task(number), namespace: BenchSwarm.namespace)
            let ended = try await durations.measure { try plain.run(submission, namespace: BenchSwarm.namespace) }
            let task = try JSON.parse(ended)
            try check(task["phase"]?.stringValue == TaskPhase.succeeded.rawValue, task["result"], number)
        }
        table.add(
            "one task at a time, submission to result, p50", durations.percentile(50), "ms", digits: 2,
            atMost: 3 * sync + 1, note: peer.map { "the peer's: \($0.p50Milliseconds.text(digits: 2)) ms" } ?? "")
        table.add(
            "likewise, p99", durations.percentile(99), "ms", digits: 2, atMost: 4,
            note: peer.map { "the peer's: \($0.p99Milliseconds.text(digits: 2)) ms" } ?? "")

        var ofLibrary = Durations()
        let client = swarm.cluster.connect()
        defer { client.transport.shutdown() }
        // On the thread that sends and reads, as the peer's client does.
        try await withTaskExecutorPreference(client.transport.executor) {
            for number in 0..<singles {
                let task = try await ofLibrary.measure {
                    let task = try await client.gateway.submit(swarm.task(number), namespace: BenchSwarm.namespace)
                    return try await client.gateway.task(task.id, namespace: BenchSwarm.namespace, waitMs: 30_000)
                }
                try check(task.phase == .succeeded, task.result, number)
            }
        }
        table.add(
            "the same by the Swift client, p50", ofLibrary.percentile(50), "ms", digits: 2,
            note: "p99 \(ofLibrary.percentile(99).text(digits: 2)) ms")
    }

    private func check(_ hasSucceeded: Bool, _ result: JSON?, _ number: Int) throws {
        guard hasSucceeded, result == JSON(number) else {
            throw BenchmarkFailure("task \(number) ended with \(result?.text() ?? "no result")")
        }
    }

    private func measureSubmissions(_ swarm: BenchSwarm, _ table: inout FigureTable) async throws {
        let count = max(backlog, tasks)
        let began = ContinuousClock.now
        try await swarm.submit(count, batch: Self.batch, connections: connections)
        table.add(
            "submit in batches", Double(count) / began.duration(to: .now).seconds, "/s", atLeast: 30_000,
            note: "\(count) tasks")
    }

    private func measureBacklog(_ swarm: BenchSwarm, _ table: inout FigureTable) async throws {
        let agent = try await BenchAgent.register(swarm)
        defer { agent.shutDown() }
        var durations = Durations()
        for number in 0..<Self.leases {
            let lease = try await durations.measure { try await agent.lease(request: Int64(number + 1)) }
            try await agent.complete(lease)
        }
        table.add(
            "a lease, \(max(backlog, tasks)) tasks ready, p99", durations.percentile(99), "ms", digits: 2, atMost: 10,
            note: "p50 \(durations.percentile(50).text(digits: 2)) ms")
    }
}
