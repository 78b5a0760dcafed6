internal import StructuredData

/// Numbers and names as reports write them.
enum ReportText {
    static let notice = "Made by Argus from the data named above. Not investment advice."
    static let missing = "–"

    static func percent(_ value: Double?, decimals: Int = 2) -> String {
        guard let value, value.isFinite else { return missing }
        return AxisFormat.percent.text(value, decimals: decimals + 2)
    }

    /// 0.975 as "97.5%".
    static func level(_ confidence: Double?) -> String {
        guard let confidence, confidence.isFinite else { return missing }
        return NumberText.shortest(NumberText.rounded(confidence * 100, decimals: 6)) + "%"
    }

    static func number(_ value: Double?, decimals: Int = 2) -> String {
        guard let value, value.isFinite else { return missing }
        return AxisFormat.plain.text(value, decimals: decimals)
    }

    /// Four significant digits, for values whose size is not known beforehand.
    static func figure(_ value: Double?) -> String {
        guard let value, value.isFinite else { return missing }
        let size = abs(value)
        let decimals = size >= 1000 ? 1 : size >= 10 ? 2 : size >= 0.1 ? 4 : 6
        return NumberText.shortest(NumberText.rounded(value, decimals: decimals))
    }

    /// `maxDrawdown` as "max drawdown".
    static func words(_ name: String) -> String {
        var result = ""
        for character in name {
            if character.isUppercase, !result.isEmpty { result += " " }
            result += character.lowercased()
        }
        return result.replacing("-", with: " ")
    }
}
