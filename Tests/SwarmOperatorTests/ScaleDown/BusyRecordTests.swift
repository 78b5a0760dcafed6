import TaskQueue
import Testing

@testable import SwarmOperator

@Suite struct BusyRecordTests {
    private func at(_ seconds: Int64) -> StoreTime { StoreTime(milliseconds: seconds * 1000) }

    @Test func `A pod is protected once it has been busy for 30 s, and no more after 60 s of rest`() {
        var record = BusyRecord()
        record.observe(["a": 1], at: at(0))
        #expect(!record.protects("a", isProtected: false, at: at(29)))
        #expect(record.nextChange("a", isProtected: false, at: at(10)) == 20_000)
        #expect(record.protects("a", isProtected: false, at: at(30)))
        #expect(record.nextChange("a", isProtected: true, at: at(30)) == nil)
        record.observe(["a": 1], at: at(100))
        record.observe(["a": 0], at: at(101))
        #expect(record.protects("a", isProtected: true, at: at(159)))
        #expect(record.nextChange("a", isProtected: true, at: at(101)) == 59_000)
        #expect(!record.protects("a", isProtected: true, at: at(160)))
        #expect(record.nextChange("a", isProtected: false, at: at(160)) == nil)
    }

    @Test func `One that flaps is written to at most twice in 90 s`() {
        var record = BusyRecord()
        var (isProtected, writes) = (false, 0)
        // Busy for 31 s, idle for 1 s, and so on for an hour; looked at each second.
        for second in Int64(0)..<3600 {
            record.observe(["a": second % 32 == 31 ? 0 : 1], at: at(second))
            let protects = record.protects("a", isProtected: isProtected, at: at(second))
            if protects != isProtected { writes += 1 }
            isProtected = protects
        }
        #expect(writes == 1)
        // Busy for 31 s, idle for 61 s.
        writes = 0
        for second in Int64(3600)..<7200 {
            record.observe(["a": second % 92 < 31 ? 1 : 0], at: at(second))
            let protects = record.protects("a", isProtected: isProtected, at: at(second))
            if protects != isProtected { writes += 1 }
            isProtected = protects
        }
        #expect(writes > 0 && writes <= 2 * 3600 / 90)
    }

    @Test func `After a restart a protected pod stays so for as long as one that has just become idle`() {
        var record = BusyRecord()
        record.observe(["a": 0], at: at(1000))
        #expect(record.protects("a", isProtected: true, at: at(1059)))
        #expect(!record.protects("a", isProtected: true, at: at(1060)))
        #expect(record.protects("unknown", isProtected: true, at: at(1060)))
    }

    @Test func `Only what is busy now is busy for long`() {
        var record = BusyRecord()
        record.observe(["a": 2], at: at(0))
        record.observe(["a": 1], at: at(40))
        #expect(record.isBusyForLong("a", at: at(40)))
        record.observe(["a": 0], at: at(41))
        #expect(!record.isBusyForLong("a", at: at(41)))
    }
}
