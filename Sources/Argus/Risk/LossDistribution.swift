internal import StructuredData

/// What a method found out about the portfolio's loss over the horizon.
protocol LossDistribution: Sendable {
    /// The loss, as a fraction of value, that is exceeded with probability `alpha`.
    func valueAtRisk(_ alpha: Double) -> Double
    /// The mean of the losses in the worst part `alpha`.
    func expectedShortfall(_ alpha: Double) -> Double
    /// Bounds on the value at risk for 95% of simulations; `nil` where nothing was simulated.
    func interval(_ alpha: Double) -> ClosedRange<Double>?
    /// What was estimated.
    var parameters: JSONObject { get }
}

extension LossDistribution {
    func interval(_ alpha: Double) -> ClosedRange<Double>? { nil }
}

/// Why a method has no answer for this data.
package struct Refusal: Error, Equatable {
    var code: Finding.Code
    var reason: String

    init(_ code: Finding.Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    init(_ reason: String) { self.init(.methodRefused, reason) }
}
