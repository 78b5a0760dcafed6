/// A method put to the test on the past: for each day its figures from the days before, then what happened.
struct Backtest: Sendable {
    /// By day; `nil` where the method had no answer.
    let valueAtRisk: [Double?]
    let coverage: CoverageTests?
    /// Acerbi and Székely's (2014) second statistic, 1 + Σ r_t I_t/(TαES_t); NaN where it has no denominator.
    let z2: Double
    let zone: BaselZone?
    /// Days without an answer, and why the first one had none.
    let refused: Int
    let reason: String?

    /// The most simulated variates that a backtest may take.
    static let mostVariates = 20_000_000_000

    /// - Parameters:
    ///   - estimator: for one day.
    ///   - window: days before each day; the sample has more.
    init(_ sample: RiskSample, _ estimator: RiskEstimator, window: Int, confidence: Double) {
        let alpha = 1 - confidence
        let needsAssets = if case .monteCarlo = estimator.method.kind { true } else { false }
        var valueAtRisk: [Double?] = []
        var exceptions: [Bool] = []
        var shortfalls = 0.0
        var (refused, reason) = (0, String?.none)
        for day in window..<sample.count {
            do throws(Refusal) {
                let past = sample.rows(day - window..<day, needsAssets: needsAssets)
                let loss = try estimator.fit(past)
                let limit = loss.valueAtRisk(alpha)
                guard limit.isFinite else { throw Refusal(.nonFinite, "the value at risk is not finite") }
                let isException = -sample.portfolio[day] > limit
                exceptions.append(isException)
                if isException { shortfalls += sample.portfolio[day] / loss.expectedShortfall(alpha) }
                valueAtRisk.append(limit)
            } catch {
                refused += 1
                reason = reason ?? error.reason
                valueAtRisk.append(nil)
            }
        }
        self.valueAtRisk = valueAtRisk
        (self.refused, self.reason) = (refused, reason)
        guard !exceptions.isEmpty else {
            (coverage, z2, zone) = (nil, .nan, nil)
            return
        }
        coverage = CoverageTests(exceptions, probability: alpha)
        z2 = 1 + shortfalls / (Double(exceptions.count) * alpha)
        let latest = exceptions.suffix(BaselZone.days)
        zone = BaselZone(exceptions: latest.count { $0 }, observations: latest.count, confidence: confidence)
    }
}
