/// A parameter of an indicator.
public struct IndicatorParameter: Sendable {
    public enum Kind: Sendable, Equatable {
        case integer(ClosedRange<Int>)
        case real(ClosedRange<Double>)
        /// One of TA-Lib's kinds of moving average, by number.
        case movingAverage
    }

    public let name: String
    public let kind: Kind
    public let defaultValue: Double

    static let largestPeriod = 100_000

    /// A number of bars, at least `from`.
    static func period(_ defaultValue: Int, from: Int = 2, name: String = "timeperiod") -> IndicatorParameter {
        IndicatorParameter(name: name, kind: .integer(from...largestPeriod), defaultValue: Double(defaultValue))
    }

    /// A real number; unless limited, any that TA-Lib takes.
    static func real(
        _ name: String, _ defaultValue: Double, _ range: ClosedRange<Double> = -3e37...3e37
    ) -> IndicatorParameter {
        IndicatorParameter(name: name, kind: .real(range), defaultValue: defaultValue)
    }

    /// A real number that is not negative.
    static func positive(_ name: String, _ defaultValue: Double) -> IndicatorParameter {
        .real(name, defaultValue, 0...3e37)
    }

    static func movingAverage(
        _ name: String = "matype", _ defaultValue: MovingAverageKind = .simple
    ) -> IndicatorParameter {
        IndicatorParameter(name: name, kind: .movingAverage, defaultValue: Double(defaultValue.rawValue))
    }

    var isInteger: Bool { if case .real = kind { false } else { true } }

    /// Why `value` will not do; `nil` where it does.
    func problem(with value: Double) -> String? {
        switch kind {
        case .integer(let range):
            guard let integer = Int(exactly: value) else {
                return "\(name) must be an integer, and is \(NumberText.shortest(value))"
            }
            return range.contains(integer)
                ? nil : "\(name) must be from \(range.lowerBound) to \(range.upperBound), and is \(integer)"
        case .real(let range):
            return range.contains(value)
                ? nil
                : "\(name) must be from \(NumberText.shortest(range.lowerBound)) to "
                    + "\(NumberText.shortest(range.upperBound)), and is \(NumberText.shortest(value))"
        case .movingAverage:
            if let number = Int(exactly: value), MovingAverageKind(rawValue: number) != nil { return nil }
            let available = MovingAverageKind.allCases
                .map { "\($0.rawValue) (\(MovingAverageKind.names[$0.rawValue]))" }
                .joined(separator: ", ")
            let known = Int(exactly: value).flatMap { number in
                MovingAverageKind.names.indices.contains(number) ? " (\(MovingAverageKind.names[number]))" : nil
            }
            return "\(name) \(NumberText.shortest(value))\(known ?? "") is not available in this version; "
                + "available: \(available)"
        }
    }
}

/// Checked values for all parameters of a function.
public struct IndicatorArguments: Sendable, Equatable {
    /// The parameters' names, in the descriptor's order.
    public let names: [String]
    public let values: [Double]

    /// The value of a parameter that the function has.
    subscript(name: String) -> Double {
        guard let index = names.firstIndex(of: name) else { preconditionFailure("no parameter \(name)") }
        return values[index]
    }

    func integer(_ name: String) -> Int { Int(self[name]) }

    var timePeriod: Int { integer("timeperiod") }

    func movingAverage(_ name: String = "matype") -> MovingAverageKind {
        MovingAverageKind(rawValue: integer(name)) ?? .simple
    }
}

/// Arguments that a function does not take.
public struct IndicatorArgumentError: Error, Sendable, Equatable {
    public struct Code: Sendable, Equatable {
        let name: String
        public static let unknownParameter = Code(name: "unknownParameter")
        public static let outOfRange = Code(name: "outOfRange")
        /// Values that do not go together.
        public static let contradiction = Code(name: "contradiction")
    }

    public let code: Code
    public let parameter: String
    public let message: String

    init(_ code: Code, parameter: String, _ message: String) {
        self.code = code
        self.parameter = parameter
        self.message = message
    }
}
