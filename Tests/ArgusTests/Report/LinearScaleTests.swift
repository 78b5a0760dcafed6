import Testing

@testable import Argus

@Suite("Scales of pictures")
struct LinearScaleTests {
    @Test(arguments: [
        (0.0, 1.0, [0, 0.2, 0.4, 0.6, 0.8, 1], 1), (0, 97, [0, 20, 40, 60, 80], 0),
        (-0.031, 0.012, [-0.03, -0.02, -0.01, 0, 0.01], 2),
        (1200, 5000, [2000, 3000, 4000, 5000], 0), (-3e-7, 3e-7, [-3e-7, -2e-7, -1e-7, 0, 1e-7, 2e-7, 3e-7], 7),
    ])
    func `ticks are round values within the reach`(least: Double, greatest: Double, expected: [Double], decimals: Int) {
        let scale = LinearScale(over: [least, greatest], from: 0, to: 100)
        let ticks = scale.ticks()
        #expect(ticks.values.count == expected.count, "\(ticks.values)")
        for (tick, value) in zip(ticks.values, expected) { #expect(abs(tick - value) < 1e-9 * (greatest - least)) }
        #expect(ticks.decimals == decimals)
        for tick in ticks.values {
            #expect(tick >= scale.lower - 1e-9 * (greatest - least) && tick <= scale.upper + 1e-9 * (greatest - least))
        }
    }

    @Test func `the ends of the data are the ends of the scale, also upside down`() {
        let scale = LinearScale(over: [3, .nan, 1, .infinity, 2], from: 200, to: 50)
        #expect(scale(1) == 200)
        #expect(scale(3) == 50)
        #expect(scale(2) == 125)
    }

    @Test(arguments: [[], [7.0], [7, 7], [0, 0], [.nan], [-.infinity, .infinity]])
    func `data without a reach still have a scale`(values: [Double]) {
        let scale = LinearScale(over: values, from: 0, to: 100)
        #expect(scale.upper > scale.lower)
        for value in values where value.isFinite { #expect((0...100).contains(scale(value))) }
        #expect(!scale.ticks().values.isEmpty)
    }

    @Test func `rows are labelled where years, months or days begin`() {
        let days = (1...40).map { "2020-\($0 <= 31 ? "01" : "02")-\($0 <= 31 ? $0 : $0 - 31)" }
        let years = (0..<6000).map { "\(1990 + $0 / 250)-01-01" }
        #expect(RowLabels(times: years, count: 6000).labels.first == .init(row: 250, text: "1991"))
        #expect(RowLabels(times: years, count: 6000).labels.count <= 9)
        #expect(RowLabels(times: days, count: 40).labels.allSatisfy { days[$0.row] == $0.text })
        #expect(RowLabels(times: [], count: 500).labels.map(\.text).prefix(3) == ["1", "101", "201"])
        #expect(RowLabels(times: ["2020-01-01"], count: 1).labels == [.init(row: 0, text: "2020-01-01")])
        #expect(RowLabels(times: [], count: 0).labels.isEmpty)
    }
}
