/// An amount of a resource: `500m`, `1.5`, `64Mi`, `2e3` (resource.Quantity).
///
/// Values are exact to a billionth and lie within ±(2⁶³ − 1); what is finer is rounded away from zero, what is larger is
/// capped, as the API server does. Two quantities are equal when their values are, however they are written.
public struct Quantity: Sendable {
    /// How the canonical text is written.
    public enum Format: Sendable, Hashable {
        /// `500m`, `3k`, `2M`
        case decimalSI
        /// `64Mi`
        case binarySI
        /// `2e3`
        case decimalExponent
    }

    // The value is whole + nanos / 10⁹; nanos counts up from whole also below zero, so that order is lexicographic.
    private var whole: Int64
    private var nanos: Int64
    public var format: Format

    static let nanosPerOne: Int64 = 1_000_000_000

    public init(_ value: Int64, format: Format = .decimalSI) {
        whole = max(value, -Int64.max)
        nanos = 0
        self.format = format
    }

    /// A number of thousandths.
    public init(milli: Int64) {
        var value = milli / 1000
        var rest = milli % 1000
        if rest < 0 {
            value -= 1
            rest += 1000
        }
        whole = value
        nanos = rest * 1_000_000
        format = .decimalSI
    }

    init(isNegative: Bool, magnitude: Int64, nanos: Int64, format: Format) {
        if isNegative && nanos > 0 {
            whole = -magnitude - 1
            self.nanos = Self.nanosPerOne - nanos
        } else {
            whole = isNegative ? -magnitude : magnitude
            self.nanos = nanos
        }
        self.format = format
    }

    public var isZero: Bool { whole == 0 && nanos == 0 }
    public var isNegative: Bool { whole < 0 }

    /// The value in ones, rounded away from zero.
    public var value: Int64 { scaled(1) }

    /// The value in thousandths, rounded away from zero and capped at the range of the type.
    public var milliValue: Int64 { scaled(1000) }

    public var doubleValue: Double { Double(whole) + Double(nanos) / Double(Self.nanosPerOne) }

    /// The value without its sign, in ones and billionths.
    var magnitude: (ones: Int64, nanos: Int64) {
        if whole >= 0 { return (whole, nanos) }
        return nanos == 0 ? (-whole, 0) : (-(whole + 1), Self.nanosPerOne - nanos)
    }

    private func scaled(_ factor: Int64) -> Int64 {
        let (ones, nanos) = magnitude
        let nanosPerUnit = Self.nanosPerOne / factor
        let (product, overflow) = ones.multipliedReportingOverflow(by: factor)
        let (sum, sumOverflow) = product.addingReportingOverflow((nanos + nanosPerUnit - 1) / nanosPerUnit)
        let magnitude = overflow || sumOverflow ? Int64.max : sum
        return isNegative ? -magnitude : magnitude
    }
}

extension Quantity: Hashable, Comparable {
    public static func == (left: Quantity, right: Quantity) -> Bool {
        left.whole == right.whole && left.nanos == right.nanos
    }

    public static func < (left: Quantity, right: Quantity) -> Bool {
        (left.whole, left.nanos) < (right.whole, right.nanos)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(whole)
        hasher.combine(nanos)
    }
}

extension Quantity: AdditiveArithmetic {
    public static var zero: Quantity { Quantity(0) }

    /// The sum, capped; in the format of the first operand that is not zero.
    public static func + (left: Quantity, right: Quantity) -> Quantity {
        var sum = left.isZero ? right : left
        let nanos = left.nanos + right.nanos
        let carry: Int64 = nanos >= nanosPerOne ? 1 : 0
        let (ones, overflow) = left.whole.addingReportingOverflow(right.whole)
        let (carried, carryOverflow) = ones.addingReportingOverflow(carry)
        if overflow || carryOverflow {
            sum.whole = left.isNegative ? -Int64.max : Int64.max
            sum.nanos = 0
        } else {
            sum.whole = carried
            sum.nanos = nanos - carry * nanosPerOne
        }
        return sum
    }

    public static func - (left: Quantity, right: Quantity) -> Quantity { left + -right }

    public static prefix func - (quantity: Quantity) -> Quantity {
        let (ones, nanos) = quantity.magnitude
        return Quantity(
            isNegative: !quantity.isNegative && !quantity.isZero, magnitude: ones, nanos: nanos, format: quantity.format
        )
    }
}

extension Quantity: Codable {
    /// Reads a text or, as the server does, a number.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text: String
        if let written = try? container.decode(String.self) {
            text = written
        } else if let integer = try? container.decode(Int64.self) {
            text = String(integer)
        } else {
            text = String(try container.decode(Double.self))
        }
        do throws(QuantityError) {
            self = try Quantity(parsing: text)
        } catch {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: error.message)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
