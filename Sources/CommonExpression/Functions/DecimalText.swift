import Foundation

/// Numbers with a given count of digits after the point.
enum DecimalText {
    static func fixed(_ value: Double, _ precision: Int) -> String {
        if let special = special(value) { return special }
        return String(format: "%.\(precision)f", value)
    }

    /// With commas between thousands: `1,234.50`.
    static func grouped(_ value: Double, _ precision: Int) -> String {
        let text = fixed(value, precision)
        guard value.isFinite else { return text }
        let digits = text.drop { $0 == "-" }.prefix { $0 != "." }
        var grouped = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { grouped += "," }
            grouped.append(digit)
        }
        return (text.hasPrefix("-") ? "-" : "") + grouped + text[digits.endIndex...]
    }

    /// `3.14×10⁰⁰`
    static func scientific(_ value: Double, _ precision: Int) -> String {
        if let special = special(value) { return special }
        let text = String(format: "%.\(precision)e", value)
        guard let mark = text.lastIndex(of: "e") else { return text }
        let superscripts: [Character: Character] = [
            "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸", "9": "⁹",
            "-": "⁻",
        ]
        let exponent = text[text.index(after: mark)...].compactMap { superscripts[$0] }
        return text[..<mark] + "×10" + String(exponent)
    }

    private static func special(_ value: Double) -> String? {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-∞" : "∞" }
        return nil
    }
}
