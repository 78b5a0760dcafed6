import TaskQueue
import Testing

@Suite struct TaskGroupTests {
    @Test func `An item's identifier names its group and its place, in the order of the items`() {
        let ids = [0, 1, 9, 10, 99_999, 100_000, 999_999].map { TaskID(item: $0, of: "4a-b") }
        #expect(ids.first == "4a-b.000000" && ids.last == "4a-b.999999")
        #expect(ids == ids.sorted())
        for (id, index) in zip(ids, [0, 1, 9, 10, 99_999, 100_000, 999_999]) {
            #expect(id.item?.group == "4a-b" && id.item?.index == index)
            let bounds = TaskID("4a-b").itemBounds
            #expect(bounds.lower < id.text && id.text < bounds.upper)
        }
    }

    @Test(arguments: ["", "a", ".000001", "4a-b", "4a-b.00001", "4a-b.00000x", "4a-b-000001", "4a-b.0000001"])
    func `No other identifier is an item's`(text: String) {
        #expect(TaskID(text).item == nil)
    }

    @Test func `An item that changes its state is counted once`() {
        var counts = GroupCounts()
        counts.note(nil, .ready)
        counts.note(.ready, .leased)
        counts.note(nil, .delayed)
        #expect(counts == GroupCounts(waiting: 1, leased: 1))
        counts.note(.leased, .succeeded)
        counts.note(.delayed, .held)
        #expect(counts.live == 1 && counts.ended == 1 && counts.total == 2)
    }
}
