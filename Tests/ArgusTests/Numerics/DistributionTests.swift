import StructuredData
import Testing

@testable import Argus

@Suite("Distributions agree with mpmath")
struct DistributionTests {
    private let reference: JSON

    init() throws { reference = try Fixture.json("numerics") }

    /// The relative distance, in units of the last place.
    private func distance(_ value: Double, _ wanted: Double) -> Double {
        value == wanted ? 0 : abs(value - wanted) / max(abs(wanted), .leastNormalMagnitude) / 0x1p-52
    }

    /// To so many units of the last place, times the condition of e^y where a value was made of its logarithm.
    private func expectClose(
        _ value: Double, _ wanted: Double, _ limit: Double, _ comment: Comment,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let condition = 1 + abs(RealMath.logarithm(max(abs(wanted), .leastNormalMagnitude)))
        let found = distance(value, wanted) / condition
        #expect(found <= limit, comment, sourceLocation: sourceLocation)
    }

    private func cases(_ name: String) throws -> [JSON] {
        let cases = try #require(reference[name]?.arrayValue)
        #expect(cases.count > 10)
        return cases
    }

    private func number(_ item: JSON, _ name: String) throws -> Double { try #require(item[name]?.doubleValue) }

    @Test("the normal density and probability to 4 units of the last place, deep into the tail")
    func normal() throws {
        for item in try cases("normal") {
            let x = try number(item, "x")
            #expect(distance(NormalDistribution.density(x), try number(item, "density")) <= 4, "\(item)")
            #expect(distance(NormalDistribution.cumulative(x), try number(item, "cumulative")) <= 4, "\(item)")
        }
    }

    @Test("the normal quantile to 4 units of the last place, from 1e-300 on")
    func normalQuantile() throws {
        for item in try cases("normalQuantile") {
            let found = NormalDistribution.quantile(try number(item, "probability"))
            let wanted = try number(item, "x")
            #expect(wanted == 0 ? found == 0 : distance(found, wanted) <= 4, "\(item): \(found)")
        }
        #expect(NormalDistribution.quantile(0) == -.infinity && NormalDistribution.quantile(1) == .infinity)
        #expect(NormalDistribution.quantile(-0.1).isNaN && NormalDistribution.quantile(.nan).isNaN)
    }

    @Test("Student's t: density, probability and quantile")
    func studentT() throws {
        for item in try cases("t") {
            let distribution = StudentTDistribution(degrees: try number(item, "degrees"))
            let x = try number(item, "x")
            expectClose(distribution.density(x), try number(item, "density"), 16, "\(item)")
            expectClose(distribution.cumulative(x), try number(item, "cumulative"), 16, "\(item)")
        }
        for item in try cases("tQuantile") {
            let distribution = StudentTDistribution(degrees: try number(item, "degrees"))
            let found = distribution.quantile(try number(item, "probability"))
            expectClose(found, try number(item, "x"), 30, "\(item)")
        }
        let distribution = StudentTDistribution(degrees: 5)
        #expect(distribution.quantile(0.5) == 0)
        #expect(distribution.quantile(0.99) == -distribution.quantile(1 - 0.99))
        #expect(distribution.quantile(0) == -.infinity && distribution.quantile(2).isNaN)
        #expect(distribution.cumulative(-1e300) == 0 && distribution.cumulative(.infinity) == 1)
        #expect(abs(distribution.logDensity(-1e200) + 6 * RealMath.logarithm(1e200)) < 10)
    }

    @Test("χ²: density, probability on both sides, and quantile")
    func chiSquared() throws {
        for item in try cases("chiSquared") {
            let distribution = ChiSquaredDistribution(degrees: try number(item, "degrees"))
            let x = try number(item, "x")
            for (found, name) in [
                (distribution.cumulative(x), "cumulative"), (distribution.survival(x), "survival"),
                (distribution.density(x), "density"),
            ] {
                expectClose(found, try number(item, name), 16, "\(name) \(item)")
            }
        }
        for item in try cases("chiSquaredQuantile") {
            let distribution = ChiSquaredDistribution(degrees: try number(item, "degrees"))
            let found = distribution.quantile(try number(item, "probability"))
            expectClose(found, try number(item, "x"), 30, "\(item)")
        }
    }

    @Test("the binomial probability and quantile")
    func binomial() throws {
        for item in try cases("binomial") {
            let distribution = BinomialDistribution(
                trials: try #require(item["trials"]?.intValue), probability: try number(item, "probability"))
            let found = distribution.cumulative(try #require(item["count"]?.intValue))
            expectClose(found, try number(item, "cumulative"), 16, "\(item): \(found)")
        }
        for item in try cases("binomialQuantile") {
            let distribution = BinomialDistribution(
                trials: try #require(item["trials"]?.intValue), probability: try number(item, "probability"))
            #expect(distribution.quantile(try number(item, "level")) == item["count"]?.intValue, "\(item)")
        }
    }
}
