import Testing

@testable import Argus

@Suite("Portfolios of any kind")
struct RandomPortfolioTests {
    @Test(
        "are found, keep within their constraints, and are no worse than one that is known", arguments: 0..<60)
    func found(seed: Int) {
        let problem = RandomPortfolio(seed: UInt64(seed), mostAssets: 14, mostRows: 60)
        for objective in RandomPortfolio.objectives {
            let fault = problem.fault(objective)
            #expect(fault == nil, "seed \(seed), \(objective): \(fault ?? "")")
        }
    }
}
