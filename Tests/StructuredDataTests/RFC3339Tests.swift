import StructuredData
import Testing

@Suite("RFC 3339 times")
struct RFC3339Tests {
    @Test(
        "seconds become text and back",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"), (951_782_400, "2000-02-29T00:00:00Z"),
            (1_700_000_000, "2023-11-14T22:13:20Z"), (-2_208_988_800, "1900-01-01T00:00:00Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"), (253_402_300_799, "9999-12-31T23:59:59Z"),
            (-62_167_219_200, "0000-01-01T00:00:00Z"),
        ])
    func both(seconds: Double, text: String) {
        #expect(RFC3339.text(secondsSince1970: seconds) == text)
        #expect(RFC3339.secondsSince1970(text) == seconds)
    }

    @Test("every day of four centuries follows the one before")
    func days() {
        var texts: Set<String> = []
        for day in stride(from: -719_162, through: -719_162 + 146_097 * 2, by: 1) {
            let text = RFC3339.text(secondsSince1970: Double(day) * 86_400)
            #expect(RFC3339.secondsSince1970(text) == Double(day) * 86_400)
            texts.insert(text)
        }
        #expect(texts.count == 146_097 * 2 + 1)
    }

    @Test("fractions, offsets and small letters are understood")
    func forms() {
        #expect(RFC3339.secondsSince1970("1970-01-01T00:00:00.25Z") == 0.25)
        #expect(RFC3339.secondsSince1970("1970-01-01t01:00:00.5+01:00") == 0.5)
        #expect(RFC3339.secondsSince1970("1969-12-31 23:30:00-00:30") == 0)
        #expect(RFC3339.text(secondsSince1970: 0.999) == "1970-01-01T00:00:00Z")
        #expect(RFC3339.text(secondsSince1970: .infinity) == "9999-12-31T23:59:59Z")
    }

    @Test(
        "what is no time is refused",
        arguments: [
            "", "2023-11-14", "2023-11-14T22:13:20", "2023-13-01T00:00:00Z", "2023-02-29T00:00:00Z",
            "2023-11-14T24:00:00Z", "2023-11-14T22:13:20.Z", "2023-11-14T22:13:20Zx", "2023-11-14T22:13:20+1:00",
            "23-11-14T22:13:20Z", "2023-00-10T00:00:00Z", "２０２３-11-14T22:13:20Z",
        ])
    func refused(text: String) {
        #expect(RFC3339.secondsSince1970(text) == nil)
    }
}
