import Testing

@testable import KubernetesModel

@Suite("Schedules of CronJobs")
struct CronScheduleTests {
    private static func minute(_ minute: Int, _ hour: Int, _ day: Int, _ month: Int, _ weekday: Int)
        -> CronSchedule.Minute
    {
        CronSchedule.Minute(minute: minute, hour: hour, day: day, month: month, weekday: weekday)
    }

    @Test func `each field is a list of numbers, ranges and steps, or names`() throws {
        let quarter = try CronSchedule("*/15 9-17 * jan,JUL mon-fri")
        #expect(quarter.isDue(Self.minute(45, 9, 3, 7, 1)))
        #expect(!quarter.isDue(Self.minute(44, 9, 3, 7, 1)))
        #expect(!quarter.isDue(Self.minute(45, 18, 3, 7, 1)))
        #expect(!quarter.isDue(Self.minute(45, 9, 3, 8, 1)))
        #expect(!quarter.isDue(Self.minute(45, 9, 3, 7, 0)))
        let late = try CronSchedule("50/4 * * * 7")
        #expect(late.isDue(Self.minute(58, 0, 1, 1, 0)))
        #expect(!late.isDue(Self.minute(4, 0, 1, 1, 0)))
        #expect(try CronSchedule("@hourly") == CronSchedule("0 * * * *"))
    }

    @Test func `a time is a minute of the calendar`() {
        let monday = CronSchedule.Minute(seconds: Timestamp.seconds("2026-01-05T12:34:56Z") ?? 0)
        #expect(monday == Self.minute(34, 12, 5, 1, 1))
        #expect(CronSchedule.Minute(seconds: 0) == Self.minute(0, 0, 1, 1, 4))
        #expect(CronSchedule.Minute(seconds: -1) == Self.minute(59, 23, 31, 12, 3))
    }

    @Test func `where both days are restricted one of them is enough`() throws {
        let either = try CronSchedule("0 0 13 * 5")
        #expect(either.isDue(Self.minute(0, 0, 13, 2, 1)))
        #expect(either.isDue(Self.minute(0, 0, 2, 2, 5)))
        #expect(!either.isDue(Self.minute(0, 0, 2, 2, 1)))
        let one = try CronSchedule("0 0 ? * 5")
        #expect(!one.isDue(Self.minute(0, 0, 13, 2, 1)))
    }

    @Test(arguments: [
        "", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "a * * * *", "1-0 * * * *",
        "*/x * * * *", "1,, * * * *", "@often",
    ])
    func `what is no schedule says why`(text: String) {
        let error = #expect(throws: CronSchedule.Malformed.self) { try CronSchedule(text) }
        #expect(error?.message.isEmpty == false)
    }
}
