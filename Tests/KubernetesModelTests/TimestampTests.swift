import KubernetesModel
import Testing

@Suite("Timestamps")
struct TimestampTests {
    @Test(
        "Seconds are written and read as RFC 3339",
        arguments: [
            (Int64(0), "1970-01-01T00:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"),
            (1_700_000_000, "2023-11-14T22:13:20Z"), (-1, "1969-12-31T23:59:59Z"),
            (4_107_542_399, "2100-02-28T23:59:59Z"), (4_107_542_400, "2100-03-01T00:00:00Z"),
        ])
    func seconds(_ seconds: Int64, _ text: String) {
        #expect(Timestamp.text(seconds: seconds) == text)
        #expect(Timestamp.seconds(text) == seconds)
    }

    @Test("Every day of four centuries converts there and back")
    func everyDay() {
        for day in stride(from: Int64(-11_000), to: 135_000, by: 1) {
            let seconds = day * 86_400 + 43_261
            if Timestamp.seconds(Timestamp.text(seconds: seconds)) != seconds {
                Issue.record("day \(day) does not convert back")
                return
            }
        }
    }

    @Test("MicroTime always has six digits")
    func microseconds() {
        #expect(Timestamp.text(microseconds: 1) == "1970-01-01T00:00:00.000001Z")
        #expect(Timestamp.text(microseconds: -1) == "1969-12-31T23:59:59.999999Z")
        #expect(Timestamp.microseconds("2023-11-14T22:13:20.123456Z") == 1_700_000_000_123_456)
        #expect(Timestamp.microseconds("2023-11-14T22:13:20.1Z") == 1_700_000_000_100_000)
        #expect(Timestamp.microseconds("2023-11-14T22:13:20.123456789Z") == 1_700_000_000_123_456)
    }

    @Test("Other zones are converted")
    func zones() {
        #expect(Timestamp.seconds("2023-11-15T00:13:20+02:00") == 1_700_000_000)
        #expect(Timestamp.seconds("2023-11-14T17:43:20-04:30") == 1_700_000_000)
    }

    @Test(
        "What is no time is refused",
        arguments: [
            "", "2023-11-14", "2023-13-01T00:00:00Z", "2023-02-29T00:00:00Z", "2023-11-14T24:00:00Z",
            "2023-11-14T22:13:20", "2023-11-14T22:13:20.Z", "2023-11-14T22:13:20Zx", "23-11-14T22:13:20Z",
            "2023-11-14T22:60:20Z", "2023-11-00T22:13:20Z",
        ])
    func malformedTexts(_ text: String) {
        #expect(Timestamp.microseconds(text) == nil)
    }
}
