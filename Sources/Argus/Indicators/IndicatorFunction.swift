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
    /// The columns that the function reads unless told otherwise, in the order of the kernel's columns.
    public let inputs: [IndicatorInput]
    public let parameters: [IndicatorParameter]
    /// The names of the outputs, in the order of the kernel's value.
    public let outputs: [String]
    /// Whether the outputs are whole numbers, such as row numbers.
    public let isInteger: Bool

    private let kernel: @Sendable (IndicatorArguments) -> AnyKernel
    private let constraint: @Sendable (IndicatorArguments) -> IndicatorArgumentError?

    init(
        _ name: String, _ title: String, _ group: Group, inputs: [IndicatorInput] = [.close],
        _ parameters: [IndicatorParameter] = [], outputs: [String] = ["real"], isInteger: Bool = false,
        constraint: @escaping @Sendable (IndicatorArguments) -> IndicatorArgumentError? = { _ in nil },
        kernel: @escaping @Sendable (IndicatorArguments) -> AnyKernel
    ) {
        precondition((1...IndicatorSample.capacity).contains(inputs.count), "\(name): a sample holds 1 to 4 inputs")
        precondition((1...IndicatorValue.capacity).contains(outputs.count), "\(name): a value holds 1 to 3 outputs")
        self.name = name
        self.title = title
        self.group = group.rawValue
        self.inputs = inputs
        self.parameters = parameters
        self.outputs = outputs
        self.isInteger = isInteger
        self.constraint = constraint
        self.kernel = kernel
    }

    /// TA-Lib's groups of functions.
    enum Group: String {
        case overlap = "Overlap Studies"
        case momentum = "Momentum Indicators"
        case volume = "Volume Indicators"
        case volatility = "Volatility Indicators"
        case cycle = "Cycle Indicators"
        case price = "Price Transform"
        case statistic = "Statistic Functions"
        case operators = "Math Operators"
    }

    /// The bars before the first value.
    public func lookback(_ arguments: IndicatorArguments) -> Int { kernel(arguments).lookback }

    /// The streaming form, which takes bars one by one.
    public func stream(_ arguments: IndicatorArguments) -> IndicatorStream {
        kernel(arguments).stream(inputs.count)
    }

    /// The batch form, over one column for each input. All columns must have the same length.
    public func values(_ arguments: IndicatorArguments, over columns: [[Double]]) -> IndicatorSeries {
        let count = columns.first?.count ?? 0
        let lookback = lookback(arguments)
        var filled: [[Double]] = []
        let values = outputs.map { _ in
            UnsafeMutableBufferPointer<Double>.allocate(capacity: max(count - lookback, 0))
        }
        defer { for column in values { column.deallocate() } }
        Self.withPointers(to: columns[...], []) { pointers in _ = fill(arguments, over: pointers, into: values) }
        for column in values { filled.append(Array(column)) }
        return IndicatorSeries(firstIndex: min(lookback, count), columns: filled)
    }

    /// The batch form into memory that the caller has, as TA-Lib's functions in C work: the first value stands at the front.
    ///
    /// - Parameters:
    ///   - columns: one column for each input, all of the same length.
    ///   - values: one column for each output, each with room for a value of every row after the lookback. Not one of the
    ///     inputs.
    /// - Returns: the number of values in each output.
    public func fill(
        _ arguments: IndicatorArguments, over columns: [UnsafeBufferPointer<Double>],
        into values: [UnsafeMutableBufferPointer<Double>]
    ) -> Int {
        precondition(columns.count == inputs.count, "\(name) takes \(inputs.count) columns")
        precondition(columns.allSatisfy { $0.count == columns[0].count }, "\(name): columns must have one length")
        precondition(values.count == outputs.count, "\(name) has \(outputs.count) outputs")
        let kernel = kernel(arguments)
        let count = columns[0].count - kernel.lookback
        guard count > 0 else { return 0 }
        precondition(values.allSatisfy { $0.count >= count }, "\(name): \(count) values need room")
        let (inputs, outputs) = (columns.compactMap(\.baseAddress), values.compactMap(\.baseAddress))
        kernel.run(BarColumns(inputs), columns[0].count, OutputColumns(outputs))
        return count
    }

    /// Calls `body` with all columns' memory.
    private static func withPointers(
        to columns: ArraySlice<[Double]>, _ pointers: [UnsafeBufferPointer<Double>],
        _ body: ([UnsafeBufferPointer<Double>]) -> Void
    ) {
        guard let first = columns.first else { return body(pointers) }
        first.withUnsafeBufferPointer { pointer in withPointers(to: columns.dropFirst(), pointers + [pointer], body) }
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
        let arguments = IndicatorArguments(names: parameters.map(\.name), values: values)
        if let problem = constraint(arguments) { throw problem }
        return arguments
    }
}

/// A column that an indicator reads.
public enum IndicatorInput: String, Sendable, CaseIterable {
    case open, high, low, close, volume
    /// Periods by bar, for MAVP. No bars have them: a request names the column.
    case periods

    /// The column of price data that it is; `nil` where a request must name one.
    public var column: PriceColumn? { PriceColumn(rawValue: rawValue) }
}

/// A column of price data.
public enum PriceColumn: String, Sendable, CaseIterable {
    case open, high, low, close, volume
}
