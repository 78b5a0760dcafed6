import TaskQueue
import Testing

@testable import TaskStoreSQLite

@Suite("What of the feed can wait")
struct FeedHintsTests {
    private func change(_ kind: Change.Kind, _ task: String? = "t1", object: String? = nil) -> Change {
        Change(
            cursor: 1, time: StoreTime(milliseconds: 0), kind: kind, namespace: "ns", swarm: "argus",
            task: task.map { TaskID($0) }, object: object)
    }

    @Test("A task that came and was leased at once, and the end of one")
    func told() {
        #expect(FeedHints.canWait([change(.submitted), change(.ready), change(.leased)]))
        #expect(FeedHints.canWait([change(.leased), change(.finished, "t2")]))
    }

    @Test("A task that nobody has taken is pressing")
    func ready() {
        #expect(!FeedHints.canWait([change(.submitted), change(.ready)]))
        #expect(
            !FeedHints.canWait([change(.submitted), change(.ready), change(.submitted, "t2"), change(.leased, "t2")])
        )
        // Leased, and handed back.
        #expect(!FeedHints.canWait([change(.leased), change(.ready)]))
    }

    @Test("What the operator acts on is pressing", arguments: [Change.Kind.submitted, .leased, .finished])
    func ofOperator(_ kind: Change.Kind) {
        #expect(!FeedHints.canWait([change(kind, object: "nightly")]))
        #expect(!FeedHints.canWait([change(kind, TaskID(item: 7, of: "group").text)]))
    }

    @Test(
        "What is not about a task's way through is pressing",
        arguments: [Change.Kind.catalogue, .agentRegistered, .agentGone, .agentDrain, .waiting, .cancelling, .amended])
    func others(_ kind: Change.Kind) {
        #expect(!FeedHints.canWait([change(kind)]))
        #expect(!FeedHints.canWait([change(kind, nil)]))
    }
}
