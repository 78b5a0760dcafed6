/// One bar as an indicator sees it: the values of the function's inputs, in the order in which its descriptor names them.
public struct IndicatorSample: Sendable, Equatable {
    public var first: Double
    public var second: Double
    public var third: Double
    public var fourth: Double
    public var fifth: Double

    public init(_ first: Double, _ second: Double = 0, _ third: Double = 0, _ fourth: Double = 0, _ fifth: Double = 0) {
        self.first = first
        self.second = second
        self.third = third
        self.fourth = fourth
        self.fifth = fifth
    }

    /// The most inputs that a function can have.
    static let capacity = 5
}

/// What an indicator answers for one bar: the values of its outputs, in the order in which its descriptor names them.
public struct IndicatorValue: Sendable, Equatable {
    public var first: Double
    public var second: Double
    public var third: Double

    public init(_ first: Double, _ second: Double = 0, _ third: Double = 0) {
        self.first = first
        self.second = second
        self.third = third
    }

    /// The most outputs that a function can have.
    static let capacity = 3

    /// The output at `index`.
    public subscript(index: Int) -> Double {
        switch index {
        case 0: first
        case 1: second
        default: third
        }
    }
}

/// The arithmetic of one indicator: a state that takes bars one by one.
///
/// The batch form of a function runs its kernel over whole columns, the streaming form keeps the kernel between bars, so both
/// agree to the bit. A kernel does TA-Lib's operations in TA-Lib's order; it must never read a clock or allocate per bar.
public protocol IndicatorKernel: Sendable {
    /// Takes the next bar. Answers `nil` until the function has warmed up, and a value for every bar from then on.
    mutating func next(_ sample: IndicatorSample) -> IndicatorValue?
}

/// The values of an indicator over a whole series.
public struct IndicatorSeries: Sendable, Equatable {
    /// The bar to which the first values belong; bars before it have none.
    public var firstIndex: Int
    /// One column for each output, all of the same length.
    public var columns: [[Double]]
}

extension IndicatorKernel {
    /// Runs the kernel over columns of equal length.
    func run(over inputs: [[Double]], outputCount: Int) -> IndicatorSeries {
        let count = inputs.first?.count ?? 0
        var kernel = self
        var columns = [[Double]](repeating: [], count: outputCount)
        for index in columns.indices { columns[index].reserveCapacity(count) }
        var firstIndex = count

        func take(_ sample: IndicatorSample, at row: Int) {
            guard let value = kernel.next(sample) else { return }
            if columns[0].isEmpty { firstIndex = row }
            columns[0].append(value.first)
            if outputCount > 1 { columns[1].append(value.second) }
            if outputCount > 2 { columns[2].append(value.third) }
        }

        switch inputs.count {
        case 1:
            let only = inputs[0]
            for row in 0..<count { take(IndicatorSample(only[row]), at: row) }
        case 2...3:
            let (a, b, c) = (inputs[0], inputs[1], inputs[inputs.count - 1])
            for row in 0..<count { take(IndicatorSample(a[row], b[row], c[row]), at: row) }
        default:
            for row in 0..<count {
                func value(_ index: Int) -> Double { index < inputs.count ? inputs[index][row] : 0 }
                take(IndicatorSample(value(0), value(1), value(2), value(3), value(4)), at: row)
            }
        }
        return IndicatorSeries(firstIndex: firstIndex, columns: columns)
    }
}
