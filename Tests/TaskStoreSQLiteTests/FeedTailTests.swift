import TaskQueue
import Testing

@testable import TaskStoreSQLite

@Suite("The latest of the change feed in memory")
struct FeedTailTests {
    private func changes(_ cursors: ClosedRange<Int64>) -> [Change] {
        cursors.map {
            Change(cursor: $0, time: StoreTime(milliseconds: $0), kind: .submitted, namespace: "ns", swarm: "s")
        }
    }

    private func cursors(_ page: ChangePage?) -> [Int64]? { page?.changes.map(\.cursor) }

    @Test func `It answers with what follows a cursor, page by page, and says where to read on`() {
        let tail = FeedTail(end: 10)
        tail.append(changes(11...13))
        tail.append(changes(15...16))
        #expect(cursors(tail.page(after: 10, limit: 2)) == [11, 12])
        #expect(tail.page(after: 10, limit: 2)?.cursor == 12)
        #expect(cursors(tail.page(after: 13, limit: 10)) == [15, 16])
        // A number that the feed has left out.
        #expect(cursors(tail.page(after: 14, limit: 10)) == [15, 16])
        #expect(cursors(tail.page(after: 16, limit: 10)) == [])
        #expect(tail.page(after: 16, limit: 10)?.cursor == 16)
        #expect(tail.page(after: 10, limit: 10)?.isTruncated == false)
        #expect(tail.end == 16)
    }

    @Test func `What it does not reach back to is left to the file`() {
        let tail = FeedTail(end: 10)
        #expect(tail.page(after: 9, limit: 10) == nil)
        #expect(cursors(tail.page(after: 10, limit: 10)) == [])
        tail.append(changes(11...13))
        #expect(tail.page(after: 9, limit: 10) == nil)
    }

    @Test func `What is pruned is gone here, too`() {
        let tail = FeedTail(end: 10)
        tail.append(changes(11...15))
        tail.prune(through: 13)
        #expect(tail.page(after: 12, limit: 10) == nil)
        #expect(cursors(tail.page(after: 13, limit: 10)) == [14, 15])
        tail.prune(through: 5)
        #expect(cursors(tail.page(after: 13, limit: 10)) == [14, 15])
    }

    @Test func `It is bounded, and has no gap however long the feed grows`() {
        let tail = FeedTail(end: 0)
        for first in stride(from: Int64(1), to: 20_000, by: 100) {
            tail.append(changes(first...(first + 99)))
        }
        #expect(tail.page(after: 0, limit: 10) == nil)
        let last: Int64 = 20_000
        #expect(cursors(tail.page(after: last - 1000, limit: 10_000)) == Array(last - 999...last))
        let kept = (0...last).first { tail.page(after: $0, limit: 1) != nil } ?? last
        #expect(last - kept <= 4096)
        // One commit that adds more than is ever kept.
        tail.append(changes(last + 1...last + 10_000))
        #expect(tail.page(after: last, limit: 1) == nil)
        #expect(tail.end == last + 10_000)
        #expect(cursors(tail.page(after: last + 10_000, limit: 1)) == [])
    }

    @Test func `Closed, it knows nothing`() {
        let tail = FeedTail(end: 1)
        tail.close()
        #expect(tail.page(after: 1, limit: 1) == nil)
        #expect(tail.end == nil)
    }
}
