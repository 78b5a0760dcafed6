import FoundationEssentials
import StructuredData
import Testing

@testable import Argus

@Suite("Reports of answers")
struct ReportTests {
    private func report(_ input: JSON, _ task: ArgusTaskType) throws -> ArgusReport {
        let answer = task.answer(input)
        #expect(answer.status != "rejected", "\(answer.text())")
        return try #require(ArgusReport(taskType: task.name, input: input, answer: answer))
    }

    private func task(_ name: String) throws -> ArgusTaskType {
        try #require(ArgusTaskType.all.first { $0.name == name })
    }

    private static let riskParams: JSON = [
        "weights": ["A": 0.6, "B": 0.4], "confidence": [0.95, 0.99], "components": true,
        "methods": [["method": "historical"], ["method": "normal"], ["method": "ewma"]],
        "scenarios": [["name": "down 10", "shocks": ["*": -0.1]]],
        "backtest": ["method": ["method": "historical", "window": 100], "confidence": 0.95],
    ]

    private static func stocks(_ names: String...) -> JSON {
        var columns = JSONObject()
        for (index, name) in names.enumerated() {
            let closes = Sample.closes(400 + index).suffix(400)
            columns[name] = .array(Array(closes))
        }
        return ["name": "prices", "table": ["time": .array(Sample.days(400)), "columns": .object(columns)]]
    }

    @Test func `a market analysis shows price, bands, regimes, falls and returns`() throws {
        let report = try report(Sample.envelope(Sample.bars(Sample.closes(400))), task("market-analysis"))
        for title in ["Price", "Drawdown", "Returns of a period", "trend up", "20 bars ± 2 σ", "Jarque–Bera"] {
            #expect(report.html.contains(title), "\(title)")
        }
        #expect(report.svg.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\""))
        #expect(report.html.contains(Palette.green) || report.html.contains(Palette.vermilion))
    }

    @Test func `a risk assessment marks each method's figures and draws the backtest`() throws {
        let report = try report(
            Sample.envelope(Self.stocks("A", "B"), params: Self.riskParams), task("risk-assessment"))
        for title in [
            "VaR historical", "ES historical", "What each method says at 99%", "Whose risk it is, at 99%",
            "Loss in each scenario", "exceptions",
            "Kupiec", "sharpe",
        ] {
            #expect(report.html.contains(title), "\(title)")
        }
    }

    @Test func `advice shows weights before and after and the frontier with the portfolio on it`() throws {
        let params: JSON = [
            "objective": ["kind": "minimum-variance"], "holdings": ["A": 10, "B": 5], "cash": 100, "frontier": 10,
        ]
        let report = try report(
            Sample.envelope(Self.stocks("A", "B", "C"), params: params), task("advisory"))
        for title in ["Weights before and after", "the portfolio", "Shares of the variance", "Orders"] {
            #expect(report.html.contains(title), "\(title)")
        }
        #expect(report.html.contains("Not investment advice."))
        #expect(report.svg.contains("Not investment advice."))
    }

    @Test func `names that look like markup are text`() throws {
        let name = "<script>alert('A&B')</script>\u{1}"
        let report = try report(Sample.envelope(Sample.bars(Sample.closes(300), name: name)), task("market-analysis"))
        for text in [report.html, report.svg] {
            #expect(!text.contains("<script"))
            #expect(!text.contains("\u{1}"))
            #expect(text.contains("&lt;script&gt;alert('A&amp;B')&lt;/script&gt;\u{FFFD}"))
        }
    }

    @Test func `nothing that is no number gets into a picture`() throws {
        let series: [JSON] = [
            Sample.bars([1, 2, 4]), Sample.bars([JSON](repeating: 5, count: 300)),
            Sample.bars(Sample.closes(300).enumerated().map { $0 < 150 ? 7 : $1 }),
            ["name": "R", "returns": ["columns": ["R": .array([JSON](repeating: 0, count: 60))]]],
        ]
        for input in series {
            let report = try report(Sample.envelope(input), task("market-analysis"))
            for word in ["nan", "inf", "NaN"] {
                #expect(report.svg.ranges(of: "\"\(word)").isEmpty && report.svg.ranges(of: ",\(word)").isEmpty)
            }
        }
    }

    @Test func `a long series is drawn with no more points than a screen shows`() throws {
        let report = try report(Sample.envelope(Sample.bars(Sample.closes(20_000))), task("market-analysis"))
        #expect(report.svg.utf8.count < 1_500_000)
    }

    @Test func `the same input gives the same picture`() throws {
        let input = Sample.envelope(Self.stocks("A", "B"), params: Self.riskParams)
        let task = try task("risk-assessment")
        #expect(try report(input, task).html == report(input, task).html)
    }

    @Test func `a rejected answer has no report`() throws {
        let input = Sample.envelope(Sample.bars([1, -1]))
        let answer = MarketAnalysis.run(input)
        #expect(ArgusReport(taskType: "market-analysis", input: input, answer: answer) == nil)
    }
}
