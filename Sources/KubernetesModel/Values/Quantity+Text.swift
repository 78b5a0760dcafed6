/// Why a text is no quantity.
public struct QuantityError: Error, Sendable, Hashable, CustomStringConvertible {
    public var message: String
    public init(_ message: String) { self.message = message }
    public var description: String { message }
}

extension Quantity {
    /// No sensible quantity is longer; a bound on the work that a text can ask for.
    private static let maximumTextBytes = 256

    /// Reads a quantity: a decimal number, then nothing, a decimal suffix (`n u m k M G T P E`), a binary one (`Ki Mi Gi
    /// Ti Pi Ei`) or a decimal exponent (`e3`).
    public init(parsing text: String) throws(QuantityError) {
        guard text.utf8.count <= Self.maximumTextBytes else { throw QuantityError("a quantity must be shorter") }
        let failure = QuantityError(
            "\"\(text)\" is no quantity: write a number and a unit, such as 500m, 1.5, 64Mi or 2e3")
        var rest = Array(text.utf8)[...]
        var isNegative = false
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            isNegative = sign == UInt8(ascii: "-")
            rest.removeFirst()
        }
        let (digits, point) = Self.digits(&rest)
        guard !digits.isEmpty, let unit = Unit(rest) else { throw failure }
        var number = Decimal(digits: digits, point: point + unit.decimalExponent)
        for _ in 0..<unit.binaryPower { number.multiply(by: 1024) }
        let (magnitude, nanos) = number.rounded()
        let isZero = magnitude == 0 && nanos == 0
        self.init(isNegative: isNegative && !isZero, magnitude: magnitude, nanos: nanos, format: unit.format)
    }

    /// The digits without the point, and how many stand before it.
    private static func digits(_ rest: inout ArraySlice<UInt8>) -> (digits: [UInt8], point: Int) {
        var digits: [UInt8] = []
        var point: Int?
        while let byte = rest.first {
            if byte == UInt8(ascii: "."), point == nil {
                point = digits.count
            } else if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
                digits.append(byte - UInt8(ascii: "0"))
            } else {
                break
            }
            rest.removeFirst()
        }
        return (digits, point ?? digits.count)
    }

    private struct Unit {
        var format = Format.decimalSI
        var decimalExponent = 0
        /// The power of 1024.
        var binaryPower = 0

        init?(_ bytes: ArraySlice<UInt8>) {
            let text = String(decoding: bytes, as: UTF8.self)
            if let exponent = Quantity.decimalSuffixes.first(where: { $0.suffix == text })?.exponent {
                decimalExponent = exponent
            } else if let power = Quantity.binarySuffixes.firstIndex(of: text), power > 0 {
                format = .binarySI
                binaryPower = power
            } else if let first = text.first, first == "e" || first == "E", let exponent = Int(text.dropFirst()) {
                format = .decimalExponent
                // Beyond these the value is capped, or the smallest there is, whatever its digits.
                decimalExponent = min(max(exponent, -600), 600)
            } else {
                return nil
            }
        }
    }

    /// A number of decimal digits, most significant first, with the point after the first `point` of them.
    private struct Decimal {
        var digits: [UInt8]
        var point: Int

        mutating func multiply(by factor: Int) {
            var carry = 0
            for index in digits.indices.reversed() {
                let product = Int(digits[index]) * factor + carry
                digits[index] = UInt8(product % 10)
                carry = product / 10
            }
            while carry > 0 {
                digits.insert(UInt8(carry % 10), at: 0)
                point += 1
                carry /= 10
            }
        }

        /// The value in ones and billionths, rounded up and capped.
        func rounded() -> (ones: Int64, nanos: Int64) {
            let cap = (Int64.max, Int64(0))
            var ones: Int64 = 0
            for index in 0..<max(point, 0) {
                let digit = index < digits.count ? Int64(digits[index]) : 0
                let (shifted, overflow) = ones.multipliedReportingOverflow(by: 10)
                let (sum, sumOverflow) = shifted.addingReportingOverflow(digit)
                if overflow || sumOverflow { return cap }
                ones = sum
            }
            var nanos: Int64 = 0
            for index in point..<point + 9 {
                nanos = nanos * 10 + (digits.indices.contains(index) ? Int64(digits[index]) : 0)
            }
            let finer = digits.indices.contains { $0 >= point + 9 && digits[$0] != 0 }
            if finer { nanos += 1 }
            if nanos == Quantity.nanosPerOne {
                return ones == Int64.max ? cap : (ones + 1, 0)
            }
            return ones == Int64.max ? cap : (ones, nanos)
        }
    }

    private static let decimalSuffixes: [(suffix: String, exponent: Int)] = [
        ("n", -9), ("u", -6), ("m", -3), ("", 0), ("k", 3), ("M", 6), ("G", 9), ("T", 12), ("P", 15), ("E", 18),
    ]

    private static let binarySuffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]
}

extension Quantity: CustomStringConvertible {
    /// The canonical text: no fraction, the largest unit that allows it.
    public var description: String {
        let (ones, nanos) = magnitude
        let sign = isNegative ? "-" : ""
        // The server writes small binary amounts, such as 512, in decimal.
        if format == .binarySI, ones >= 1024 { return sign + binaryText(nanos > 0 ? ones &+ 1 : ones) }
        let (digits, exponent) = Self.decimal(ones, nanos)
        if format == .decimalExponent { return sign + digits + (exponent == 0 ? "" : "e\(exponent)") }
        let suffix = Self.decimalSuffixes.first { $0.exponent == exponent }?.suffix ?? ""
        return sign + digits + suffix
    }

    private func binaryText(_ ones: Int64) -> String {
        var mantissa = ones
        var power = 0
        while mantissa % 1024 == 0, power < Self.binarySuffixes.count - 1 {
            mantissa /= 1024
            power += 1
        }
        return "\(mantissa)\(Self.binarySuffixes[power])"
    }

    /// The shortest whole number of a power of 1000.
    private static func decimal(_ ones: Int64, _ nanos: Int64) -> (digits: String, exponent: Int) {
        if nanos == 0 {
            var mantissa = ones
            var exponent = 0
            while mantissa != 0, mantissa % 1000 == 0, exponent < 18 {
                mantissa /= 1000
                exponent += 3
            }
            return (String(mantissa), exponent)
        }
        var mantissa = nanos
        var exponent = -9
        while mantissa % 1000 == 0 {
            mantissa /= 1000
            exponent += 3
        }
        let digits = String(mantissa)
        guard ones > 0 else { return (digits, exponent) }
        return ("\(ones)" + String(repeating: "0", count: -exponent - digits.count) + digits, exponent)
    }
}
