import StructuredData
import Testing

@testable import Argus

/// A window of returns that a search can miss EGARCH's maximum of, with what arch found.
struct EgarchCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let symbol: String
    let window: Range<Int>
    let specification: GarchSpecification
    let logLikelihood: Double

    init(_ json: JSON) throws {
        symbol = try #require(json["symbol"]?.stringValue)
        let first = try #require(json["first"]?.intValue)
        window = first..<first + (try #require(json["count"]?.intValue))
        let distribution = try #require(json["distribution"]?.stringValue)
        specification = GarchSpecification(
            variance: .egarch, distribution: try #require(GarchSpecification.Distribution(rawValue: distribution)))
        logLikelihood = try #require(json["logLikelihood"]?.doubleValue)
        testDescription = "\(symbol) from \(first), \(distribution)"
    }

    static func all(_ kind: String) -> [EgarchCase] {
        let fits = (try? TestSeries.reference("egarch"))?["fits"]?.arrayValue ?? []
        return fits.filter { $0["kind"]?.stringValue == kind }.compactMap { try? EgarchCase($0) }
    }

    var returns: [Double] { get throws { Array(try TestSeries.returns(symbol)[window]) } }
}

@Suite("EGARCH is fitted where a search can miss the maximum")
struct EgarchReferenceTests {
    @Test("there are references of all kinds")
    func cases() {
        #expect(EgarchCase.all("not invertible").count == 11)
        #expect(EgarchCase.all("kinks away").count == 2)
        #expect(EgarchCase.all("at a kink").count == 7)
    }

    @Test(
        "no less likely than arch's maxima that are not invertible, with a warning",
        arguments: EgarchCase.all("not invertible"))
    func notInvertible(item: EgarchCase) throws {
        let fit = try GarchFit(try item.returns, item.specification)
        #expect(!fit.isInvertible)
        #expect(fit.logLikelihood > item.logLikelihood - 1e-4, "\(fit.logLikelihood)")
        let answer = MarketAnalysis.run([
            "inputs": [
                ["name": "r", "returns": ["columns": ["X": .array(try item.returns.map { JSON($0) })]]]
            ],
            "params": [
                "volatility": [["model": "egarch", "distribution": JSON(item.specification.distribution.rawValue)]]
            ],
        ])
        #expect(answer.status == "ok")
        #expect(answer.warningCodes.contains("NOT_INVERTIBLE"))
        #expect(answer["result"]?["volatility"]?["X"]?[0]?["logLikelihood"]?.doubleValue == fit.logLikelihood)
    }

    @Test(
        "as likely as arch's maximum, where that is some kinks away, or lies at one",
        arguments: EgarchCase.all("kinks away") + EgarchCase.all("at a kink"))
    func kinks(item: EgarchCase) throws {
        let fit = try GarchFit(try item.returns, item.specification)
        #expect(fit.hasConverged && fit.isInvertible)
        #expect(abs(fit.logLikelihood - item.logLikelihood) < 1e-4, "\(fit.logLikelihood)")
    }
}
