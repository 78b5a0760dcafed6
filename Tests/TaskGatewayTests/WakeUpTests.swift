import TaskQueue
import Testing

@testable import TaskGateway

@Suite("Whom the change feed wakes") struct WakeUpTests {
    private func changes(_ texts: String...) -> [Change] {
        texts.enumerated().map { index, text in
            let parts = text.split(separator: " ").map(String.init)
            return Change(
                cursor: Int64(index + 1), time: StoreTime(milliseconds: 1),
                kind: Change.Kind(rawValue: parts[0]) ?? .amended, namespace: "ns", swarm: parts[1],
                task: TaskID(parts[2]))
        }
    }

    @Test("One poll for each task that is ready, in their order")
    func ready() {
        let tasks = FeedFollower.wakeUps(
            for: changes(
                "submitted a t1", "ready a t1", "submitted b t2", "ready b t2", "submitted a t3", "ready a t3"))
        #expect(tasks.map(\.swarm.swarm) == ["a", "b", "a"])
    }

    @Test("Nobody for a task that has been leased, held or ended since, and somebody where it is ready again")
    func notAnyMore() {
        let tasks = FeedFollower.wakeUps(
            for: changes(
                "ready a t1", "leased a t1", "ready b t2", "waiting b t2", "ready c t3", "finished c t3", "ready d t4",
                "leased d t4", "ready d t4", "progress d t4"))
        #expect(tasks.map(\.swarm.swarm) == ["d"])
    }
}
