import Testing

@testable import SwarmScaling

@Suite struct TrackerTests {
    // MARK: Arrivals

    @Test func `Both windows count what came within them, by the second`() {
        var tracker = ArrivalTracker(start: 0)
        for second in 0..<120 { for _ in 0..<second { tracker.note(at: Int64(second) * 1000 + 400) } }
        let windows = tracker.windows(now: 119_500, arrivalsBefore: 0)
        #expect(windows.slow == ArrivalWindow(count: (60...119).reduce(0, +), milliseconds: 59_500))
        #expect(windows.fast == ArrivalWindow(count: (114...119).reduce(0, +), milliseconds: 5500))
        let later = tracker.windows(now: 177_000, arrivalsBefore: 0)
        #expect(later.slow.count == 118 + 119 && later.fast.count == 0)
        #expect(tracker.windows(now: 1_000_000, arrivalsBefore: 0).slow.count == 0)
    }

    @Test func `Arrivals may be told late, in any order, and of long ago`() {
        var tracker = ArrivalTracker(start: 0)
        for time: Int64 in [100_000, 99_000, 41_000, 40_999, -5000, 100_999] { tracker.note(at: time) }
        #expect(tracker.windows(now: 100_999, arrivalsBefore: 0).slow.count == 4)
    }

    @Test func `After a restart others' count stands in until the window has been seen whole`() {
        var tracker = ArrivalTracker(start: 500_000)
        tracker.note(at: 501_000)
        #expect(tracker.windows(now: 510_000, arrivalsBefore: 40).slow.count == 40)
        for _ in 0..<50 { tracker.note(at: 520_000) }
        #expect(tracker.windows(now: 525_000, arrivalsBefore: 40).slow.count == 51)
        #expect(tracker.windows(now: 561_000, arrivalsBefore: 70).slow.count == 50)
    }

    // MARK: Service times

    @Test func `Service times give mean and variation, of the latest attempts only`() throws {
        var tracker = ServiceTracker<Int>()
        for task in 0..<9 {
            tracker.began(task, at: 0)
            tracker.ended(task, at: 1000)
        }
        #expect(tracker.time(now: 0, meanBefore: nil) == nil)
        #expect(tracker.time(now: 0, meanBefore: 700) == ServiceTime(milliseconds: 700))
        for task in 0..<200 {
            tracker.began(task, at: 5000)
            tracker.ended(task, at: 5000 + (task % 2 == 0 ? 1000 : 3000))
        }
        let time = try #require(tracker.time(now: 9000, meanBefore: 700))
        #expect(time.milliseconds == 2000)
        // 100 times each of 2000 ± 1000: the sample's variance is 200/199 of a million.
        #expect(time.variationThousandths == Int((1000.0 * 200 / 199 / 4).rounded()))
    }

    @Test func `What runs is known with its age, until track is lost`() {
        var tracker = ServiceTracker<String>()
        tracker.began("a", at: 1000)
        tracker.began("b", at: 3000)
        tracker.ended("c", at: 3000)
        #expect(
            tracker.time(now: 4000, meanBefore: 10)?.running == ServiceTime.Running(tasks: 2, milliseconds: 4000))
        tracker.loseTrack()
        #expect(tracker.time(now: 4000, meanBefore: 10)?.running == nil)
    }

    @Test func `Only running times beyond chance outweigh the mean, and only where slots are short`() {
        func seconds(_ tasks: Int, _ milliseconds: Int, slotsAreTaken: Bool = true, variation: Int? = nil) -> Double {
            ServiceTime(
                milliseconds: 1000, variationThousandths: variation,
                running: .init(tasks: tasks, milliseconds: milliseconds)
            ).seconds(slotsAreTaken: slotsAreTaken)
        }
        #expect(seconds(1, 8000) == 1)
        #expect(seconds(1, 8001) == 8.001)
        #expect(seconds(1, 8001, slotsAreTaken: false) == 1)
        #expect(seconds(100, 440_000) == 1)
        #expect(seconds(100, 441_000) == 4.41)
        // Of times that vary more, those that run are older.
        #expect(seconds(100, 441_000, variation: 3000) == 1)
        #expect(seconds(100, 900_000, variation: 3000) == 4.5)
    }

    // MARK: Starts

    @Test func `An agent's start is from when it is first seen until it is ready`() {
        var tracker = StartTracker()
        tracker.observe("stood", isReady: true, at: 0)
        #expect(tracker.start(now: 0) == nil)
        tracker.observe("a", isReady: false, at: 1000)
        tracker.observe("b", isReady: false, at: 2000)
        tracker.observe("a", isReady: false, at: 3000)
        tracker.observe("a", isReady: true, at: 5000)
        #expect(tracker.start(now: 6000) == AgentStart(milliseconds: 4000, startingMilliseconds: 4000))
        tracker.observe("a", isReady: false, at: 7000)
        tracker.observe("a", isReady: true, at: 9000)
        tracker.observe("b", isReady: true, at: 8000)
        #expect(tracker.start(now: 9000) == AgentStart(milliseconds: 5000))
        tracker.observe("c", isReady: false, at: 9000)
        tracker.forget("c")
        #expect(tracker.start(now: 10_000)?.startingMilliseconds == 0)
    }
}
