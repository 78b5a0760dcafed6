/// What a function of one bar alone answers.
protocol BarFormula {
    static func value(_ bars: BarColumns, _ row: Int) -> Double
}

/// A function of one bar alone.
struct BarKernel<Formula: BarFormula>: IndicatorKernel {
    var lookback: Int { 0 }

    @inline(__always)
    mutating func next(_ bars: BarColumns, _ row: Int) -> Double { Formula.value(bars, row) }
}

enum PriceMeans {
    /// The mean of high, low and close.
    @inline(__always)
    static func typical(_ bars: BarColumns, _ row: Int) -> Double {
        (bars.first[row] + bars.second[row] + bars.third[row]) / 3
    }
}

/// AVGPRICE, of high, low, close and open.
enum AveragePrice: BarFormula {
    @inline(__always)
    static func value(_ bars: BarColumns, _ row: Int) -> Double {
        (bars.second[row] + bars.third[row] + bars.fourth[row] + bars.first[row]) / 4
    }
}

/// MEDPRICE
enum MedianPrice: BarFormula {
    @inline(__always)
    static func value(_ bars: BarColumns, _ row: Int) -> Double { (bars.first[row] + bars.second[row]) / 2 }
}

/// TYPPRICE
enum TypicalPrice: BarFormula {
    @inline(__always)
    static func value(_ bars: BarColumns, _ row: Int) -> Double { PriceMeans.typical(bars, row) }
}

/// WCLPRICE: the close counts twice.
enum WeightedClose: BarFormula {
    @inline(__always)
    static func value(_ bars: BarColumns, _ row: Int) -> Double {
        (bars.first[row] + bars.second[row] + bars.third[row] * 2) / 4
    }
}

/// BOP: the bar's change in parts of its range; 0 where it has none.
enum BalanceOfPower: BarFormula {
    @inline(__always)
    static func value(_ bars: BarColumns, _ row: Int) -> Double {
        let range = bars.second[row] - bars.third[row]
        return range < 1e-14 ? 0 : (bars.fourth[row] - bars.first[row]) / range
    }
}

enum VectorSum: BarFormula {
    @inline(__always)
    static func value(_ bars: BarColumns, _ row: Int) -> Double { bars.first[row] + bars.second[row] }
}

enum VectorDifference: BarFormula {
    @inline(__always)
    static func value(_ bars: BarColumns, _ row: Int) -> Double { bars.first[row] - bars.second[row] }
}

enum VectorProduct: BarFormula {
    @inline(__always)
    static func value(_ bars: BarColumns, _ row: Int) -> Double { bars.first[row] * bars.second[row] }
}

enum VectorQuotient: BarFormula {
    @inline(__always)
    static func value(_ bars: BarColumns, _ row: Int) -> Double { bars.first[row] / bars.second[row] }
}
