/// A number as the decimal that it was written as, or is written as shortest: `digits` × 10^`exponent`, without its sign.
struct DecimalNumber {
    private let digits: UInt64
    private let exponent: Int

    /// `nil` for what is no number, or has no end.
    init?(_ value: JSON) {
        switch value {
        case .integer(let integer): (digits, exponent) = (integer.magnitude, 0)
        case .number(let number):
            // `12.5`, `1e-08`
            let parts = "\(number.magnitude)".split(separator: "e")
            let mantissa = parts.first?.split(separator: ".") ?? []
            guard number.isFinite, let whole = mantissa.first, mantissa.count <= 2 else { return nil }
            let fraction = mantissa.count == 2 && mantissa[1] != "0" ? mantissa[1] : ""
            guard let digits = UInt64(whole + fraction), let power = parts.count == 2 ? Int(parts[1]) : 0 else {
                return nil
            }
            (self.digits, exponent) = (digits, power - fraction.count)
        default: return nil
        }
    }

    /// Whether this number is another one times an integer; exact.
    func isMultiple(of divisor: DecimalNumber) -> Bool {
        guard divisor.digits > 0 else { return false }
        let shift = exponent - divisor.exponent
        let (quotient, remainder) = digits.quotientAndRemainder(dividingBy: divisor.digits)
        if shift >= 0 {
            var rest = remainder
            for _ in 0..<shift where rest != 0 {
                rest = divisor.digits.dividingFullWidth(rest.multipliedFullWidth(by: 10)).remainder
            }
            return rest == 0
        }
        guard remainder == 0 else { return false }
        var rest = quotient
        for _ in 0..<(-shift) where rest != 0 {
            guard rest.isMultiple(of: 10) else { return false }
            rest /= 10
        }
        return true
    }
}
