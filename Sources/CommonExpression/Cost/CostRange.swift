/// A size or a cost that is only known to lie between two numbers; what would overflow is the largest number.
struct CostRange: Sendable, Hashable {
    var minimum: UInt64
    var maximum: UInt64

    init(_ minimum: UInt64, _ maximum: UInt64) {
        self.minimum = minimum
        self.maximum = maximum
    }

    init(_ exact: UInt64) { self.init(exact, exact) }

    static let zero = CostRange(0)
    static let unknown = CostRange(0, .max)

    static func + (left: CostRange, right: CostRange) -> CostRange {
        CostRange(add(left.minimum, right.minimum), add(left.maximum, right.maximum))
    }

    static func += (left: inout CostRange, right: CostRange) { left = left + right }

    static func * (left: CostRange, right: CostRange) -> CostRange {
        CostRange(multiply(left.minimum, right.minimum), multiply(left.maximum, right.maximum))
    }

    /// Rounded up.
    func scaled(by factor: Double) -> CostRange {
        CostRange(Self.scale(minimum, factor), Self.scale(maximum, factor))
    }

    func union(_ other: CostRange) -> CostRange {
        CostRange(min(minimum, other.minimum), max(maximum, other.maximum))
    }

    static func add(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let (sum, overflow) = a.addingReportingOverflow(b)
        return overflow ? .max : sum
    }

    static func multiply(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let (product, overflow) = a.multipliedReportingOverflow(by: b)
        return overflow ? .max : product
    }

    private static func scale(_ value: UInt64, _ factor: Double) -> UInt64 {
        let product = (Double(value) * factor).rounded(.up)
        return product >= 0x1p64 ? .max : UInt64(product)
    }
}
