import StructuredData
import Testing

@testable import Argus

@Suite("Risk of unusual books")
struct UnusualRiskTests {
    private let cases: [JSON]

    init() throws { cases = try #require(try Fixture.json("unusual-risk")["cases"]?.arrayValue) }

    /// Whether a figure agrees to 1e-12, of itself or of the case's largest figure, which it may cancel from.
    private func agree(_ value: JSON?, _ wanted: JSON?, _ size: Double, _ tolerance: Double = 1e-12) -> Bool {
        guard let wanted = wanted?.doubleValue else { return value == nil || value?.isNull == true }
        guard let value = value?.doubleValue else { return false }
        return abs(value - wanted) <= tolerance * max(abs(wanted), size)
    }

    @Test("every closed form agrees with its definition to 1e-12", arguments: 0..<23)
    func closedForms(number: Int) throws {
        #expect(cases.count == 23)
        let item = cases[number]
        let name = item["name"]?.stringValue ?? ""
        let answer = try assess(try #require(item["input"]))
        #expect(answer.status == "ok", "\(name): \(answer["warnings"]?.text() ?? "")")
        let result = try #require(answer["result"])
        if item["value"]?.isNull == false { #expect(agree(result["value"], item["value"], 0), "\(name)") }
        let symbols = (item["symbols"]?.arrayValue ?? []).compactMap(\.stringValue)
        for (symbol, weight) in zip(symbols, item["weights"]?.arrayValue ?? []) {
            #expect(agree(result["weights"]?[symbol], weight, 0), "\(name): the weight of \(symbol)")
        }
        let (risk, wanted) = (result["risk"]?.arrayValue ?? [], item["risk"]?.arrayValue ?? [])
        #expect(risk.count == wanted.count)
        for (entry, figures) in zip(risk, wanted) {
            let label = "\(name), \(figures["method"]?.text() ?? "") \(figures["confidence"]?.text() ?? "")"
            #expect(entry["method"] == figures["method"] && entry["confidence"] == figures["confidence"], "\(label)")
            #expect((entry["refused"] != nil) == (figures["valueAtRisk"] == nil), "\(label): \(entry.text())")
            let size = abs(figures["expectedShortfall"]?.doubleValue ?? 0)
            for member in ["valueAtRisk", "expectedShortfall"] {
                #expect(
                    agree(entry[member], figures[member], size),
                    "\(label): \(member) \(entry[member]?.text() ?? "") and \(figures[member]?.text() ?? "")")
            }
            for member in ["components", "expectedShortfallComponents", "marginal"] {
                let parts = figures[member]?.arrayValue
                #expect((entry[member] != nil) == (parts != nil), "\(label): \(member)")
                let largest = (parts ?? []).reduce(size) { max($0, abs($1.doubleValue ?? 0)) }
                for (symbol, part) in zip(symbols, parts ?? []) {
                    #expect(
                        agree(entry[member]?[symbol], part, largest),
                        "\(label): \(member) \(symbol) \(entry[member]?[symbol]?.text() ?? "") and \(part.text())")
                }
            }
        }
        for (member, value) in item["ratios"]?.objectValue ?? [:] {
            let found = result["ratios"]?[member]
            #expect(agree(found, value, 1e-2), "\(name): \(member) \(found?.text() ?? "") and \(value.text())")
        }
        guard let wanted = item["backtest"] else { return }
        let backtest = try #require(result["backtest"])
        for member in ["observations", "exceptions", "zone"] {
            #expect(backtest[member] == wanted[member], "\(name): \(member) \(backtest.text())")
        }
        #expect(agree(backtest["z2"], wanted["z2"], 1), "\(name): \(backtest.text())")
        let independence = backtest["christoffersen"]?["independence"]?["statistic"]
        #expect(agree(backtest["kupiec"]?["statistic"], wanted["kupiec"], 1), "\(name)")
        // Near zero the p-value is steep in the rounding of the statistic.
        let isNone = (wanted["kupiec"]?.doubleValue ?? 1) < 1e-9
        #expect(
            agree(backtest["kupiec"]?["pValue"], wanted["kupiecP"], 1e-2, isNone ? 1e-6 : 1e-11), "\(name)")
        #expect(agree(independence, wanted["independence"], 1), "\(name)")
    }
}
