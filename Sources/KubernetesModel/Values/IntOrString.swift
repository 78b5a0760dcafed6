/// A field that takes a number or a text: a port by number or name, a count or a percentage.
public enum IntOrString: Sendable, Hashable {
    case int(Int)
    case string(String)

    public var intValue: Int? { if case .int(let value) = self { value } else { nil } }

    /// The value as a share of `total`, where a text is a percentage such as `25%`.
    ///
    /// - Returns: `nil` where the text is no percentage.
    public func scaled(of total: Int, roundUp: Bool) -> Int? {
        switch self {
        case .int(let value): return value
        case .string(let text):
            guard text.hasSuffix("%"), let percent = Int(text.dropLast()) else { return nil }
            let (product, overflow) = percent.multipliedReportingOverflow(by: total)
            guard !overflow else { return nil }
            let quotient = product / 100
            return roundUp && product % 100 > 0 ? quotient + 1 : quotient
        }
    }
}

extension IntOrString: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, CustomStringConvertible {
    public init(integerLiteral value: Int) { self = .int(value) }
    public init(stringLiteral value: String) { self = .string(value) }

    public var description: String {
        switch self {
        case .int(let value): String(value)
        case .string(let text): text
        }
    }
}

extension IntOrString: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Int.self) {
            self = .int(value)
        } else {
            self = .string(try container.decode(String.self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .int(let value): try container.encode(value)
        case .string(let text): try container.encode(text)
        }
    }
}
