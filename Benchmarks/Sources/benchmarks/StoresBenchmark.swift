import ArgumentParser
import BenchmarkSupport
import Foundation
import StructuredData
import TaskQueue

struct StoresBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stores",
        abstract: "The stores by themselves: batches in, many agents at work, leases with a million tasks ready.",
        discussion: """
            Examples:
              benchmarks stores
              benchmarks stores --store postgres --backlog 100000 --directory /var/tmp
              benchmarks stores --store redis --submitters 1000

            PostgreSQL and Redis are servers of the benchmark's own on this machine, with folders of their own, which it ends:
            PostgreSQL with synchronous_commit=on, Redis with appendonly yes and appendfsync everysec. All of it shares the machine.

            The parts: tasks that many agents complete while they are submitted, and such as are ready before; submissions in
            batches; then, with all of these ready, single leases, and what the autoscaler asks for. While agents work, the feed is followed and time is kept, as a
            gateway does both.
            """)

    private static let syncs = 200

    @Option(help: "sqlite, postgres or redis; several: separated by commas.")
    var store = "sqlite,postgres,redis"

    @Option(help: "Tasks that agents complete.")
    var tasks = 20_000

    @Option(help: "Agents that work at once.")
    var agents = 64

    @Option(help: "Tasks that an agent has at once.")
    var slots = 8

    @Option(help: "Tasks in one submission.")
    var batch = 500

    @Option(help: "Submissions under way at once.")
    var callers = 8

    @Option(help: "Tasks that wait while leases are measured.")
    var backlog = 1_000_000

    @Option(help: "Between how many submitters the tasks are spread, who take turns.")
    var submitters = 100

    @Option(help: "Leases that are measured on the backlog.")
    var leases = 1000

    @Option(help: "Where the stores are made, and removed again. Default: the temporary directory.")
    var directory: String?

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard [tasks, agents, slots, batch, callers, backlog, submitters, leases].allSatisfy({ $0 > 0 }) else {
            throw ValidationError("every number must be at least 1")
        }
        for name in kinds where MeasuredStore.Kind(rawValue: name) == nil {
            throw ValidationError("--store is sqlite, postgres or redis, not \(name)")
        }
    }

    private var kinds: [String] { store.split(separator: ",").map(String.init) }

    func run() async throws {
        // Short: the path of a socket has at most 107 bytes.
        let parent = directory ?? FileManager.default.temporaryDirectory.path
        let folder = "\(parent)/das-stores-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        // The server of PostgreSQL may be another user.
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder)
        let conditions = try Conditions(folder: folder)
        let sync = try DiskSync.measure(in: folder, times: Self.syncs).percentile(50)
        for kind in kinds.compactMap(MeasuredStore.Kind.init(rawValue:)) {
            var table = FigureTable()
            let subject = try await MeasuredStore.open(kind, in: folder)
            do {
                try await measure(subject, &table)
            } catch {
                await subject.close()
                throw error
            }
            await subject.close()
            table.report(
                "stores, \(kind.rawValue)", conditions,
                """
                \(subject.conditions); a sync of 4 KiB takes \(sync.text(digits: 2)) ms (p50)
                \(agents) agents of \(slots) slots; batches of \(batch), \(callers) at once; \(submitters) submitters
                """, asJSON: json)
        }
    }

    private func agentCalls(_ calls: Durations) -> String {
        "a call of an agent: \(calls.text)"
    }

    private func measure(_ subject: MeasuredStore, _ table: inout FigureTable) async throws {
        let load = StoreLoad(store: subject.store, submitters: submitters, batch: batch, callers: callers)
        try await load.prepare()
        // The first tasks open connections and warm the caches.
        _ = try await load.complete(min(tasks, 2000), agents: agents, slots: slots, name: "warm")
        let bounds = subject.kind.bounds
        let whole = try await load.complete(tasks, agents: agents, slots: slots, name: "task")
        table.add(
            "tasks from the first submission to the last end", Double(tasks) / whole.took.seconds, "/s",
            atLeast: bounds.whole, note: agentCalls(whole.calls))
        let completed = try await load.complete(tasks, agents: agents, slots: slots, name: "ready", isReady: true)
        table.add(
            "tasks completed that are all ready before", Double(tasks) / completed.took.seconds, "/s",
            atLeast: bounds.completed, note: agentCalls(completed.calls))
        let few = min(1000, backlog)
        _ = try await load.submit(few, name: "few")
        let before = try await load.leases(leases.clamped(to: 1...(few / 2)), name: "few")
        let submitted = try await load.submit(backlog, name: "many")
        table.add(
            "submit in batches", Double(backlog) / submitted.took.seconds, "/s", atLeast: bounds.submitted,
            note: "\(backlog) tasks; a batch: p50 \(submitted.calls.percentile(50).text(digits: 1)) ms, "
                + "p99 \(submitted.calls.percentile(99).text(digits: 1)) ms")
        let leased = try await load.leases(min(leases, backlog), name: "many")
        table.add(
            "a lease with these ready, p99", leased.percentile(99), "ms", digits: 2, atMost: 10,
            note: "p50 \(leased.percentile(50).text(digits: 2)) ms; with \(few) ready: p50 "
                + "\(before.percentile(50).text(digits: 2)) ms, p99 \(before.percentile(99).text(digits: 2)) ms")
        let summaries = try await load.summaries(100)
        table.add(
            "a summary of the swarm then, p99", summaries.percentile(99), "ms", digits: 2,
            note: "p50 \(summaries.percentile(50).text(digits: 2)) ms")
    }
}

extension Int {
    fileprivate func clamped(to range: ClosedRange<Int>) -> Int {
        Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
    }
}
