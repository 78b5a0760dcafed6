/// An indicator as data: what it is called, what it takes, what it answers, and the kernel that computes it.
///
/// Names, parameters, defaults, ranges, default inputs and outputs are TA-Lib's (C library 0.8.1). A function is added by
/// writing its kernel and listing a descriptor in ``IndicatorFunction/all``; batch and streaming forms, schemas, validation
/// and messages follow from the descriptor.
public struct IndicatorFunction: Sendable {
    /// TA-Lib's name, such as `RSI`.
    public let name: String
    public let title: String
    /// TA-Lib's group, such as `Momentum Indicators`.
    public let group: String
    /// The columns that the function reads unless told otherwise, in the order of the kernel's sample.
    public let inputs: [PriceColumn]
    public let parameters: [IndicatorParameter]
    /// The names of the outputs, in the order of the kernel's value.
    public let outputs: [String]

    private let lookbackOf: @Sendable (IndicatorArguments) -> Int
    private let start: @Sendable (IndicatorArguments) -> any IndicatorKernel
    private let batch: @Sendable (IndicatorArguments, [[Double]]) -> IndicatorSeries

    init(
        _ name: String, _ title: String, group: String, inputs: [PriceColumn] = [.close],
        parameters: [IndicatorParameter], outputs: [String] = ["real"],
        lookback: @escaping @Sendable (IndicatorArguments) -> Int,
        kernel: @escaping @Sendable (IndicatorArguments) -> some IndicatorKernel
    ) {
        precondition((1...IndicatorSample.capacity).contains(inputs.count), "\(name): a sample holds 1 to 5 inputs")
        precondition((1...IndicatorValue.capacity).contains(outputs.count), "\(name): a value holds 1 to 3 outputs")
        self.name = name
        self.title = title
        self.group = group
        self.inputs = inputs
        self.parameters = parameters
        self.outputs = outputs
        lookbackOf = lookback
        start = { kernel($0) }
        // The kernel's concrete type is known in this closure, so that the loop over the bars is specialised for it.
        batch = { [count = outputs.count] in kernel($0).run(over: $1, outputCount: count) }
    }

    /// The bars before the first value.
    public func lookback(_ arguments: IndicatorArguments) -> Int { lookbackOf(arguments) }

    /// The streaming form: a kernel that takes bars one by one.
    public func stream(_ arguments: IndicatorArguments) -> any IndicatorKernel { start(arguments) }

    /// The batch form, over one column for each input. All columns must have the same length.
    public func values(_ arguments: IndicatorArguments, over columns: [[Double]]) -> IndicatorSeries {
        precondition(columns.count == inputs.count, "\(name) takes \(inputs.count) columns")
        precondition(columns.allSatisfy { $0.count == columns[0].count }, "\(name): columns must have one length")
        return batch(arguments, columns)
    }

    /// The arguments that `given` and the defaults make.
    public func arguments(_ given: [String: Double] = [:]) throws(IndicatorArgumentError) -> IndicatorArguments {
        if let unknown = given.keys.filter({ name in !parameters.contains { $0.name == name } }).min() {
            let known = parameters.map(\.name).joined(separator: ", ")
            throw IndicatorArgumentError(
                .unknownParameter, parameter: unknown, "\(name) has no parameter \"\(unknown)\"; it has: \(known)")
        }
        var values: [Double] = []
        for parameter in parameters {
            let value = given[parameter.name] ?? parameter.defaultValue
            if let problem = parameter.problem(with: value) {
                throw IndicatorArgumentError(.outOfRange, parameter: parameter.name, "\(name): \(problem)")
            }
            values.append(value)
        }
        return IndicatorArguments(names: parameters.map(\.name), values: values)
    }
}

/// A column of price data.
public enum PriceColumn: String, Sendable, CaseIterable {
    case open, high, low, close, volume
}

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

    /// Any real number that TA-Lib takes.
    static func real(_ name: String, _ defaultValue: Double) -> IndicatorParameter {
        IndicatorParameter(name: name, kind: .real(-3e37...3e37), defaultValue: defaultValue)
    }

    static func movingAverage(_ name: String = "matype") -> IndicatorParameter {
        IndicatorParameter(
            name: name, kind: .movingAverage, defaultValue: Double(MovingAverageKind.simple.rawValue))
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
                ? nil : "\(name) must be from -3e37 to 3e37, and is \(NumberText.shortest(value))"
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
