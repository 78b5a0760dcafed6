import TaskQueue
import Testing

@testable import TaskGateway

@Suite("Tasks that are under way")
struct TasksUnderWayTests {
    private let tasks = TasksUnderWay()

    private func submission(_ id: TaskID) -> Submission {
        Submission(
            id: id, namespace: "ns", type: "t", swarm: "s", origin: .http(submitter: "tester"), input: Array("{}".utf8))
    }

    @Test("One is known in its namespace from when it was taken in until it has ended")
    func life() {
        tasks.begin(submission("a"))
        #expect(!tasks.contains("a", in: "ns"))
        tasks.accepted("a")
        #expect(tasks.contains("a", in: "ns"))
        #expect(!tasks.contains("a", in: "other"))
        tasks.ended("a")
        #expect(!tasks.contains("a", in: "ns"))
    }

    @Test("An end that is heard of before the store has answered counts")
    func early() {
        tasks.begin(submission("a"))
        tasks.ended("a")
        tasks.accepted("a")
        #expect(!tasks.contains("a", in: "ns"))
    }

    @Test("One that is submitted again is not known until the store has answered")
    func again() {
        for round in 0..<2 {
            tasks.begin(submission("a"))
            #expect(!tasks.contains("a", in: "ns"), "round \(round)")
            tasks.accepted("a")
            // By now there are enough others for it to be among the older ones.
            for other in 0..<TasksUnderWay.limit / 2 { tasks.begin(submission(TaskID("\(round)-\(other)"))) }
            #expect(tasks.contains("a", in: "ns"), "round \(round)")
        }
        tasks.ended("a")
        #expect(!tasks.contains("a", in: "ns"))
    }

    @Test("Of many the last ones are known, and none where ends may have been missed")
    func bounded() {
        let ids = (0..<3 * TasksUnderWay.limit).map { TaskID("\($0)") }
        for id in ids {
            tasks.begin(submission(id))
            tasks.accepted(id)
        }
        let known = ids.filter { tasks.contains($0, in: "ns") }
        #expect(known.count <= TasksUnderWay.limit && known.count >= TasksUnderWay.limit / 2)
        #expect(known == ids.suffix(known.count))
        #expect(!tasks.isEmpty)
        tasks.forgetAll()
        #expect(tasks.isEmpty)
        #expect(!ids.contains { tasks.contains($0, in: "ns") })
    }
}
