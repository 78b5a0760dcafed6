import TaskQueue
import Testing

@testable import TaskGateway

@Suite("Who wakes for a task that was submitted here")
struct AnnouncementsTests {
    private let announcements = Announcements()
    private let one = TaskID("1")
    private let two = TaskID("2")

    @Test func `The one who submitted it, and the feed does not do so again`() {
        announcements.begin([one, two])
        announcements.end([one, two], ready: [one, two])
        #expect(!announcements.feedTells(one))
        #expect(!announcements.feedTells(two))
        #expect(announcements.count == 0)
        // It is ready again later, after a backoff for example.
        #expect(announcements.feedTells(one))
    }

    @Test func `The one who submitted it, also where the feed is quicker than the store's answer`() {
        announcements.begin([one])
        #expect(!announcements.feedTells(one))
        announcements.end([one], ready: [one])
        #expect(announcements.count == 0)
        #expect(announcements.feedTells(one))
    }

    @Test func `The feed, for one that others submitted or that is not ready yet`() {
        #expect(announcements.feedTells(two))
        announcements.begin([one])
        announcements.end([one], ready: [])
        #expect(announcements.feedTells(one))
        #expect(announcements.count == 0)
    }

    @Test
    func `The feed, where the store gave no answer, and for what it has told of by then the one who submitted it`() {
        announcements.begin([one, two])
        #expect(!announcements.feedTells(two))
        #expect(announcements.abandon([one, two]) == [two])
        #expect(announcements.feedTells(one))
        #expect(announcements.count == 0)
    }

    @Test func `Those that the feed will not tell of are forgotten, and those being submitted are not`() {
        announcements.begin([one, two])
        announcements.end([one], ready: [one])
        announcements.forgetWoken()
        #expect(announcements.count == 1)
        #expect(!announcements.feedTells(two))
        #expect(announcements.feedTells(one))
    }
}
