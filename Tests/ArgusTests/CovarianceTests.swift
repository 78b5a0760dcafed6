import StructuredData
import Testing

@testable import Argus

@Suite("Covariance")
struct CovarianceTests {
    /// The largest difference, relative to the largest element.
    private func difference(_ left: Matrix, _ right: Matrix) -> Double {
        (left - right).largestMagnitude / right.largestMagnitude
    }

    @Test("estimates agree with NumPy and scikit-learn, also of more symbols than returns", arguments: 0..<3)
    func reference(index: Int) throws {
        let sample = try #require(try TestSeries.reference("covariance")["samples"]?[index])
        let symbols = (sample["symbols"]?.arrayValue ?? []).compactMap(\.stringValue)
        let count = try #require(sample["rows"]?.intValue)
        let returns = try symbols.map { Array(try TestSeries.returns($0).suffix(count)) }
        #expect(returns.count > 2 && returns[0].count == count)

        let wanted = try #require(sample["sample"]?.matrix)
        #expect(difference(CovarianceEstimator.sample.estimate(returns).matrix, wanted) < 1e-13)

        let shrunk = CovarianceEstimator.ledoitWolf.estimate(returns)
        let shrinkage = try #require(sample["shrinkage"]?.doubleValue)
        #expect(abs(try #require(shrunk.shrinkage) - shrinkage) < 1e-12 && shrinkage > 0)
        #expect(difference(shrunk.matrix, try #require(sample["ledoitWolf"]?.matrix)) < 1e-13)

        let weighted = try #require(sample["ewma"]?.arrayValue)
        #expect(weighted.count == 2)
        for item in weighted {
            let lambda = try #require(item["lambda"]?.doubleValue)
            let found = CovarianceEstimator.ewma(lambda: lambda).estimate(returns)
            #expect(difference(found.matrix, try #require(item["matrix"]?.matrix)) < 1e-13)
            #expect(found.shrinkage == nil)
        }
    }

    @Test("an exponentially weighted variance is that of the volatility model of this name")
    func agreement() throws {
        let returns = try TestSeries.returns("RRC")
        let variance = CovarianceEstimator.ewma(lambda: 0.94).estimate([returns]).matrix[0, 0]
        let volatility = try #require(VolatilityModel.exponential(returns, lambda: 0.94).last ?? nil)
        #expect(abs(variance / (volatility * volatility) - 1) < 1e-12)
    }

    @Test("of one symbol or of returns that do not vary, nothing is shrunk")
    func degenerate() {
        let one = CovarianceEstimator.ledoitWolf.estimate([[0.01, -0.02, 0.03]])
        #expect(one.shrinkage == 0)
        let flat = CovarianceEstimator.ledoitWolf.estimate([[0.5, 0.5], [0.25, 0.25]])
        #expect(flat.shrinkage == 0 && flat.matrix.largestMagnitude == 0)
    }

    @Test(
        "the analysis uses the one that was asked for, and says so",
        arguments: [["covariance": "sample"], ["covariance": "ledoit-wolf"], ["covariance": ["ewma": 0.97]]] as [JSON])
    func analysis(params: JSON) throws {
        let symbols = ["AAPL", "RRC", "XOM"]
        let inputs = try symbols.map { ["name": JSON($0), "csv": JSON(try Fixture.stock($0))] as JSON }
        let answer = MarketAnalysis.run(["inputs": .array(inputs), "params": params])
        #expect(answer.status == "ok")
        #expect(answer["lineage"]?["params"]?["covariance"] == params["covariance"])
        let estimate = CovarianceEstimator(params["covariance"]).estimate(try symbols.map(TestSeries.returns))
        for (i, left) in symbols.enumerated() {
            for (j, right) in symbols.enumerated() {
                let scale = (estimate.matrix[i, i] * estimate.matrix[j, j]).squareRoot()
                #expect(answer["result"]?["covariance"]?[left]?[right]?.doubleValue == estimate.matrix[i, j])
                let correlation = answer["result"]?["correlation"]?[left]?[right]?.doubleValue
                #expect(agree(correlation, estimate.matrix[i, j] / scale, tolerance: 1e-14))
            }
        }
        #expect(Set((1..<3).map { estimate.matrix[0, $0] }).count == 2)
    }

    @Test("names each symbol that has no correlation")
    func flat() {
        let bars = [
            Sample.bars([1, 1, 1], name: "A"), Sample.bars([1, 2, 1], name: "B"), Sample.bars([3, 3, 3], name: "C"),
        ]
        let answer = MarketAnalysis.run([
            "inputs": .array(bars), "params": ["statistics": false, "regimes": false, "covariance": "ledoit-wolf"],
        ])
        #expect(answer.status == "ok")
        #expect(answer.warningCodes == ["NON_FINITE", "NON_FINITE"])
        #expect((answer["warnings"]?.arrayValue ?? []).map { $0["symbol"] } == ["A", "C"])
        #expect(answer["result"]?["correlation"]?["A"]?["B"] == .null)
        #expect(answer["result"]?["correlation"]?["B"]?["B"] == 1)
    }

    @Test("the nearest positive semi-definite matrix clips what is negative, and says how far it is")
    func nearest() throws {
        // Eigenvalues 3 and −1, with (1, 1)/√2 and (1, −1)/√2.
        let repair = try PositiveSemidefiniteRepair(Matrix(rows: [[1, 2], [2, 1]]))
        #expect(repair.isRepaired)
        #expect(abs(repair.distance - 1) < 1e-14 && abs(repair.lowestEigenvalue + 1) < 1e-14)
        #expect((repair.matrix - Matrix(rows: [[1.5, 1.5], [1.5, 1.5]])).largestMagnitude < 1e-14)

        // Higham (2002), section 4: a matrix of correlations that contradict each other.
        let given = Matrix(rows: [[1, 1, 0], [1, 1, 1], [0, 1, 1]])
        let second = try PositiveSemidefiniteRepair(given)
        #expect(abs(second.lowestEigenvalue - (1 - (2.0).squareRoot())) < 1e-14)
        let difference = second.matrix - given
        let norm = difference.elements.reduce(0) { $0 + $1 * $1 }.squareRoot()
        #expect(abs(norm - second.distance) < 1e-14)
        #expect(try SymmetricEigen(second.matrix).values[0] > -1e-14)
        #expect(try !PositiveSemidefiniteRepair(second.matrix).isRepaired)
    }

    @Test("a matrix that is singular, and no more, is left to the bit")
    func singular() throws {
        let returns = try ["AAPL", "RRC", "XOM", "GE"].map { Array(try TestSeries.returns($0).suffix(3)) }
        let sample = CovarianceEstimator.sample.estimate(returns).matrix
        let repair = try PositiveSemidefiniteRepair(sample)
        #expect(!repair.isRepaired && repair.matrix == sample)
        #expect(throws: LinearAlgebraError.self) { try PositiveSemidefiniteRepair(Matrix(rows: [[.nan]])) }
    }
}
