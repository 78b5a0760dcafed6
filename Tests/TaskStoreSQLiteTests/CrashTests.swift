import FoundationEssentials
import Glibc
import Synchronization
import TaskQueue
import TaskStoreSQLite
import TestSupport
import Testing

/// What a process wrote down as answered before it was killed, line by line. A line that was written survives the process.
struct AnswerLog {
    let path: String

    func append(_ line: String) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        let bytes = Array((line + "\n").utf8)
        _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        close(descriptor)
    }

    func lines() -> [String] {
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}

/// The work of the process that is killed: submits, leases and reports from several sides at once, and writes down each answer.
enum CrashingWriter {
    static let workers = 6
    static let swarm = "argus"

    /// Kills its own process with SIGKILL once `answers` answers are written down and the store's log has been seen to change
    /// `writes` times after that, while others are under way.
    static func run(folder: String, round: Int, answers: Int, writes: Int) async throws {
        let log = AnswerLog(path: folder + "/answers")
        let store = try SQLiteTaskStore(path: folder + "/tasks.sqlite")
        try await store.putCatalogue(
            CatalogueEntry(namespace: "ns", swarm: swarm, capabilities: ["t"], serviceAccount: "agents"))
        let counter = Counter(limit: answers)
        let changes = try FileWatch.changes(of: folder + "/tasks.sqlite-wal")
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                var left = writes
                for await _ in changes where counter.isReached {
                    // Somewhere within a commit, wherever the others are then.
                    if left == 0 { kill(getpid(), SIGKILL) }
                    left -= 1
                }
            }
            for worker in 0..<workers {
                group.addTask {
                    let agent = try await store.register(
                        AgentRegistration(
                            namespace: "ns", swarm: swarm, name: "agent-\(worker)", instance: "\(round)-\(worker)",
                            slots: 4, version: "1", capabilities: [], serviceAccount: "agents")
                    ).id
                    for number in 1... {
                        let id = TaskID("\(round)-\(worker)-\(number)")
                        _ = try await store.submit([submission(id)])
                        log.append("submitted \(id)")
                        counter.answered()
                        guard
                            case .answered(let offer) = try await store.lease(
                                LeaseCall(agent: agent, request: Int64(number), slots: 2))
                        else { continue }
                        for task in offer.tasks {
                            log.append("leased \(task.record.id) \(task.key.epoch)")
                            let result = Array("\"\(task.record.id)\"".utf8)
                            let outcomes = try await store.report(
                                agent,
                                [
                                    AttemptReport(
                                        task: task.record.id, key: task.key, content: .complete(result: result))
                                ],
                                next: nil
                            ).outcomes
                            if case .accepted? = outcomes.first { log.append("completed \(task.record.id)") }
                            counter.answered()
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    static func submission(_ id: TaskID) -> Submission {
        Submission(
            id: id, namespace: "ns", type: "t", swarm: swarm, origin: .object(name: id.text),
            input: Array("{}".utf8))
    }

    private final class Counter: Sendable {
        private let left: Atomic<Int>

        init(limit: Int) { left = Atomic(limit) }

        var isReached: Bool { left.load(ordering: .relaxed) <= 0 }

        func answered() { left.subtract(1, ordering: .relaxed) }
    }
}

@Suite(.serialized) struct CrashTests {
    @Test("Killed at any moment, the store loses nothing that it answered and counts nothing twice")
    func survivesKill() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path
        for round in 1...4 {
            let answers = Int.random(in: 50...300)
            let writes = Int.random(in: 0...20)
            print("round \(round): killed \(writes) writes after answer \(answers)")
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [path = path as String, round = round as Int, answers = answers as Int, writes = writes as Int] in
                try await CrashingWriter.run(folder: path, round: round, answers: answers, writes: writes)
            }
            try await verify(path)
        }
    }

    private func verify(_ path: String) async throws {
        let lines = AnswerLog(path: path + "/answers").lines().map { $0.split(separator: " ").map(String.init) }
        #expect(lines.count >= 50)
        // It opens without help: the lock went with its process.
        let store = try SQLiteTaskStore(path: path + "/tasks.sqlite")
        let outcomes = try await allOutcomes(store)
        #expect(outcomes.count == Set(outcomes.map(\.task)).count, "a task ended twice")
        let succeeded = Set(outcomes.filter { $0.state == .succeeded }.map(\.task))
        for line in lines {
            let id = TaskID(line[1])
            let record = try #require(try await store.task(id), "task \(id), which was answered, is lost")
            switch line[0] {
            case "completed":
                #expect(record.state == .succeeded)
                #expect(succeeded.contains(id), "the ledger has no end of \(id)")
                #expect(try await store.result(of: id) == Array("\"\(id)\"".utf8))
            case "leased": #expect(record.epoch >= Int64(line[2]) ?? .max, "the lease of \(id) is lost")
            default: break
            }
        }
        // Record, ledger and feed of a task are of one transaction.
        var finished: [TaskID: Int] = [:]
        for change in try await store.changes(after: 0, limit: 10_000).changes where change.kind == .finished {
            if let task = change.task { finished[task, default: 0] += 1 }
        }
        #expect(finished.allSatisfy { $0.value == 1 && succeeded.contains($0.key) })
        #expect(finished.count == succeeded.count)
        for task in succeeded {
            #expect(try await store.attempts(of: task).filter { $0.end == .succeeded }.count == 1)
        }
        try await store.close()
    }

    private func allOutcomes(_ store: SQLiteTaskStore) async throws -> [OutcomeRecord] {
        let outcomes = try await store.outcomes(namespace: "ns", swarm: CrashingWriter.swarm, limit: 1000)
        try #require(outcomes.count < 1000, "more outcomes than one page: the test must read on")
        return outcomes
    }
}
